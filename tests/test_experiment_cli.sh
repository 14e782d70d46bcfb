#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Property: `twopart experiment` measures what is missing, says what it found, and is a section of
# the report; bad options get one line and code 1.
# Method: the experiment that needs a text only, on a small one.
# Environment: $TWOPART.
here=$(cd "$(dirname "$0")" && pwd) || exit 1
# shellcheck source=tests/lib.sh
. "$here/lib.sh" || exit 1
for i in $(seq 400); do echo "word $((i * i % 97)) and word $((i % 13)) of line $i"; done >text

expect 'an experiment' 0 'foretells how many different words' experiment --store s.db real-text text
cp out first
report 'how many cells is said first' "$(head -n 1 err | grep -qx 'twopart experiment: 2 cells, 0 in the store' || cat err)"
expect 'again, from the store' 0 '' experiment --store s.db --resume --scale quick real-text text
report 'how many there are is said first' "$(head -n 1 err | grep -qx 'twopart experiment: 2 cells, 2 in the store' || cat err)"
report 'nothing is measured twice' "$(cmp first out 2>&1; grep -c measuring err | grep -v '^0$')"
report 'the table has a row a code' "$([ "$(grep -c '^| text | [a-z0-9:=]* | [0-9]' out)" = 5 ] || cat out)"
expect 'the words by themselves' 0 'alpha' words text
expect 'report' 0 '' report --no-drawings -q s.db -o report
report 'a section of the report' "$(grep -q '^### Is a real text like the source' report/bench.md || echo none)"
report 'the claims are listed before it' "$(grep -c '^| abstract |.*| real-text |$' report/bench.md | grep -qx 2 ||
	grep '| real-text |$' report/bench.md)"
report 'and that tolerances are ours' "$(grep -q "the tolerance is ours, not the paper's" report/bench.md || echo none)"
report 'and what is not measured yet' "$(grep -q '| open | nothing yet. | hyper |$' report/bench.md || echo none)"
report 'a drawing of its own' "$([ -s report/bench-experiment-real-text.gp ] || echo none)"
report 'and a table of the page' "$(grep -q 'Is a real text like the source' report/bench.html || echo none)"

expect 'no such experiment' 1 "there is no experiment 'nope'" experiment nope
expect 'no name' 1 'one NAME' experiment
expect 'no text' 1 'needs a text FILE' experiment real-text
expect 'a text without a name' 1 'a FILE with a name' experiment real-text ''
expect 'an empty name' 1 "there is no experiment ''" experiment ''
expect 'no scale' 1 "quick or full, not ''" experiment --scale= hyper
expect 'no cells at a time' 1 "jobs '0' is not a number" experiment --jobs 0 hyper
expect 'a directory' 1 'is not a file' experiment --store none real-text report
expect 'a text for none' 1 'needs no FILE' experiment hyper text
expect 'no such scale' 1 "quick or full, not 'big'" experiment --scale big hyper
expect 'no such file' 1 'No such file' experiment --store none real-text absent
expect 'no such file, before a corpus is drawn' 1 'No such file' experiment --store none all absent
seq 20 >once
"$TWOPART" experiment --store none real-text once >out 2>err
report 'a text without laws: code 1' "$([ $? = 1 ] || cat err)"
report 'and what failed is said' "$(grep -q '^twopart: cells that failed: 1$' err || cat err)"
expect 'words that never repeat' 1 'no word occurs twice' words once
