#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Property: the curves that are printed, written and drawn are sums of the costs that `cost` writes;
# a shipped model has paid for itself where those sums say so; the files are the same every time and
# on any number of threads; what is wrong is said in one line with the documented exit code, and
# then no file is written.
# Method: small corpora, one any file; od reads the arrays of costs, awk adds.
# Environment: $TWOPART.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh" || exit 1

equal() { # NAME GOT EXPECTED
	report "$1" "$([ "$2" = "$3" ] || echo "'$2' instead of '$3'")"
}

"$TWOPART" generate sk -q -o c/sk --sentences 2000
"$TWOPART" generate sk -q -o c/other --sentences 300 --seed 2
head -c 20000 c/sk.txt >text
"$TWOPART" generate file -q --input text -o c/file
tokens=$(stat -c %s c/sk.roles)
"$TWOPART" train -q --steps 20 --layers 1 --dim 16 -o m.tpm c/sk.bin >/dev/null

# field FILE CODE POSITION NUMBER: of the line of a code and position.
field() { awk -F'\t' -v c="$2" -v p="$3" -v n="$4" '$1 == c && $2 == p {print $n}' "$1"; }

# Tables, and the files.
expect 'defaults' 0 "^c/sk: $tokens tokens; bits" curves c/sk
for code in order0 ngram mix bayes; do
	report "defaults: $code" "$(grep -Eq "^$code +0 +[0-9.]+ +[0-9.]+ +[0-9]+ +1\$" out || cat out)"
done
net=layers=1,dim=16,ctx=16,passes=0
expect 'networks that learn need no file' 0 '^neural' \
	curves -m "transformer:online:$net" -m "neural:$net" c/file
expect 'files' 0 '^  twopart against ngram: from [0-9]+ on' \
	curves -o k -m ngram -m twopart -M m.tpm --at 1234 c/sk
cp out first
expect 'an existing file is refused' 1 'k.tsv exists already' curves -o k -m ngram c/sk
cp k.tsv again.tsv && cp k.svg again.svg
expect 'unless forced' 0 '' curves -f -T 2 -o k -m ngram -m twopart -M m.tpm --at 1234 c/sk
equal 'the same on two threads' "$(cmp k.tsv again.tsv 2>&1; cmp k.svg again.svg 2>&1; cmp out first 2>&1)" ''
equal 'codes of the file' "$(tail -n +2 k.tsv | cut -f 1 | uniq | tr '\n' ,)" \
	'ngram,twopart,transformer m.tpm,bayes,'
equal 'seven columns in each line' "$(awk -F'\t' 'NF != 7' k.tsv)" ''
equal 'a line for the position' "$(grep -c "$(printf '\t1234\t')" k.tsv)" 4
equal 'a row for the position' "$(grep -c '^ *1234 ' out)" 4
equal 'the model file comes first' "$(field k.tsv 'transformer m.tpm' 0 3)" \
	"$(($(stat -c %s m.tpm) * 8)).000000"

# The sums are those of the arrays.
"$TWOPART" cost -q -m ngram c/sk >/dev/null
"$TWOPART" cost -q -m bayes c/sk >/dev/null
"$TWOPART" cost -q -m twopart c/sk >cost_twopart
numbers() { od -A n -v -t f8 -w8 -j 128 "$1"; } # 17 digits: the double, exactly
for code in ngram bayes; do
	for position in 1 10 1234 "$tokens"; do
		equal "$code at $position" "$(field k.tsv $code "$position" 3)" \
			"$(numbers c/sk.$code.cost.npy | awk -v p="$position" \
				'NR <= p {s += $1} END {printf "%.6f", s}')"
	done
done
model_bytes=$(sed -n 's/.*the model that it stores, \([0-9]*\) bytes/\1/p' cost_twopart)
equal 'a shipped model is in the sums' "$(field k.tsv twopart 0 3)" "$((8 * model_bytes)).000000"
paste <(numbers c/sk.twopart.cost.npy) <(numbers c/sk.ngram.cost.npy) >both
paid=$(awk -v m=$((8 * model_bytes)) 'BEGIN {a = m}
	{a += $1; b += $2; if (a > b) last = NR} END {print last + 1}' both)
equal 'it has paid for itself where the sums say so' \
	"$(sed -n 's/^  twopart against ngram: from \([0-9]*\) on.*/\1/p' out)" "$paid"
report 'which has a line, too' "$([ -n "$(field k.tsv ngram "$paid" 3)" ] || echo none)"
report 'and a mark' "$(grep -q "<circle" k.svg && grep -q ">$paid<" k.svg || echo none)"
report 'not against Bayes' "$(grep -q '^  twopart against bayes: not here; [0-9]* bits lost' out ||
	grep against out)"

