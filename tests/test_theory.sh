#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Property: structure and scaling model do what their help says: every format holds the same
# numbers, compressors lie where their archives say, a two-part code at each limit is the archive
# that compress makes; bad input and bad options get one line and the documented exit code.
# Method: cases of command, expected exit code and pattern of the line.  Environment: $TWOPART.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh" || exit 1
export TMPDIR=$work/tmp
mkdir tmp

# column FILE NAME: that column of a CSV file whose fields hold no commas, without the heading.
column() {
	awk -F, -v name="$2" 'NR == 1 {for (i = 1; i <= NF; i++) if ($i == name) c = i; next} {print $c}' "$1"
}

small='--types 3 --templates 12 --sentences 400'
# shellcheck disable=SC2086
"$TWOPART" generate sk $small -q -o sk
"$TWOPART" generate iid --tokens 500 -q -o iid

# ---- structure ----
for ending in bin json roles txt; do
	cp "sk.$ending" before
	expect "a drawing over sk.$ending" 1 'is an input' structure --no-compressors -qf --svg "sk.$ending" sk
	report "sk.$ending is still there" "$(cmp before "sk.$ending" 2>&1)"
done
expect 'a drawing where there is no directory' 1 'missing/x.svg: cannot create' \
	structure --no-compressors -q --svg missing/x.svg sk
expect 'a drawing on standard output' 1 'needs a file' structure --no-compressors -q --svg - sk
expect 'structure as a table' 0 'x Bayes' structure --no-compressors -q --svg sk.svg sk
report 'it has 24 rows' "$([ "$(grep -cE '^ +[0-9]+ +[0-9]+ +[0-9]+ ' out)" = 24 ] || cat out)"
report 'and a drawing' "$(sed -n '1p;$p' sk.svg | tr -d '\n' |
	grep -vE '^<svg .* width="900" height="600".*</svg>$')"
if command -v xmllint >/dev/null; then
	report 'which is XML' "$(xmllint --noout sk.svg 2>&1)"
fi
expect 'an existing drawing is refused' 1 'sk.svg exists already' structure --svg sk.svg sk
expect 'unless forced' 0 '' structure --no-compressors --budgets 2 -q -f --svg sk.svg sk
expect 'structure as CSV' 0 '^series,name,on,budget_bits,' structure --no-compressors --budgets 20 --csv sk
cp out curve.csv
expect 'the same on one thread' 0 '' structure --no-compressors --budgets 20 --csv -T 1 sk
report 'bytes do not depend on threads' "$(diff out curve.csv)"
expect 'structure as JSON' 0 '"verified": true' structure --no-compressors --budgets 20 --json sk
report 'CSV and JSON hold the same bits' "$(diff <(column curve.csv data_bits | cut -d. -f1) \
	<(sed -n 's/^ *"data_bits": \([0-9]*\)\.0,$/\1/p' out | head -n 20))"
report 'as many points as asked for' "$([ "$(column curve.csv budget_bits | wc -l)" = 20 ] || cat curve.csv)"
report 'data bits never rise' "$(column curve.csv data_bits | awk 'NR > 1 && $1 > last + 8 {print $1 " after " last} {last = $1}')"
report 'models keep to their limits' "$(paste -d' ' <(column curve.csv budget_bits) <(column curve.csv model_bits) |
	awk '$2 > $1')"

# The archive of a limit is what compress makes of it.
limit=$(column curve.csv budget_bits | sed -n 12p | cut -d. -f1)
"$TWOPART" compress -q -f -m twopart --model-bits "$limit" -w sk.json sk.bin -o limited.2p
"$TWOPART" list --json limited.2p >list.json
model=$(column curve.csv model_bits | sed -n 12p | cut -d. -f1)
report 'compress --model-bits stores that model' "$(
	grep -q "\"stored_model_bytes\": $((model / 8))\b" list.json || { echo "$model bits"; cat list.json; })"

expect 'every compressor is a point' 0 '^series' structure --budgets 2 --csv -q sk
report 'and none is missing' "$(
	names=$("$TWOPART" models --json | sed -n '/"models"/,/"families"/s/^ *"name": "\(.*\)",*$/\1/p' | grep -vx range)
	for name in uniform order0 known bayes ngram twopart copy 'zstd -19' 'xz -9e' 'brotli -5' 'zstd -19 dict 4K'; do
		grep -q "^compressor,\"$name\"," out || echo "$name of $names"
	done)"
