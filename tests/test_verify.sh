#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Property: compress decodes what it wrote before the archive gets its name, and what does not decode
# to the input, or is not what was written, leaves the old file and the input as they were; --rm
# removes the input after that, regular files only, and the archive when it was decompressed;
# decompress refuses results far larger than the archive unless --max-size allows them.
# Method: files; a library for LD_PRELOAD that gives another digest each time and changes what is
# read back, where there is a compiler.
# Environment: $TWOPART, $CC.
here=$(cd "$(dirname "$0")" && pwd) || exit 1
# shellcheck source=tests/lib.sh
. "$here/lib.sh" || exit 1

equal() { # NAME GOT EXPECTED
	report "$1" "$([ "$2" = "$3" ] || echo "'$2' instead of '$3'")"
}

seq 500 >text
: >empty
expect '-v tells' 0 ', verified in [0-9.]+ s$' compress -v text
expect 'json tells' 0 '"verify_seconds":[0-9.]+[,}]' compress -f --json text
expect '--no-verify' 0 '"verify_seconds":null[,}]' compress -f --json --no-verify text
mv text.2p unverified.2p
"$TWOPART" compress text
equal 'the same archive' "$(cmp text.2p unverified.2p)" ''
"$TWOPART" compress -c text | cmp -s - text.2p
equal 'to standard output' "${PIPESTATUS[*]}" '0 0'
expect 'to a device' 0 '' compress -o /dev/null text

# --rm.
cp text copy && cp text 'second copy'
expect '--rm' 0 '' compress --rm copy 'second copy' empty
equal '--rm: inputs are gone, archives are there' "$(ls copy* second* empty* | tr '\n' ' ')" \
	'copy.2p empty.2p second copy.2p '
expect 'decompress --rm' 0 '' decompress --rm copy.2p 'second copy.2p' empty.2p
equal 'decompress --rm: back' "$(ls copy* second* empty* | tr '\n' ' ')" 'copy empty second copy '
equal 'decompress --rm: the same' "$(cmp copy text; cmp 'second copy' text; stat -c %s empty)" 0
expect '--rm -k' 0 '' compress --rm -k copy
equal '--rm -k keeps' "$(ls copy)" copy
expect '--rm: the archive exists' 1 'exists already' compress --rm copy
for mistake in '-c copy' '-o - copy' '--no-verify copy' '--estimate copy' '-'; do
	# shellcheck disable=SC2086
	expect "--rm $mistake" 1 '--rm is for files whose archives are verified' compress --rm $mistake
done
expect 'decompress --rm -c' 1 '--rm is for archives that become files' decompress --rm -c copy.2p
expect 'decompress --rm to a device' 1 '/dev/null: is no regular file: no --rm' \
	decompress --rm -o /dev/null copy.2p
expect '--rm to a device' 1 '/dev/null: is no regular file: no --rm' compress --rm -o /dev/null copy
ln -s copy link
expect '--rm of a link' 1 'link: --rm removes regular files only' compress --rm link
equal '--rm: all of that is kept' "$(ls -d copy copy.2p link | tr '\n' ' ')" 'copy copy.2p link '
rm -f ./*.2p

# Wrong encoders, wrong disks.
sanitized() { nm "$TWOPART" 2>/dev/null | grep -q __asan_init; }
if ! sanitized && ${CC:-cc} -D_GNU_SOURCE -w -shared -fPIC -o wrong.so "$here/trust/wrong.c" \
	-ldl 2>/dev/null; then
	export LD_PRELOAD=$work/wrong.so
	echo old >text.2p
	WRONG_ENCODER=1 expect 'a wrong encoder' 3 \
		'text: cannot verify: internal error, please report it: .*digest' compress -f --rm text
	WRONG_ENCODER=1 expect 'a wrong encoder, to standard output' 3 'internal error' compress -c text
	equal 'nothing was written' "$(stat -c %s out)" 0
	WRONG_DISK=1 expect 'a wrong disk' 1 'text.2p: the disk does not give back' \
		compress -f --rm text
	equal 'the old file stays, and the input' "$(cat text.2p) $(wc -l <text) $(ls text*)" \
		"old 500 $(printf 'text\ntext.2p')"
	WRONG_ENCODER=1 expect 'unless nobody looks' 0 '' compress -f --no-verify text
	expect 'then others see it' 2 'does not match its digest' test text.2p
	unset LD_PRELOAD
	"$TWOPART" compress -f text
	WRONG_DISK=1 LD_PRELOAD=$work/wrong.so expect 'decompress --rm: a wrong disk' 1 \
		'back: the disk does not give back' decompress --rm -o back text.2p
	equal 'decompress --rm: the archive stays' "$(ls text.2p back 2>/dev/null)" text.2p
else
	echo 'ok - wrong encoders and disks # SKIP no compiler, or a sanitizer'
fi

# Results that are too large: 64 MiB and a byte, and a genuine one of less.
head -c 3000000 /dev/zero >zeros
expect 'zeros' 0 '' compress -f -m order0 zeros
expect 'zeros are allowed' 0 '' test zeros.2p
expect 'unless there is a limit' 4 'decodes to 3000000 bytes, the limit is 2999999 \(see --max-size\)' \
	decompress --max-size 2999999 -o none zeros.2p
expect 'test has it, too' 4 'the limit is 1048576 ' test --max-size 1M zeros.2p
expect 'the limit itself is allowed' 0 '' test --max-size 3000000 zeros.2p
expect '0 is none' 0 '' test --max-size 0 zeros.2p
expect 'a bad limit' 1 'max-size.*is not a size' test --max-size lots zeros.2p
{ printf '\262\161\002\150\201\200\200\040' && printf 'digest'; } >bomb.2p
expect 'a bomb' 4 'decodes to 67108865 bytes, the limit is 67108864 ' decompress bomb.2p
expect 'a bomb that is allowed is damaged' 2 'truncated or damaged' \
	decompress --max-size 1G bomb.2p
equal 'no bomb leaves anything' "$(ls none bomb 2>/dev/null)" ''
