#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Property: `twopart tune` says what a network knows before and after each way of tuning, the same
# on any number of threads; bad options and corpora get one line and the code of their kind.
# Method: a network of the smallest size, trained for moments, on a small corpus.
# Environment: $TWOPART.
here=$(cd "$(dirname "$0")" && pwd) || exit 1
# shellcheck source=tests/lib.sh
. "$here/lib.sh" || exit 1
draw() { # PREFIX OPTION...: a small corpus
	"$TWOPART" generate sk -q -o "$@" --types 2 --templates 3 --classes 2 --class-words 2 \
		--words 40 --attributes 3 --values 4 --first-names 40 --last-names 40
}
draw c --sentences 1000 --beta 20
draw one --sentences 300 --alpha 0 --beta 0.000001
draw short --sentences 2
draw noisy --sentences 300 --noise 0.5
"$TWOPART" generate bios -q -o people --people 5 --biographies 9
tune=(tune -q --dim 16 --passes 2 --tune-passes 5)

expect 'a table' 0 'old, never asked about +questions' "${tune[@]}" c
lines=$(grep -c '^before' out)-$(grep -c '^questions' out)
report 'a line a way, and one a probe of it' "$([ "$lines" = 6-12 ] || echo "$lines")"
# The first lines of a way hold replay, steps and symbols.
symbols() { awk -v way="$1" -v replay="$2" '$1 == way && $2 == replay { print $4; exit }' out; }
for way in sentences questions; do
	without=$(symbols $way 0.00) with=$(symbols $way 0.50)
	report "half of what is learnt with replay is old: $way" "$(awk -v a="$without" -v b="$with" \
		'BEGIN { if (!(a > 0 && b > 1.9 * a && b < 2.1 * a)) print a, b }')"
done
half=$(symbols sentences 0.50) control=$(symbols old 0.00)
report 'the control is as long as the longest of the ways with sentences' "$(awk -v a="$half" \
	-v b="$control" 'BEGIN { if (!(b > 0.95 * a && b < 1.05 * a)) print a, b }')"
"$TWOPART" "${tune[@]}" -T 1 --json c >first 2>err
"$TWOPART" "${tune[@]}" -T 3 --json c >again 2>err
# The table's first line of old people, before: of each class what the JSON says.
"$TWOPART" "${tune[@]}" c >out
optima=$(awk '$1 == "before" && $3 == "old" {print $8, $10, $12, $14; exit}' out)
report 'the table has the optimum of the JSON' "$(python3 - first "$optima" <<-'PYTHON'
	import json, sys
	classes = json.load(open(sys.argv[1]))["states"][0]["probes"][0]["classes"]
	expected = " ".join("%.3f" % c["optimum"] if c["symbols"] else "-" for c in classes)
	if sys.argv[2] != expected: print(sys.argv[2], "not", expected)
PYTHON
)"
report 'the same on three threads' "$(cmp first again 2>&1; [ -s first ] || cat err)"
"$TWOPART" "${tune[@]}" --seed 2 --json c >again 2>err
"$TWOPART" "${tune[@]}" --replay 0.5 --replay 0.25 --json c >several 2>err
report 'several shares in one run: the ways that both have are the same but for the optimum' \
	"$(python3 - first several <<-'PYTHON'
	import json, sys
	def states(path):
	    ways = {}
	    for s in json.load(open(path))["states"]:
	        for probe in s["probes"]:
	            for c in probe["classes"]: del c["optimum"]
	        ways[s["learns"], s["replay"]] = s
	    return ways
	one, several = map(states, sys.argv[1:])
	if sorted(set(several) - set(one)) != [("questions", 0.25), ("sentences", 0.25)]:
	    print(*several)
	for way in one:
	    if one[way] != several.get(way): print(way, "differs")
PYTHON
)"
report 'another one with another seed' "$(cmp -s first again && echo equal)"

expect 'nobody is new' 1 'nothing to learn' "${tune[@]}" one
expect 'too short' 1 'more sentences' "${tune[@]}" short
expect 'facts that vary' 1 'vary' "${tune[@]}" noisy
expect 'another family' 1 'family bios' "${tune[@]}" people
expect 'no such corpus' 1 'No such file' "${tune[@]}" absent
expect 'no corpus' 1 'one PREFIX' tune
expect 'two corpora' 1 'one PREFIX' tune c c
expect 'nothing but old text' 1 'replay' tune --replay 1 c
expect 'too many shares' 1 'at most 4 times' tune --replay 0.1 --replay 0.2 --replay 0.3 \
	--replay 0.4 --replay 0.5 c
expect 'no passes' 1 'passes' tune --passes 0 c
expect 'no such width' 1 'dim' "${tune[@]}" --dim 24 c
expect 'no such option' 1 'nope' tune --nope c
