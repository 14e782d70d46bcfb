#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Property: cost writes an array that NumPy reads, whose numbers add up to what it prints, in text
# and in JSON; regret adds up by role and by class; what is wrong with the input is said in one line
# with the documented exit code, and then no file is written.
# Method: small corpora; od reads the array, awk adds (whole numbers below 2^53: exactly).
# Environment: $TWOPART.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh" || exit 1

equal() { # NAME GOT EXPECTED
	report "$1" "$([ "$2" = "$3" ] || echo "'$2' instead of '$3'")"
}

# As in lib.sh, but on success standard output has the pattern and standard error is empty.
said() { [ ! -s err ] && grep -Eq -- "$1" out; }

# sums FILE: a line "role class tokens units regret_units" for each sum of the JSON.
sums() {
	awk '{gsub(/[",:]/, " ")}
		$1 == "role" {role = $2}
		$1 == "class" {class = $2}
		$1 == "tokens" {n = $2}
		$1 == "units" {units = $2}
		$1 == "regret_units" {print role, class, n, units, $2}' "$1"
}

# added FILE ROLE CLASS: the three numbers of one sum, "*" being all that are not totals, added.
added() {
	sums "$1" | awk -v role="$2" -v class="$3" '
		(role == "*" ? $1 != "all" : $1 == role) && (class == "*" ? $2 != "all" : $2 == class) {
			n += $3; units += $4; regret += $5}
		END {printf "%.0f %.0f %.0f", n, units, regret}'
}

"$TWOPART" generate sk -q -o c/sk --sentences 300
"$TWOPART" generate sk -q -o c/other --sentences 300 --seed 2
"$TWOPART" generate iid -q -o c/iid --tokens 500
head -c 3000 c/sk.txt >text
"$TWOPART" generate file -q --input text -o c/file
tokens=$(stat -c %s c/sk.roles)

# The array.
expect 'defaults' 0 "^c/sk: $tokens tokens, [0-9.]+ bits under ngram" cost c/sk
expect 'an existing array is refused' 1 'c/sk.ngram.cost.npy exists already' cost c/sk
expect 'unless forced' 0 '^regret against bayes: [0-9.]+ bits' cost -f c/sk
npy=c/sk.ngram.cost.npy
equal 'size' "$(stat -c %s $npy)" $((128 + 8 * tokens))
equal 'magic and version' "$(od -A n -t x1 -N 10 $npy)" ' 93 4e 55 4d 50 59 01 00 76 00'
equal 'header' "$(tail -c +11 $npy | head -n 1 | sed 's/ *$//')" \
	"{'descr': '<f8', 'fortran_order': False, 'shape': ($tokens,), }"
numbers() { od -A n -v -t f8 -w8 -j 128 "$1"; } # 17 digits: the double, exactly
report 'whole multiples of 2^-24 bits' "$(numbers $npy | awk '{u = $1 * 16777216}
	u != int(u) || u < 0 {print "token " NR ": " $1; exit}')"

# The first symbol of a counting model costs lg of the alphabet.
"$TWOPART" cost -q -m uniform c/sk >out
alphabet=$(od -A n -v -t u2 -w2 -j 1024 c/sk.bin | sort -n | tail -n 1)
equal 'uniform costs lg of the alphabet' "$(numbers c/sk.uniform.cost.npy | sort -u | wc -l) $(
	numbers c/sk.uniform.cost.npy | awk 'NR == 1 {printf "%.5f", $1}')" \
	"1 $(awk -v n=$((alphabet + 1)) 'BEGIN {printf "%.5f", log(n) / log(2)}')"

# Numbers that add up.
for model in ngram known bayes order0; do
	expect "$model: json" 0 '"units_per_bit": 16777216' cost -f --json -m $model c/sk
	cp out json
	equal "$model: 25 sums" "$(sums json | wc -l)" 25
	read -r n units regret <<<"$(added json all all)"
	equal "$model: all tokens" "$n" "$tokens"
	equal "$model: the array adds up" \
		"$(numbers c/sk.$model.cost.npy | awk '{u += $1 * 16777216} END {printf "%.0f", u}')" "$units"
	for part in '* *' '* all' 'all *'; do
		equal "$model: $part adds up" "$(set -f; added json $part)" "$n $units $regret"
	done
	for role in syntax name first_fact repeated_fact; do
		equal "$model: $role adds up" "$(added json $role '*')" "$(added json $role all)"
	done
	for class in 0 1 2 3; do
		equal "$model: class $class adds up" "$(added json '*' $class)" "$(added json all $class)"
	done
	eval "units_$model=$units regret_$model=$regret"
done
# shellcheck disable=SC2154
for model in ngram known order0; do
	eval "difference=\$((units_$model - units_bayes)) regret=\$regret_$model"
	equal "$model: regret is the difference" "$regret" "$difference"
done
equal 'no regret against itself' "$regret_bayes" 0
report 'known has less than bayes' "$([ "$regret_known" -lt 0 ] || echo "$regret_known")"
"$TWOPART" cost -q -f --json -m ngram --against order0 c/sk >json
equal '--against: regret is the difference' "$(added json all all | cut -d ' ' -f 3)" \
	$((units_ngram - units_order0))

