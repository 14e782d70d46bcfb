#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Property: twopart mixers prints the sizes of the archives that compress makes, of files and
# corpora and without any; bad input and bad options get one line and the documented exit code; it
# leaves no file behind.
# Method: cases of command, expected exit code and pattern of the line.  Environment: $TWOPART.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh" || exit 1
export TMPDIR=$work/tmp
mkdir tmp

for i in $(seq 300); do echo "line $((i * i % 97)) of a text that repeats itself now and then"; done >text
"$TWOPART" generate markov --tokens 2000 -q -o c

expect 'a file as a table' 0 'logistic, gated' mixers -q text
for row in 'bayes ensemble:mixer=1,gate=0' 'linear,.gated ensemble:mixer=3' 'order.2 ensemble:expert=2' 'ctw ctw'; do
	"$TWOPART" compress -q -f -m "${row#* }" -c text >archive
	report "the size of ${row% *}" "$(grep -Eq "^\| (\*\*)?${row% *}(\*\*)? \| $(stat -c %s archive) \|" out || cat out)"
done
expect 'a corpus and a file as JSON' 0 '' mixers --json c text
if python3 -c '' 2>/dev/null; then
	report 'it has both' "$(python3 -c '
import json, sys
reports = json.load(sys.stdin)["files"]
assert [r["input"] for r in reports] == ["c.bin", "text"]
for r in reports:
	for row in r["rows"]:
		assert row["bound_bits"] is None or row["ideal_bits"] <= row["bound_bits"]
' <out 2>&1)"
fi
expect 'no input: two corpora' 0 'sk, alpha 0.5' mixers -q
report 'nothing is left' "$(ls tmp)"
expect 'a missing file' 1 'missing' mixers missing
head -c 1500 c.bin >c.cut
expect 'a token file cut short' 2 'c.cut: ' mixers -q c.cut
expect 'an unknown option' 1 "'--gate'" mixers --gate text
