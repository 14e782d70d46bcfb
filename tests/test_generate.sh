#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Property: generate and bounds do what their help says, refuse bad options and damaged or mixed-up
# corpora with one line and the documented exit code, and the oracles' archives have the size that
# bounds promises.
# Method: cases of command, expected exit code and pattern of the line.  Environment: $TWOPART.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh" || exit 1

expect 'generate --help lists families' 0 'santafe: ' generate --help
expect 'help of a family lists its options' 0 'pseudo X .*0\.01\.\.1000; 0\.5' generate iid --help
expect 'no family' 1 'which family' generate
expect 'unknown family' 1 "no family 'nothing'" generate nothing -o x
expect 'options before the family' 1 'the family comes first: twopart generate FAMILY -o' generate -o x sk
expect 'a file without --input' 1 "'text' is not an option; --input FILE" generate file text
expect 'no prefix' 1 '-o PREFIX' generate iid
expect 'no input' 1 '--input' generate file -o x
expect 'missing input' 1 'none' generate file --input none -o x
expect 'unknown option' 1 "unknown option '--sentences'" generate iid --sentences 5 -o x
expect 'value out of range' 1 "pseudo = '0' is not a number from 0.01 to 1000" \
	generate iid --pseudo 0 -o x
expect 'value too fine' 1 "pseudo = '0.1234567': at most 6 decimals" generate iid --pseudo 0.1234567 -o x
expect 'a stray argument' 1 "'stray'" generate iid -o x stray
report 'refusals write nothing' "$(find . -name 'x*')"

expect 'a directory is made' 0 'c/iid: iid, 3000 tokens' generate iid --tokens 3000 -o c/iid
expect 'an existing corpus is refused' 1 'exists already' generate iid --tokens 3000 -o c/iid
expect 'unless forced; quiet is quiet' 0 '' generate iid --tokens 3000 -f -q -o c/iid
report 'and the summary is gone' "$(cat err)"
"$TWOPART" generate iid --tokens 3000 --npy -f -q -o c/iid
report '--npy makes a copy' "$([ "$(stat -c %s c/iid.npy)" = 6128 ] || ls -l c)"
"$TWOPART" generate iid --tokens 3000 -f -q -o c/iid
report 'which does not outlive its corpus' "$(find c -name '*.npy')"
mv c/iid.bin kept
expect 'its other files are refused too' 1 'iid.txt exists already' generate iid -o c/iid
mv kept c/iid.bin
report 'no temporary files stay' "$(find c -name '*.tmp*')"

for family in iid markov santafe bios; do
	length='--tokens 30000'
	[ $family = bios ] && length='--biographies 800'
	# shellcheck disable=SC2086
	"$TWOPART" generate $family $length --seed 3 -q -f -o c/$family
	expect "bounds of $family as a table" 0 '^Bayes +[0-9]+\.[0-9]{3}  +[0-9]\.[0-9]{6}  ' \
		bounds c/$family
	"$TWOPART" bounds --json c/$family >bounds.json
	for model in known bayes; do
		"$TWOPART" compress -q -f -m $model -w c/$family.json c/$family.bin -o archive
		"$TWOPART" decompress -w c/$family.json archive -c | cmp - c/$family.bin ||
			report "$family decoded by $model" different
		bits=$(number bounds.json ${model}_bits) size=$(stat -c %s archive)
		report "$family: the $model archive has the promised size" "$(
			awk -v b="$bits" -v s="$size" \
				'BEGIN {e = s - b / 8; if (!(b > 0 && 0 <= e && e < 20)) print e " bytes off"}')"
	done
done
expect 'the exact means of a known law' 0 '^expected_elements +[0-9]+\.[0-9]+$' bounds c/bios
report 'and no note' "$(grep ^note out)"
expect 'a Pitman-Yor law of people that is none' 1 'beta must be larger than -alpha' \
	generate bios --sampling 2 --beta -0.5 -o c/none
expect 'too many people' 1 "people = '1000001' is not a number from 1 to 1000000" \
	generate bios --people 1000001 -o c/none
expect 'no people' 1 "people = '0' is not a number from 1 to 1000000" generate bios --people 0 -o c/none
expect 'no biographies' 1 "biographies = '0' is not a number from 1" \
	generate bios --biographies 0 -o c/none
expect 'weights that rise' 1 "power = '-1' is not a number from 0.000001 to 10" \
	generate bios --power -1 -o c/none
expect 'a weight without end' 1 "shift = '0' is not a number from 0.000001" \
	generate bios --shift 0 -o c/none
expect 'a power that is no number' 1 "power = 'nan' is not a number" \
	generate bios --power nan -o c/none
expect 'weights that are all alike' 1 "power = '0' is not a number from 0.000001 to 10" \
	generate bios --power 0 -o c/none
expect 'an option of another sampling' 1 'sampling 2 has no use for people' \
	generate bios --sampling 2 --people 100 -o c/none
expect 'another option of another sampling' 1 'sampling 1 has no use for alpha' \
	generate bios --alpha 0.9 -o c/none
sed 's/"permuted":1/"permuted":7/' c/bios.json >c/odd.json && cp c/bios.bin c/odd.bin
expect 'a prior that makes no sense' 2 'c/odd.json: its prior' bounds c/odd
expect 'for an oracle too' 2 'c/odd.json: its prior' compress -m bayes -w c/odd.json c/odd.bin -o refused
sed 's/was born/is born/' c/bios.json >c/odd.json
expect 'templates of another version' 5 'templates' bounds c/odd
rm -f c/odd.*
expect 'nothing is said of what a family has not' 0 'iid, 30000 tokens, vocabulary 64$' bounds c/iid
"$TWOPART" generate sk --sentences 100 -q -o c/sk
expect 'bounds are a matrix' 0 \
	'^bits +total +bits/token +weights +names +facts +syntax$' bounds c/sk
