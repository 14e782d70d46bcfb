#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# test_bench_cells.sh - `twopart bench` cell by cell: repetitions take turns, what is stored is not
# measured again, not even after kill -9, and `twopart cell` measures the same cells one by one.
# Environment: $TWOPART.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

check() { # NAME COMMAND...
	local name=$1
	shift
	if "$@" >/dev/null 2>&1; then report "$name" ''; else report "$name" "$*"; fi
}
member() { # NAME: of each line of JSON in the file out, a text or a number
	sed -n "s/.*\"$1\":\"\{0,1\}\([^\",}]*\).*/\1/p" out
}
program() { # NAME [COMMAND]: an external one that notes each of its compressions in the file log
	echo "$1=echo $1 >> $work/log && ${2-true} && cp {in} {out};cp {in} {out}"
}

mkdir tmp && export TMPDIR=$work/tmp
printf 'a cat sat on a mat\n%.0s' $(seq 50) >cats
three=(--external "$(program a)" --external "$(program b)" --external "$(program c)" --only 'a,b,c')

# One warm-up of each that is fast, then rounds; a second run adds what is missing, and no more.
expect 'three' 0 '' bench --jobs 1 --store s.db --repetitions 3 "${three[@]}" cats
check 'turns' test "$(tr '\n' ' ' <log)" = 'a a b b c c a b c a b c '
: >log
expect 'again' 0 '' bench --jobs 1 --store s.db --repetitions 3 "${three[@]}" --json cats
check 'again: nothing runs' test ! -s log
check 'again: three repetitions' test "$(grep -c '"runs":\[{[^]]*"load":[^]]*"load":[^]]*"load":[^]]*\]' out)" = 3
expect 'two more' 0 '' bench --jobs 1 --store s.db --repetitions 5 "${three[@]}" cats
check 'two more: turns' test "$(tr '\n' ' ' <log)" = 'a a b b c c a b c '
: >log
expect 'a slow one' 0 '' bench --jobs 1 --store s.db --only slow --external "$(program slow 'sleep 0.6')" cats
check 'a slow one: no warm-up' test "$(wc -l <log)" -le 4
check 'a slow one: again while it took less than 2 s' test "$(wc -l <log)" -ge 2

# Killed in the middle of the third cell: the first two are not measured again.
: >log
middle=(--external "$(program a)" --external "$(program b)" --external "$(program c "(test -e $work/go || sleep 30)")" --only 'a,b,c')
"$TWOPART" bench --jobs 1 --store k.db --repetitions 1 "${middle[@]}" cats >out 2>err &
for _ in $(seq 200); do
	grep -q c log && break
	sleep 0.05
