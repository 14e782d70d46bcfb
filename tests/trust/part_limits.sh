#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# minutes: 7
#
# part_limits.sh BUILD - that compress verifies, that what was compressed comes back, that memory
# stays where the header says, that forged headers get an answer within an address space, that bombs
# are refused, that decoding opens nothing that was not named, and that the benchmark outlives codecs
# that do not behave.
# shellcheck source=tests/trust/lib.sh
. "$(dirname "$0")/lib.sh" || exit 1

archives=1000 forged=100000 bombs=1000 faults=100 trip_seconds=60
if [ -n "$QUICK" ]; then archives=10 forged=1000 bombs=20 faults=5 trip_seconds=3; fi

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

# Each model that needs no world, each size from 0 to 5000 symbols near a power of two and others.
./limits trips "$trip_seconds" >trips || exit 1
row G12 'what was compressed comes back; no archive is longer than its code length, 0.01 % and 32 bits a block' \
	"$(count trips trips) round trips of random content, 0 to 5000 symbols, 0 differences; at most $(count trips bits) bits more than code length and 0.01 %" \
	'none counted' "$(holds awk '$2 == "bits" {exit !($1 <= 32)}' trips)"

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

# Whole archives and damaged ones.  What the loader, the OpenMP run-time and jansson (/dev/urandom)
# read has a place of the system; an output is its temporary file first.
if need strace strace >/dev/null && strace -qq -o trace true 2>err; then
	"$TWOPART" generate sk -q --sentences 20 -o sk >&2 &&
		"$TWOPART" compress -q -m known -w sk.json -o known.2p sk.bin &&
		"$TWOPART" compress -q -o plain.2p sk.txt || exit 1
	n=0
	: >opened
	for ((k = 0; k < 40; k++)); do
		for archive in known plain; do
			cp $archive.2p given.2p
			[ $k = 0 ] || printf "\\x$(printf %02x $((k % 16)))" | dd of=given.2p bs=1 conv=notrunc \
				status=none seek=$((k * 37 % $(stat -c %s given.2p)))
			strace -f -qq -e trace=open,openat,creat,execve,%network -o trace "$TWOPART" \
				decompress -q -f -w sk.json -o back given.2p 2>err
			n=$((n + 1))
			tail -n +2 trace | sed "s|\"$work/|\"|; s|\"$work\"|\".\"|" |
				grep -vE '(AT_FDCWD, |open\()"/(etc/|lib|usr/|proc/|sys/|dev/urandom")' |
				grep -vE '"(given\.2p|sk\.json|\.|back\.tmp\.[0-9]+)"|(SIG|exited)' >>opened
		done
	done
	head -n 20 opened >&2
	row G16 'decoding opens the named files and its output, no other, no connection, no program' \
		"$n runs on whole and damaged archives, $(wc -l <opened) other calls" 'none tests it' \
		"$(holds test ! -s opened)"
else
	row G16 'decoding opens the named files and its output, no other, no connection, no program' \
		'no strace' 'none tests it' 'not here'
fi
make -s -C "$source" B="$BUILD" "$BUILD/tests/test_bad_codecs" >&2 || exit 1
CMOCKA_MESSAGE_OUTPUT=TAP "$BUILD/tests/test_bad_codecs" >codecs 2>&1
code=$?
row G16 'the benchmark says what became of codecs that crash, hang, eat memory or disk, or lie' \
	"$(grep -c '^ok' codecs) tests, $(grep -c '^not ok' codecs) failed" \
	'lzbench runs them in its own process' "$(holds test $code = 0)"