sed -n '/^bits /,/^parameters/p' out | head -n -1 >matrix
report 'of these lines' "$(diff - <(cut -c 1-25 matrix | sed 's/ *$//') <<'LINES'
bits
known world
E[known given X]
Bayes
Bayes, parameters unknown
NML syntax
two-part
  model L(M)
  data L(X|M)
two-part, enumerative
redundancy
  a sentence
LINES
)"
report 'whose columns are aligned' "$(awk '{print length()}' matrix | uniq | sed 1d)"
report 'and whose parts add up to their total' "$(sed 1d matrix | cut -c 26- | awk '
	{shift = NF == 6; e = $1 - $(2 + shift) - $(3 + shift) - $(4 + shift) - $(5 + shift)}
	NF < 5 || e * e > 1e-5 {print "line " NR ": " e}')"
expect 'and then the best parameters' 0 \
	'^parameters unknown: most probable alpha .*, beta .*, row-pseudo .*, word-pseudo .*; .* above' \
	bounds c/sk
"$TWOPART" bounds --json c/sk >sk.json
for name in {known,mixture,nml,two_part,two_part_model,two_part_data,enumerative,redundancy}_{,weight_,name_,fact_,syntax_}bits partition_bits name_bits \
	known_{weight,name,fact,syntax}_bits_expected type_bits fact_bits syntax_bits \
	mixture_{alpha,beta,row_pseudo,word_pseudo,best_bits,grid_bits} \
	redundancy_{,weight_,name_,fact_,syntax_}bits_per_sentence nml_bits_per_token; do
	grep -q "\"$name\": -\?[0-9]" sk.json || report "bounds --json has $name" missing
done
report 'no note where the known world is a bound' "$(grep note out)"
"$TWOPART" generate sk --sentences 250 --alpha 0.9 --beta 100000 --first-names 17 --last-names 17 \
	--attributes 0 -q -o c/crowd
expect 'a note where it is none' 0 '^note: known world above the Bayes bound' bounds c/crowd

# A reader of the benchmark's report can have the same corpus.
"$TWOPART" generate iid --tokens 500 --seed 9 --pseudo 1.25 -q -o c/again
expect 'bench says how to generate its corpus' 0 '`generate iid .*500 tokens' bench --store none c/again
source=$(sed -n 's/^`\(generate [^`]*\)`: 500 tokens.*/\1/p' out)
# shellcheck disable=SC2086
"$TWOPART" $source -q -o c/same
report 'which gives the same tokens' "$(cmp c/again.bin c/same.bin 2>&1)"
digest=$(sed -n 's/.*"digest": *"\([0-9a-f]*\)".*/\1/p' c/same.json)
"$TWOPART" bench --store none --json c/again >out 2>err
report 'in JSON too' "$(grep -q "\"digest\":\"$digest\"" out || echo missing)"
for name in family tokens sentences vocab elements known_bits known_bits_expected bayes_bits \
	bayes_bits_per_token; do
	grep -q "\"$name\":" bounds.json || report "bounds --json has $name" missing
done
expect 'a file is a corpus too' 0 '' generate file --input bounds.json -q -o c/file
report 'whose text is the file' "$(cmp c/file.txt bounds.json 2>&1)"
expect 'and has no bounds' 0 '"tokens"' bounds --json c/file
expect 'which is said' 0 '^no bounds: the source of this corpus is not known' bounds c/file
expect 'nor rows of oracles' 0 '' bench --store none c/file
report 'which is said nowhere' "$(grep -Ev 'times vary|machine was busy' err)$(grep -E '^\| (bayes|known|bound)' out)"
expect 'nor an oracle' 5 'no oracle' compress -m bayes -w c/file.json c/file.bin -o archive2
expect 'nor a two-part code' 5 'family file has no two-part code' \
	compress -m twopart -w c/file.json c/file.bin -o archive3
printf abc >odd
expect 'three bytes are not pairs' 1 'odd' generate file --input odd --symbol-bytes 2 -o c/odd
report 'and leave nothing' "$(find c -name 'odd*')"

expect 'bounds wants one prefix' 1 'one PREFIX' bounds
expect 'bounds of nothing' 1 'nothing.json' bounds c/nothing
cp c/iid.bin alone.bin
expect 'a corpus without its world' 1 'alone.json: No such file' bounds alone
cp c/iid.json alone.json && rm alone.bin
expect 'a world without its corpus' 1 'alone.bin: cannot open: No such file' bounds alone
: >alone.bin
expect 'an empty corpus' 2 'alone.bin: ' bounds alone
for family in sk iid santafe; do
	sed '/^"truth"/d' c/$family.json >c/blind.json
	cp c/$family.bin c/blind.bin
	expect "a $family world without truth" 0 '^E\[known given X\] .*[0-9]' bounds c/blind
	report "has no known world ($family)" "$(grep '^known' out)"
	report "has the rest ($family)" "$(grep -q '^Bayes  *[0-9]' out || cat out)"
done
cp c/iid.json mixed.json && cp c/markov.bin mixed.bin
expect 'the world of another corpus' 2 'mixed.json is the world of another corpus' bounds mixed
cp c/iid.json short.json && head -c 5000 c/iid.bin >short.bin
expect 'a truncated corpus' 2 '' bounds short
{ head -c 2000 c/iid.bin && printf '\1\0' && tail -c +2003 c/iid.bin; } >short.bin
expect 'a changed token' 2 'another corpus' bounds short
head -c 500 c/iid.json >short.json
expect 'a truncated world' 2 'short.json' bounds short