report 'twopart pays for its model' "$(
	last=$(grep '^realized' out | tail -n 1 | cut -d, -f 5)
	grep '^compressor,"twopart"' out | awk -F, -v last="$last" '$5 != last || !(last > 0)')"
report 'adaptive coders store none' "$(grep -E '^compressor,"(bayes|ngram|xz -6)"' out | awk -F, '$5 != 0')"
report 'no temporary files stay' "$(ls -A tmp)"

expect 'structure wants one prefix' 1 'one PREFIX' structure
expect 'two formats at once' 1 'exclude each other' structure --json --csv sk
expect 'too few budgets' 1 "budgets '1'" structure --budgets 1 sk
expect 'no corpus' 1 'nothing.json' structure --no-compressors nothing
expect 'a model that stores none' 1 'bayes is no two-part code' structure -m bayes sk
expect 'an unknown model' 1 "unknown model 'x'" structure -m x sk
expect 'a family without two-part code' 5 'family iid has no two-part code' structure --no-compressors iid
cp sk.bin alone.bin
expect 'no world file' 1 'alone.json' structure --no-compressors alone
cp iid.json mixed.json && cp sk.bin mixed.bin
expect 'the world of another corpus' 2 'mixed.json is the world of another corpus' structure mixed
cp sk.json short.json && head -c 1501 sk.bin >short.bin
expect 'a truncated corpus' 2 'short.bin' structure --no-compressors short
cp sk.bin short.bin && head -c 900 sk.json >short.json
expect 'a truncated world' 2 'short.json' structure --no-compressors short
{ head -c 1100 sk.bin && printf '\1\0' && tail -c +1103 sk.bin; } >short.bin && cp sk.json short.json
expect 'a changed token' 2 'another corpus' structure --no-compressors short
for suffix in bin json vocab roles; do cp sk.$suffix cut.$suffix; done
head -n 100 sk.txt >cut.txt
expect 'a truncated text' 2 'cut.txt is not the text of this corpus' structure --budgets 2 cut

# ---- scaling model ----
expect 'scaling lists its laws' 0 '^  model ' scaling --help
expect 'its options' 0 'archives an alpha' scaling model --help
expect 'scaling model as a table' 0 'too few for a slope' \
	scaling model -a 0.5 --sentences 1000 --budgets 6 -q
report 'with exponents of the range' "$(grep -q 'with 30 to 300 stored elements' out || cat out)"
expect 'scaling model as CSV' 0 '^alpha,class,budget_bits' \
	scaling model -a 0.4,0.6 --sentences 500 --budgets 4 --csv -q
report 'a row for each point and class' "$([ "$(wc -l <out)" = $((1 + 2 * 4 * 5)) ] || cat out)"
cp out scaling.csv
expect 'scaling model as JSON' 0 '"exponents_by_capacity"' \
	scaling model -a 0.4,0.6 --sentences 500 --budgets 4 --json -q -T 1
report 'the same numbers' "$(diff <(column scaling.csv elements) \
	<(sed -n '/"rows"/,$s/^ *"elements": \([0-9]*\)\.0,$/\1/p' out))"
report 'more is stored, less is left' "$(awk -F, '$2 == "all" {if ($1 == a && $8 > last + 0.05) print; a = $1; last = $8}' scaling.csv)"
report 'and nothing else' "$(ls -A tmp)"
expect 'alpha out of range' 1 "alpha = '1.5'" scaling model -a 1.5
expect 'beta too small' 1 'beta must be larger than -alpha' scaling model --beta -0.6 -a 0.5
expect 'too few budgets' 1 'budgets' scaling model --budgets 1
expect 'a model that stores none' 1 'no two-part code' scaling model -m ngram
expect 'a stray argument' 1 "'sk' is not an option" scaling model sk
expect 'two formats at once' 1 'exclude each other' scaling model --json --csv
expect 'no such law' 1 "no law 'x'" scaling x