# The curve by class: parts of a position add up to its row of the curve, those of the last one to
# the sums of the corpus.
"$TWOPART" cost -q -f --json -m ngram c/sk >json
"$TWOPART" cost -q -f --json --curve -m ngram c/sk >curve
parts() { awk '{gsub(/[",:]/, " ")}
	$1 == "curve" {part = 0} $1 == "curve_sums" {part = 1}
	$1 == "position" {at = $2}
	$1 == "sent_bits" {sent[at] = $2 * 16777216}
	$1 == "role" && part {role = $2} $1 == "class" && part {class = $2}
	$1 == "tokens" && part {n[at] += $2; last[role " " class] = $2}
	$1 == "units" && part {units[at] += $2; last[role " " class] = last[role " " class] " " $2}
	$1 == "regret_units" && part {last[role " " class] = last[role " " class] " " $2}
	END {for (at in sent) {
			places++
			if (n[at] != at || units[at] != sent[at]) print "at", at, n[at], units[at], sent[at]
		}
		if (places < 10) print places, "places"
		for (key in last) print key, last[key]}' "$1"; }
equal '--curve: by class, it adds up everywhere' "$(parts curve | sort)" \
	"$(sums json | grep -v all | sort)"
# A population of one: three classes have no member, so no token and no rate.
"$TWOPART" generate bios --people 1 --biographies 20 -q -o c/one
expect 'classes without members' 0 '^  all +[0-9]+ +- +- +- +[0-9]+$' cost c/one
expect 'they have no rate' 0 '"bits_per_token": null' cost -f --json c/one
expect '--curve: no parts of no curve' 0 '"curve_sums": null' cost -f --json c/sk

expect '--against none' 0 '"against": null' cost -f --json --against none c/sk
report '--against none: no regret' "$(grep 'regret.*": [^n]' out)"
expect 'a family without an oracle' 0 '3000 tokens' cost c/file
report 'a family without an oracle: no regret' "$(grep regret out)"
expect 'a simple family' 0 '^regret against bayes' cost c/iid

# Names and options.
expect 'options of the model' 0 'bits under ngram:order=2,' cost -m ngram:order=2 c/sk
expect 'default options are not named' 0 'bits of each token: c/sk.order0.cost.npy' \
	cost -f -m order0 c/sk
report 'options are part of the name' "$([ -e c/sk.ngram-order=2.cost.npy ] || ls c)"
expect '-o' 0 'bits of each token: mine.npy' cost -o mine.npy -T 2 -w c/sk c/sk
report '-o: the same' "$(cmp mine.npy $npy 2>&1)"

# What is wrong.
mkdir new
cd new || exit 1
for file in bin roles json; do
	cp ../c/sk.$file bare.$file && cp ../c/sk.$file short.$file && cp ../c/sk.$file odd.$file
done
rm bare.roles
truncate -s -1 short.roles
printf '\104' | dd of=odd.roles bs=1 seek=40 conv=notrunc status=none
cp ../c/sk.bin worldless.bin && cp ../c/sk.roles worldless.roles
cp ../c/sk.bin foreign.bin && cp ../c/sk.roles foreign.roles && cp ../c/other.json foreign.json
cp ../c/sk.txt text.bin
ls >before
expect 'no corpus' 1 'none.bin: cannot open' cost none
expect 'no name' 1 'one PREFIX' cost ''
expect 'two names' 1 'one PREFIX' cost odd short
expect 'not a token file' 2 'text.bin: not a token file' cost text
expect 'no roles' 1 'bare.roles: cannot open: No such file' cost bare
expect 'too few roles' 2 "short.roles: $((tokens - 1)) roles for $tokens tokens" cost short
expect 'no role' 2 'odd.roles: byte 40 is 0x44, and no role' cost odd
expect 'no such model' 1 "unknown model 'gpt' \(known: " cost -m gpt odd
expect 'no such option' 1 "model ngram has no option 'depth'" cost -m ngram:depth=3 odd
expect 'no such model to compare with' 1 "unknown model 'gpt'" cost --against gpt odd
expect 'no world for the model' 5 'model known needs a world, and worldless.json is not there' \
	cost -m known worldless
expect 'no world for the comparison' 5 'model bayes needs a world, and worldless.json' \
	cost --against bayes worldless
expect 'no world at that place' 1 'none.json' cost -w none.json worldless
expect 'the world of another corpus' 2 'foreign.json is the world of another corpus' cost foreign
expect 'no oracle' 5 'family file has no oracle' cost -m bayes ../c/file
expect 'a world for nobody' 1 'no use for -w' cost -w ../c/sk --against none odd
expect 'the output is an input' 1 'worldless.roles is an input' \
	cost -f -o worldless.roles worldless
expect 'no directory' 1 'none' cost -o none/x.npy worldless
expect 'standard output is taken' 1 'standard output' cost -o - worldless
expect 'threads' 1 'threads' cost -T many worldless
rm -f out err
equal 'nothing is written' "$(ls)" "$(cat before)"

# Without a world there are costs, but no regret.
expect 'no world, no regret' 0 'bits under ngram' cost worldless
report 'no world, no regret: none' "$(grep regret out)"
report 'no world: the same costs' "$(cmp worldless.ngram.cost.npy ../$npy 2>&1)"

# A benchmark without roles has its other columns, and says once why.
cp ../c/sk.txt bare.txt
TMPDIR=$work "$TWOPART" bench --store bare.db bare >out 2>err
equal 'bench without roles' "$? $(grep -c 'bare.roles cannot be read: no regret' err)" '0 1'
"$TWOPART" results export --csv bare.db >out
rm bare.db
equal 'bench without roles: no regret' "$(awk -F, 'NR == 1 {for (i = 1; i <= NF; i++) if ($i ~ /^regret/) c[i]}
	NR > 1 {for (i in c) text = text $i} END {print (NR > 8), text}' out)" '1 '

if [ -c /dev/full ]; then
	"$TWOPART" cost -f worldless >/dev/full 2>err
	equal 'full disk: the summary is lost' "$? $(grep -c 'No space left' err)" '1 1'
fi
(ulimit -f 8 && exec "$TWOPART" cost -o large.npy worldless >out 2>err)
equal 'file size limit' "$? $(grep -c 'File too large' err) $(find . -name 'large*')" '1 1 '
