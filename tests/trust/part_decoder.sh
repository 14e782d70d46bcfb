#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# minutes: 8
#
# part_decoder.sh BUILD - the format is what its page says: an independent decoder in Python,
# made from src/FORMAT.md, gives the same files as the program, and refuses what it
# refuses.  About 10 minutes of one core.
. "$(dirname "$0")/lib.sh"
export PYTHONDONTWRITEBYTECODE=1
peer='zstd: decodecorpus, 12 golden files and all old tags'
need python3 python3 || {
	row G11 'an independent decoder gives the same files' 'no python3' "$peer" 'not here'
	exit 0
}
n=10000 n_damaged=3000
[ -z "$QUICK" ] || n=100 n_damaged=150

# compare WHAT..: to the file WHAT.log; fails when the two decoders differ.
compare() {
	python3 "$source/tests/compare_decoders.py" "$TWOPART" "$@" >"$1.log"
	local code=$?
	cat "$1.log" >&2
	return $code
}
# number PATTERN FILE: the number in front of the pattern.
number() { grep -o "[0-9]* $1" "$2" | head -n 1 | cut -d' ' -f1; }

same=$(holds compare archives "$n" 2026)
if [ -z "$QUICK" ]; then
	compare long || same=NO
fi
row G11 'an independent decoder, made from the page, gives the same files' \
	"$(number archives, archives.log) archives$(sed -n 's/^# [^:]*: /: /p' archives.log)" \
	"$peer" "$same"
alike=$(holds compare damaged "$n_damaged" 2026)
row G11 'both refuse what is damaged or forbidden, with the same answer' \
	"$(number forged damaged.log) forged with right digests, $(number damaged damaged.log) damaged" \
	'xz: 58 bad and 6 unsupported files; zstd: 3 must-fail' "$alike"
same=$(holds compare vectors "$source/src/FORMAT.md")
row G11 'test vectors of the page, both ways' "$(number test vectors.log)" \
	'xz: 33 good files; zstd: 12 golden files' "$same"
