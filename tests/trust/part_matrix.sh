#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# minutes: 24
#
# part_matrix.sh BUILD - the same bytes everywhere (G4) and whatever libm and the floating-point
# environment do (G5): tests/portability.sh, whose table goes to standard error, and the objects' own
# symbols.  About 25 minutes of one processor, most of them compiling; builds stay in BUILD/portability.
#
# A comparison is of a corpus, a model, an archive, or of what an archive decodes to, with what is
# kept in tests/golden.
here=$(cd "$(dirname "$0")" && pwd) || exit 1
# shellcheck source=tests/trust/lib.sh
. "$here/lib.sh"

if [ -z "$QUICK" ]; then
	need clang clang libomp-dev
	need valgrind valgrind
	need qemu-s390x qemu-user
	need i686-linux-gnu-gcc gcc-i686-linux-gnu libc6-dev-i386-cross
	need s390x-linux-gnu-gcc gcc-s390x-linux-gnu libc6-dev-s390x-cross
	need arm-linux-gnueabihf-gcc gcc-arm-linux-gnueabihf libc6-dev-armhf-cross
	need aarch64-linux-gnu-gcc gcc-aarch64-linux-gnu libc6-dev-arm64-cross
fi
"$source/tests/portability.sh" "$BUILD/portability" | tee table >&2
verdict=${PIPESTATUS[0]}

# agree PATTERN: cells of those lines of the table, comparisons, differences; kinds "not here" left out.
agree() {
	grep -E "$1" table | awk '{for (i = 1; i < NF; i++) if ($i == "few" || $i == "all" || $i == "theirs") {
		n++; c += $(i + 1); d += $(i + 2); bad += $NF != "same"}}
		END {print n + 0, c + 0, d + 0, bad + 0}'
}

# told GOAL PROMISE PATTERN PEER
told() {
	local n c d bad
	read -r n c d bad < <(agree "$3")
	if [ "$n" = 0 ]; then
		row "$1" "$2" 'no such cell' "$4" 'not here'
	else
		row "$1" "$2" "$n cells, $c comparisons, $d differences" "$4" \
			"$(holds [ "$d$bad" = 00 ])"
	fi
}

archives=$(grep -c ^archive "$source/tests/golden/MANIFEST")
zstd='zstd: any number of threads; xz: none promised'
told G4 "same bytes of $archives archives: gcc -O0..-O3, -Os, c11, gnu17, plain and vectors, 1..16 threads" \
	 '^gcc ' "$zstd"
told G4 'the same from clang' '^clang ' "$zstd"
told G4 'under valgrind' '^valgrind' none
told G4 '32 bits: i686' '^i686' none
told G4 '32 bits: armhf (qemu-user)' '^armhf' none
told G4 'big-endian: s390x (qemu-user)' '^s390x' 'ts_zip promises, no test published'
told G4 'aarch64 (qemu-user)' '^aarch64' 'ts_zip promises, no test published'
told G4 'what those and clang wrote, decoded by gcc -O2' '^  theirs' none
told G5 'same bytes under a libm shifted by 1 ulp, four rounding modes with FTZ and DAZ, no FMA in libm' \
	'^(libm|rounding)' none
BUILD=$BUILD "$source/tests/test_symbols.sh" >symbols
row G5 'no symbol of libm or BLAS in objects that decide a byte' \
	"$(grep -c '^ok - .*\.o$' symbols) objects, $(grep -c '^not ok' symbols) with one" none \
	"$(holds [ "$(grep -c '^not ok' symbols)" = 0 ])"
row G4 'all cells that ran' "$(tail -n 1 table)" none "$(holds [ "$verdict" = 0 ])"