# cost --curve.
expect 'cost --curve' 0 '^ *1000 +[0-9.]+ +[0-9.]+ +[0-9.]+ +[0-9.]+ +[0-9.]+$' \
	cost -f -m ngram --curve c/sk
equal 'cost --curve: the same sum' "$(awk -v p="$tokens" '$1 == p && NF == 6 {print $2}' out)" \
	"$(printf '%.1f' "$(field k.tsv ngram "$tokens" 3)")"
expect 'cost --curve --json' 0 '"over_reference_bits": ' cost -f -m ngram --curve --json c/sk

# Any file, and references.
expect 'any file' 0 '^text: 20000 bytes' curves -m order0 -m ngram text
report 'any file: no reference' "$(grep -E ', over those of|more than by' out)"
expect 'another reference' 0 '^bits sent more than by order0' curves -m ngram --against order0 text
expect 'no reference' 0 '^ngram' curves -m ngram --against none c/sk
report 'no reference: none' "$(grep bayes out)"
expect 'tokens as bytes' 0 "^c/sk: $((1024 + 2 * tokens)) bytes" \
	curves -m order0 --bytes --against none c/sk
expect 'a name with an ending' 0 "^c/sk: $tokens tokens" curves -m order0 c/sk.bin
expect 'a family without an oracle' 0 '^c/file: 20000 tokens' curves -m order0 c/file
expect 'json' 0 '"for_good": [0-9]+' curves --json -m ngram -m twopart c/sk
: >empty
expect 'an empty file' 0 '^empty: 0 bytes' curves -o e empty
report 'an empty file: its drawing' "$(tail -n 1 e.svg | grep -v '^</svg>$')"

# What is wrong.
mkdir new
cp c/sk.bin new/worldless.bin
cp c/sk.bin new/foreign.bin && cp c/other.json new/foreign.json
cp c/sk.bin new/short.bin && truncate -s -1 new/short.bin
cd new || exit 1
ls >before
expect 'no input' 1 'none: cannot open' curves -o x none
expect 'no name' 1 'one PREFIX or FILE' curves -o x
expect 'two names' 1 'one PREFIX or FILE' curves -o x worldless foreign
expect 'a damaged token file' 2 'short.bin: .*token' curves -o x short
expect 'no such model' 1 "unknown model 'gpt'" curves -o x -m gpt worldless
expect 'no such reference' 1 "unknown model 'gpt'" curves -o x --against gpt worldless
expect 'no world' 5 'model bayes needs a world, and worldless.json is not there' \
	curves -o x -m bayes worldless
expect 'no world at that place' 1 'none.json' curves -o x -w none.json worldless
expect 'the world of another corpus' 2 'foreign.json is the world of another corpus' \
	curves -o x foreign
expect 'a world for nobody' 1 'no model has a use for -w' \
	curves -o x -w ../c/sk --against none -m ngram worldless
expect 'no model file' 5 'model transformer needs -M' curves -o x -m transformer worldless
expect 'none at that place' 1 'none.tpm' curves -o x -M none.tpm worldless
expect 'a model of tokens for bytes' 2 '../text: transformer .*m.tpm: .*tokens' \
	curves -o x -M ../m.tpm ../text
expect 'no directory' 1 'none' curves -o none/x worldless
expect 'standard output is taken' 1 'standard output' curves -o - worldless
expect 'a position' 1 '--at' curves -o x --at 0 worldless
expect 'threads' 1 'threads' curves -T many worldless
cp ../m.tpm own.tsv
expect 'the output is an input' 1 'own.tsv is an input' curves -f -o own -M own.tsv worldless
rm -f out err own.tsv
equal 'nothing is written' "$(ls)" "$(cat before)"
if [ -c /dev/full ]; then
	"$TWOPART" curves -m order0 worldless >/dev/full 2>err
	equal 'full disk: the tables are lost' "$? $(grep -c 'No space left' err)" '1 1'
fi
