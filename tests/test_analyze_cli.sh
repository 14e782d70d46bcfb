#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Property: analyze says of a file, of a corpus and of nothing what it is and where its bits go, in
# text and in JSON whose parts add up to the total exactly and whose total is that of the archive
# that compress makes; what is beside a corpus is used, and what does not belong to it left out with
# a note; what is wrong is said in one line with the documented exit code.
# Method: small files made here; awk adds whole numbers below 2^53, which is exact.
# Environment: $TWOPART.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh" || exit 1

equal() { # NAME GOT EXPECTED
	report "$1" "$([ "$2" = "$3" ] || echo "'$2' instead of '$3'")"
}

# As in lib.sh, but on success standard output has the pattern and standard error is empty.
said() { [ ! -s err ] && grep -Eq -- "$1" out; }

# units SECTION: the sum of all "units" in this member of the object in the file out.
units() {
	awk -v section="\"$1\":" '/^  "/ {inside = $1 == section}
		inside && $1 == "\"units\":" {u += $2} END {printf "%.0f", u}' out
}

"$TWOPART" generate sk -q -o c/sk --sentences 300
"$TWOPART" generate iid -q -o c/iid --tokens 500
head -c 9000 c/sk.txt >text
head -c 400 c/sk.bin >>text # noise, for no text
"$TWOPART" compress -q -f text
tr '[:lower:]' '[:upper:]' <c/sk.txt >shout
printf 'one\nt\303\251\033wo\n' >short
: >nothing

# Text.
expect 'a text' 0 '^shout: [0-9]+ bytes of text \(100.0 % are' analyze shout
for pattern in 'XXH3-64 [0-9a-f]{16}$' '^      6 +[0-9]+ ' '^coded by mix: [0-9.]+ bits' '^by position' \
	'^  upper-case letters' "'E'" '^regions of 64 bytes' '^longest runs' '^bits a line: mean' \
	'^lines that cost most' '^who paid: [0-9]+ decisions' '^  order 2 ' '^  maps behind the mixer'; do
	report "a text: $pattern" "$(grep -Eq -- "$pattern" out || cat out)"
done
expect 'other bytes' 0 '^text: 9400 bytes of binary data' analyze text
report 'other bytes have no lines' "$(grep -E 'line:|lines that' out)"
report 'nobody asked for escapes' "$("$TWOPART" analyze short | grep -a "$(printf '\033')")"
expect 'nothing' 0 '^nothing: empty' analyze nothing
expect 'a model without experts' 0 '^who paid: not known of this model' analyze -m ngram shout
expect 'levels that guess' 0 '^who paid: not known of this model' analyze -1 shout
expect 'a large level' 0 '^coded by mix:level=9' analyze -9 short
cat shout | "$TWOPART" analyze - >piped
equal 'standard input' "$(sed 1d piped | cksum)" "$("$TWOPART" analyze shout | sed 1d | cksum)"

# JSON.
expect 'json' 0 '^  "schema": 1,$' analyze --json --top 1000 text
total=$(units code)
for section in by_position by_cost by_class symbols; do
	equal "json: $section adds up" "$(units $section)" "$total"
done
equal 'json: the archive' "$(number out archive_bytes)" "$(stat -c %s text.2p)"
cp out first
"$TWOPART" analyze --json --top 1000 text >out
report 'json: the same again' "$(cmp first out 2>&1)"
expect 'json of lines' 0 '"line": 1,$' analyze --json --top 1000 shout
equal 'json of lines: they add up' "$(units by_line)" "$(units code)"
for file in text shout short nothing c/sk c/iid.bin; do
	"$TWOPART" analyze --json "$file" >out
	if command -v python3 >/dev/null; then
		report "json of $file parses" "$(python3 -m json.tool out 2>&1 >/dev/null)"
	else
		echo "ok - json of $file parses # skipped: no python3"
	fi
done

# Corpora.
expect 'a corpus' 0 '^c/sk: [0-9]+ tokens below .* 300 sentences.*' analyze c/sk
for pattern in 'a corpus of family sk$' '^  first fact ' 'more than the exact Bayes code' \
	'^ +0 \. +300 ' "^  memory: key and role"; do
	report "a corpus: $pattern" "$(grep -Eq -- "$pattern" out || cat out)"
done
"$TWOPART" analyze c/sk.bin >bin
equal 'by its file' "$(sed 1d bin | cksum)" "$(sed 1d out | cksum)"
expect 'roles' 0 '"regret_units": [0-9]+' analyze --json c/sk
equal 'roles add up' "$(units by_role)" "$(($(units code) * 2))" # all of them are a row, too
"$TWOPART" cost -q --json -m mix c/sk >cost
equal 'regret is that of cost' "$(grep -c "$(grep regret_units out | tail -n 1 | tr -d ' ,')" <(tr -d ' ,' <cost))" 1
expect 'no sentences in this family' 0 '^c/iid: 500 tokens below' analyze c/iid
report 'no sentences in this family: none' "$(grep -E 'sentences|bits a sentence' out)"
expect 'an oracle' 0 '^0.0 bits more than the exact Bayes code' analyze -m bayes c/sk

# What is beside it but not of it.
cp c/sk.bin lone.bin
expect 'nothing beside it' 0 '^lone: [0-9]+ tokens' analyze lone
report 'nothing beside it: no note' "$(grep -E '^note|by role' out)"
cp c/iid.vocab lone.vocab && cp c/iid.roles lone.roles && cp c/iid.json lone.json
expect 'strangers' 0 '^note: roles are not used: lone.roles: ' analyze lone
equal 'strangers: three notes' "$(grep -c '^note: ' out)" 3
expect 'strangers in JSON' 0 '"by_role": null' analyze --json lone

# What is wrong.
mkdir new
cd new || exit 1
head -c 3000 ../c/sk.bin >cut.bin
expect 'no file' 1 'none: cannot open.*No such file' analyze none
expect 'a directory' 1 '\.: .*directory' analyze .
expect 'no name' 1 'one FILE' analyze ''
expect 'two names' 1 'one FILE' analyze ../text ../shout
expect 'too few tokens' 2 'cut.bin: truncated corpus' analyze cut.bin
expect 'no such model' 1 "unknown model 'gpt' \(known: " analyze -m gpt ../text
expect 'no level' 1 '-3 is a level of model mix, and model ngram has none' analyze -3 -m ngram ../text
expect 'no number' 1 "--top 'many' is not a number" analyze --top many ../text
expect 'no world' 5 'model bayes' analyze -m bayes ../text
expect 'no world for tokens' 2 'lone.*is the world of another corpus' analyze -m bayes ../lone
expect 'no such world' 1 'none.json' analyze -w none.json ../c/sk
expect 'no use for a model file' 1 'model mix has no use for -M' analyze -m mix -M x.tpm ../text
rm -f out err
equal 'nothing is written' "$(ls)" cut.bin

if [ -c /dev/full ]; then
	"$TWOPART" analyze ../text >/dev/full 2>err
	equal 'full disk: the report is lost' "$? $(grep -c 'No space left' err)" '1 1'
fi
