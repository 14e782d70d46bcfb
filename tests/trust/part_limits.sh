#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# minutes: 5
#
# part_limits.sh BUILD - that compress verifies, that memory stays where the header says, that forged
# headers get an answer within an address space, and that bombs are refused.  About 5 minutes of one
# core; QUICK=1: under one.
# shellcheck source=tests/trust/lib.sh
. "$(dirname "$0")/lib.sh" || exit 1

archives=1000 forged=100000 bombs=1000 faults=100
if [ -n "$QUICK" ]; then archives=10 forged=1000 bombs=20 faults=5; fi

count() { sed -n "s/^\(-*[0-9.]*\) $2\$/\1/p" "$1"; }

"${CC:-cc}" -std=c11 -D_GNU_SOURCE -Wall -Wextra -fopenmp -ffp-contract=off -O2 -g \
	-I"$source/src" -I"$source/coders" -I"$source/models" -I"$source/corpora" \
	-I"$source/bench" "$source/tests/trust/limits.c" "$BUILD/libtwopart.a" \
	-ljansson -lxxhash -lcrypto -lm -lzstd -llzma -lbrotlienc -lbrotlidec -o limits >&2 || exit 1

# An encoder that is wrong: the digest of a content is another one each time that it is computed.
# A disk that is wrong: what is read back has a byte that was not written.
if "${CC:-cc}" -D_GNU_SOURCE -w -shared -fPIC -o wrong.so "$source/tests/trust/wrong.c" -ldl; then
	refused=0 disk=0
	for ((k = 1; k <= faults; k++)); do
		seq "$k" $((k + 20 * k)) >input
		LD_PRELOAD=./wrong.so WRONG_ENCODER=1 "$TWOPART" compress -q --rm -m order0 input 2>err
		[ $? = 3 ] && [ "$(wc -l <err)" = 1 ] && [ -e input ] &&
			[ "$(echo input*)" = input ] && refused=$((refused + 1))
		LD_PRELOAD=./wrong.so WRONG_DISK=$k "$TWOPART" compress -q --rm -m order0 input 2>err
		[ $? = 1 ] && [ "$(wc -l <err)" = 1 ] && [ -e input ] &&
			[ "$(echo input*)" = input ] && disk=$((disk + 1))
	done
	row G6 'compress decodes what it wrote before the rename; --rm only then' \
		"$refused of $faults wrong archives of a faulty encoder (exit code 3) and $disk of $faults altered by the disk (1) refused, input kept, nothing under the final name" \
		'none by default; paq8px tells its users to' \
		"$(holds test "$refused$disk" = "$faults$faults")"
else
	row G6 'compress decodes what it wrote before the rename; --rm only then' 'no compiler' \
		'none by default; paq8px tells its users to' 'not here'
fi

./limits memory "$archives" >memory || exit 1
kib=$(count memory KiB)
row G9 'decoding takes no more memory than the header says, the archive, 16 bytes a block and 8 MiB' \
	"worst of $(count memory archives) archives: $kib KiB beyond the first three" \
	'zstd, xz: declared and enforced' "$(holds test "$kib" -le 8192)"

./limits forged "$forged" $((256 << 20)) >forged || exit 1
row G9 'forged headers get an answer: no crash, no allocation beyond the limit (--memory 64M, 256 MiB of address space)' \
	"$(count forged crashes) crashes, $(count forged memory) failed allocations, $(count forged otherwise) other answers in $forged; resident memory grew by $(count forged MiB) MiB at most; $(count forged damaged) damaged, $(count forged limit) over a limit, $(count forged unsupported) unsupported, $(count forged ok) empty and right" \
	'none counted' \
	"$(holds test "$(count forged crashes)$(count forged memory)$(count forged otherwise)" = 000 -a "$(count forged MiB)" -le 72)"

mkdir bombs && ./limits bombs "$bombs" bombs || exit 1
head -c 70000000 /dev/zero >zeros
"$TWOPART" compress -q --no-verify -m order0 -o bombs/real.2p zeros || exit 1
stopped=0 n=0
for bomb in bombs/*.2p; do
	n=$((n + 1))
	"$TWOPART" decompress -q --memory 1T -f "$bomb" 2>err
	[ $? = 4 ] && grep -q '^twopart: .*decodes to [0-9]* bytes, the limit is .*--max-size' err &&
		[ "$(wc -l <err)" = 1 ] && [ ! -e "${bomb%.2p}" ] && stopped=$((stopped + 1))
done
"$TWOPART" decompress -q --max-size 70000000 -o back bombs/real.2p
allowed=$(holds cmp -s back zeros)
row G10 'a bomb is refused (over 64 MiB and 1000 times the archive) unless --max-size allows it' \
	"$stopped of $n stopped with exit code 4; the genuine one ($(stat -c %s bombs/real.2p) bytes to 70,000,000) decoded when allowed: $allowed" \
	'accepted silently, 10^3 to 10^6 : 1' "$(holds test "$stopped$allowed" = "${n}yes")"
