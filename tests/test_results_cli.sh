#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Property: twopart results lists, exports and merges stores and lines of JSON, the same bytes for
# the same results; two machines stay apart; a wrong line changes nothing; mistakes get one line and
# the documented exit code.
# Method: results that lie here (tests/golden/results.jsonl), of two machines, an ordinary file and
# a codec that crashed.  Environment: $TWOPART.
golden=$(cd "$(dirname "$0")" && pwd)/golden/results.jsonl
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh" || exit 1
head -n 3 "$golden" >one.jsonl
tail -n 2 "$golden" >other.jsonl

expect 'merging lines makes a store' 0 '^3 new, 0 known$' results merge store one.jsonl
expect 'merging them again' 0 '^0 new, 3 known$' results merge store one.jsonl
expect 'lines of another machine' 0 '"new": 2,' results merge --json store one.jsonl other.jsonl
expect 'a store into a store' 0 '^5 new, 0 known$' results merge second store
expect 'standard input' 0 '^0 new, 0 known$' results merge second -
expect 'a store into itself' 0 '^0 new, 5 known$' results merge store store

"$TWOPART" results export store >lines
report 'nothing is lost on the way' "$(diff <(sort lines) <(sort "$golden") | head -c 300)"
"$TWOPART" results merge third <lines - >/dev/null && "$TWOPART" results export --json-lines third >again
report 'the same lines, from whatever order' "$(cmp lines again 2>&1)"
mkfifo pipe
cat lines >pipe &
expect 'a pipe' 0 '' results export pipe
wait $!
report 'the same lines from a pipe' "$(cmp lines out 2>&1)"
for form in --csv --markdown; do
	"$TWOPART" results export $form store >a 2>&1 && "$TWOPART" results export $form "$golden" >b
	report "the same ${form#--} from the store and from lines" "$(cmp a b 2>&1; [ -s a ] || echo empty)"
done
expect 'CSV has every cell' 0 ',broken,.*,crashed,' results export --csv store

expect 'the list: sizes' 0 '^seed 2  *mix -9  *tokens  *ok  *5600  *3  [0-9a-f]{16}  2026-11-21T14:55:00Z$' results list store
expect 'the list: what crashed' 0 '^seed 2  *broken  *[a-z]+  *crashed  *-  *0 ' results list store
report 'the list: a line a cell and a heading' "$([ "$(wc -l <out)" = 6 ] || cat out)"
report 'the list: no characters that control a terminal' "$(LC_ALL=C grep $'\033' out)"
report 'the list: columns below each other' "$(
	grep -v caf out | awk '{at = match($0, /2026-11-2|finished/)} NR == 1 {first = at} at != first {print NR}')"
report 'two machines are two' "$([ "$(awk 'NR > 1 {print $(NF - 1)}' out | sort -u | wc -l)" = 2 ] || cat out)"
expect 'the list as JSON' 0 '"total_bits": 5600' results list --json "$golden"
report 'with a number of its schema' "$(grep -q '^  "schema": 1,$' out || cat out)"

{ cat other.jsonl && sed 's/"archive_bytes":700/"archive_bytes":-700/' one.jsonl; } >wrong.jsonl
cp second before
expect 'a wrong line' 2 "wrong.jsonl: line 3: .*archive_bytes" results merge second wrong.jsonl
report 'changes nothing' "$(cmp before second 2>&1)"
sed 's/"threads":1/"threads":8/' one.jsonl >edited.jsonl
expect 'a line that was edited' 2 "edited.jsonl: line 1: .*'key'" results merge second edited.jsonl
head -c 1000 one.jsonl >cut.jsonl
expect 'a line cut short' 2 'cut.jsonl: line 1: ' results list cut.jsonl
expect 'not a store' 2 'one.jsonl: not a store' results merge one.jsonl other.jsonl
expect 'no such file' 1 'missing: No such file' results list missing
expect 'nothing is made by reading' 1 'missing: No such file' results export missing
expect 'no kind' 1 'list, export or merge' results
expect 'no such kind' 1 "'show'" results show store
expect 'no store' 1 'one STORE' results list
expect 'two stores' 1 'one STORE' results export store second
expect 'nothing to merge' 1 'a FILE' results merge store
expect 'two forms' 1 'one form' results export --csv --markdown store
expect 'an unknown option' 1 "'--xml'" results export --xml store
expect 'help of a kind' 0 'usage: twopart results merge' help results merge
