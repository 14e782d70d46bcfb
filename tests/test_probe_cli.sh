#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Property: probe trains, asks at ascending steps and adds up: the tokens of each examination are
# those held out, which the references pay for too; the figures are the same for any number of
# threads; bad options and corpora get one line and the documented exit code.
# Environment: $TWOPART.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh" || exit 1

tiny='--types 2 --templates 3 --classes 2 --class-words 2 --words 40 --attributes 3 --values 4
	--first-names 40 --last-names 40 --beta 30'
# shellcheck disable=SC2086
"$TWOPART" generate sk $tiny --sentences 900 -q -o sk
# shellcheck disable=SC2086
"$TWOPART" generate sk $tiny --sentences 900 --templates 1 --classes 3 --attributes 0 --facts 0 --min-tokens 3 -q -o silent
"$TWOPART" generate iid --symbols 20 --tokens 500 -q -o iid
small='--layers 1 --dim 16 --ctx 16 --steps 20 --held-out 300 -q'

# points N: the table of examinations in the file out has so many rows.
points() { report "$1 examinations" "$([ "$(sed '/ step /,/Bayes/!d' out | grep -c '^ *[0-9]')" = "$1" ] || cat out)"; }

# rows FILE PART: tokens of the held-out text by role and class, of the references or of the last
# examination.
python=$(command -v python3)
rows() {
	"$python" -c 'import json, sys
document = json.load(open(sys.argv[1]))
part = document["held_out"] if sys.argv[2] == "held_out" else document["points"][-1]
for row in part["roles"]:
    print(row["role"], row["class"], row["tokens"])
print(sum(row["tokens"] for row in part["roles"]) - document["held_out_tokens"])' "$1" "$2"
}

# stretches FILE: of the training text are 1, 1, 2, 4, .. sentences, whose tokens are all; steps of
# examinations ascend in equal ratios but for rounding up, to the last one.
stretches() {
	"$python" -c 'import json, sys
d = json.load(open(sys.argv[1]))
at, length, tokens = 0, 1, 0
for s in d["training"]:
    end = min(at + length, d["sentences"])
    if (s["from"], s["to"]) != (at, end):
        print("from", s["from"], "to", s["to"], "and not", at, end)
    at, length = end, max(end, 1)
    tokens += sum(row["tokens"] for row in s["roles"])
if at != d["sentences"] or tokens != d["tokens"]:
    print(at, "sentences of", tokens, "tokens")
exact = [d["steps"] * 10 ** -left for left in range(3, -1, -1)]
steps = [p["step"] for p in d["points"]]
if not all(any(0 <= s - e < 1.001 for e in exact) for s in steps) or steps[-1] != d["steps"]:
    print(steps, exact)' "$1"
}

# shellcheck disable=SC2086
{
	expect 'tables' 0 'known world' probe $small --points 4 sk
	points 3 # the first two of the four are the first step
	report 'and one of facts never stated' "$(grep -Eq '^ +0 +[0-9]+ ' out || cat out)"
	expect 'JSON' 0 '"format": "twopart-probe"' probe $small --points 4 --json -T 1 sk.bin
	mv out one
	if [ -n "$python" ]; then
		report 'the references pay for what is asked' "$(
			cmp <(rows one held_out) <(rows one points) 2>&1; rows one points | tail -n 1 | grep -v '^0$')"
		report 'stretches and steps' "$(stretches one 2>&1)"
	else
		echo 'ok - # SKIP no python3'
	fi
	expect 'on three threads' 0 '' probe $small --points 4 --json -T 3 sk
	report 'the same figures' "$(cmp one out 2>&1)"
	expect 'another seed' 0 '' probe $small --points 4 --json --seed 2 sk
	report 'other figures' "$(cmp -s one out && echo the same)"
	expect 'more points than steps' 0 'known world' probe $small --steps 3 --points 64 sk
	points 3

	expect 'no corpus' 1 'one PREFIX' probe $small
	expect 'two corpora' 1 'one PREFIX' probe $small sk sk
	expect 'a missing corpus' 1 'absent.json' probe $small absent
	expect 'nothing held out' 1 "held-out = '0'" probe $small --held-out 0 sk
	expect 'everything held out' 1 '1 to 899 of them' probe $small --held-out 900 sk
	expect 'more than everything' 1 '1 to 899 of them' probe $small --held-out 901 sk
	expect 'one sentence' 0 'known world' probe $small --held-out 1 sk
	report 'classes without facts' "$(grep -q '^ *known world .* -' out || cat out)"
	expect 'a corpus without facts' 0 'known world .* - *- *- *-$' probe $small silent
	expect 'another family' 1 'only sk has facts' probe $small iid
	expect 'no points' 1 "points = '0'" probe $small --points 0 sk
	expect 'too many points' 1 "points = '65'" probe $small --points 65 sk
	expect 'an odd dim, before the corpus' 1 'multiple of 16' probe $small --dim 24 absent
	expect 'an unknown option' 1 'time' probe $small --time 3 sk
}
head -c 300 sk.bin >short.bin
cp sk.json short.json
# shellcheck disable=SC2086
expect 'a damaged corpus' 2 'short' probe $small short

# A figure with options behind its name: a cell of the benchmark.
"$TWOPART" bench sk --list-cells --only uniform 2>err | head -n 1 >cells
figure() { sed "s/model:uniform/figure:probe:$1/; s/\"wants_regret\":true/\"wants_regret\":false/" cells >spec; }
figure held-out=300,layers=1,dim=16,ctx=16,steps=3
expect 'a cell' 0 '' cell spec -o cell
report 'with these options' "$(grep -q '"layers": *1, *"dim": *16, *"ctx": *16' cell || cat cell err)"
figure steps=1,steps=1,steps=1,steps=1,steps=1,steps=1,steps=1,steps=1,steps=1
"$TWOPART" cell spec -o many >out 2>err
report 'too many options' "$(grep -q 'too many options' err many 2>&1 || cat err many)"
