#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Property: a model that is trained, and archives by it, have the same bytes on every form of vector
# instructions and for any number of threads; under a changed libm and with another rounding mode in
# the caller; and an archive by the model in golden/ has always had the bytes it has now.
# Method: portability_cell.sh with the build at hand; `make portability` does the rest.
#
# golden/transformer.tpm was made of the corpus below by
#   twopart train --layers 1 --dim 16 --ctx 24 --batch 8 --steps 60 --seed 7 --bits 5
# Environment: $TWOPART, $CC.
here=$(cd "$(dirname "$0")" && pwd) || exit 1
# shellcheck source=tests/lib.sh
. "$here/lib.sh"
# shellcheck source=tests/preload.sh
. "$here/preload.sh"
export ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0
archive_digest=accf63272e41aa45

"$TWOPART" generate sk -q -o c --sentences 300 --seed 5 --words 90 --classes 4 --class-words 8 \
	--first-names 40 --last-names 40 --values 30
cell() { "$here/portability_cell.sh" c.bin "$here/golden/transformer.tpm" "$@" 2>&1; }

first=$(cell 1 "$TWOPART")
set -- $first
report 'archive by the golden model' "$([ "$3" = $archive_digest ] || echo "$first")"
same() { # NAME DIGESTS
	report "$1: the same model and archives" "$([ "$2" = "$first" ] || echo "$2, not $first")"
}
for simd in plain avx2 avx512; do
	TWOPART_SIMD=$simd "$TWOPART" models >/dev/null 2>&1 || continue
	for threads in 1 3; do
		same "$simd, $threads threads" "$(TWOPART_SIMD=$simd cell $threads "$TWOPART")"
	done
done
preload_make "$work"
for library in libm modes; do
	report "$library.so was built" "$([ -e $library.so ] || echo 'it was not')"
	same "preloaded $library.so" "$(cell 3 env LD_PRELOAD="$work/$library.so" "$TWOPART")"
done