done
kill -KILL $!
wait $! 2>/dev/null
check 'killed: in the third' test "$(tr '\n' ' ' <log)" = 'a a b b c '
touch go
: >log
expect 'resumed' 0 '' bench --jobs 1 --store k.db --repetitions 1 "${middle[@]}" cats
check 'resumed: the third alone' test "$(tr '\n' ' ' <log)" = 'c c '
rm -rf tmp/*

# What failed is kept, and measured again when that is asked for.
: >log
fails=(--external "$(program a "test -e $work/better")" --only a)
"$TWOPART" bench --store f.db --repetitions 1 "${fails[@]}" cats >out 2>err
check 'failed: code 1' test $? = 1
touch better
"$TWOPART" bench --store f.db --repetitions 1 "${fails[@]}" cats >out 2>err
check 'failed: kept' test $? = 1
check 'failed: said' grep -q 'in an earlier run; --retry' err
check 'failed: once' test "$(wc -l <log)" = 1
expect 'failed: again' 0 '' bench --store f.db --repetitions 1 "${fails[@]}" --retry cats

# Sizes that change from one repetition to the next are a fault of ours, but not of other programs.
expect 'a program with a clock' 0 '' bench --store none --jobs 1 --repetitions 3 --only t \
	--external 't=cat {in} > {out} && date +%N >> {out};head -n 50 {in} > {out}' cats

# The list is what runs, and each of its lines is a command of its own with the same key.
"$TWOPART" generate sk --sentences 50 --seed 3 --quiet -o corpus
cells=(--store l.db --repetitions 1 --only 'xz -6,ngram,bayes,cp' --external 'cp=cp {in} {out};cp {in} {out}' corpus cats)
expect 'list' 0 '' bench --list-cells "${cells[@]}"
cp out list
check 'list: no store' test ! -e l.db
expect 'run' 0 '' bench "${cells[@]}"
expect 'export' 0 '' results export l.db
check 'list: as many' test "$(wc -l <out)" = "$(wc -l <list)"
check 'list: nine' test "$(wc -l <list)" = 9
member key | sort >keys
n=0
while read -r line; do
	n=$((n + 1))
	echo "$line" >spec.json
	"$TWOPART" cell spec.json --repetitions 1 -o result.$n >out 2>err || report 'cell' "$(cat err)"
done <list
cat result.* >out
check 'cells: the same keys' cmp keys <(member key | sort)
check 'cells: the same sizes' test "$(member archive_bytes | sort -n | tr '\n' ' ')" = \
	"$("$TWOPART" results export l.db >out && member archive_bytes | sort -n | tr '\n' ' ')"
expect 'cells: merged' 0 '' results merge m.db result.*
expect 'cells: regret' 0 '' results export m.db
check 'cells: regret of ngram' test "$(grep '"method":"model:ngram"' out | grep -c '"first_fact":[-0-9]')" = 1

# A corpus that is not there is drawn again; another one is refused, and so is another version.
grep '"on":"tokens"' list | grep ngram | sed 's/,"path":"[^"]*"//' >spec.json
expect 'drawn again' 0 '' cell spec.json --repetitions 1 -o drawn
check 'drawn again: the same key' grep -qxF "$(cp drawn out && member key)" keys
sed 's/--seed 3/--seed 4/' spec.json >other.json
expect 'another corpus' 2 'has the digest' cell other.json -o other
check 'another corpus: no result' test ! -e other
sed 's/sources [0-9a-f]*/sources 000000000000/' spec.json >other.json
expect 'another version' 5 'is asked for' cell other.json -o other
head -c 100 spec.json >other.json
expect 'no specification' 2 'JSON' cell other.json -o other
sed 's/"on":"tokens"/"on":"bytes"/' spec.json >other.json
expect 'no such rendering' 2 'rendering' cell other.json -o other
grep '"method":"external:cp"' list | head -n 1 | sed 's/cp {in}/no-such {in}/g' >other.json
expect 'a program that is not here' 0 '' cell other.json -o absent
check 'a program that is not here: a result' grep -q '"outcome":"failed"' absent

# Options behind a figure's name: those that it allows, and none that writes a file.
figure() { # OPTIONS
	sed "s/\"method\":\"[^\"]*\"/\"method\":\"figure:cost:$1\"/; s/\"wants_regret\":true/\"wants_regret\":false/" spec.json >figure.json
}
echo precious >kept
for option in output=kept "output=$work/kept" world=kept model=order0,force outpu=kept m=order0 '' =; do
	figure "${option//\//\\/}"
	"$TWOPART" cell figure.json -o refused >out 2>err
	report "no option '${option#"output=$work"}'" "$(cat err refused 2>&1 | grep -q "no option '.*' may be added" || cat err refused)"
	rm -f refused
done
report 'the file is as it was' "$(grep -qx precious kept || cat kept)"
figure "model=$(printf 'x%.0s' $(seq 60))"
"$TWOPART" cell figure.json -o long >out 2>err
report 'an option that is too long' "$(cat err long 2>&1 | grep -q 'an option is too long' || cat err long)"
figure against=none,model=order0
expect 'options that a figure allows' 0 '' cell figure.json -o allowed
report 'are its own' "$(grep -q '"model": *"order0"' allowed || cat allowed err)"
check 'nothing is left behind' test -z "$(ls tmp)"
