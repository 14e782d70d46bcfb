#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# tokens.sh BUILD OUT [SMALL [LARGE [BIOS]]] - how far the token predictor mix is from the Bayes
# bound of generated corpora, in total and by role, and how fast it is: OUT/tokens.md.  SMALL seeds
# (default 5) of each alpha at 100,000 sentences, LARGE (1) at 1,000,000, BIOS (5) of 100,000
# biographies: seeds 1, 2 and so on, 0 for none.  Several, because corpora of one setting differ by
# as much as predictors do.  One process and one thread at a time: 20 seconds a million tokens.
# Each corpus is one line on standard error when it is done.
# Environment: ALPHAS (0.3 0.5 0.7).
here=$(cd "$(dirname "$0")" && pwd)
twopart=$(cd "$1" && pwd)/twopart || exit 1
out=$(cd "$2" && pwd) || exit 1
small=${3:-5} large=${4:-1} bios=${5:-5} alphas=${ALPHAS:-0.3 0.5 0.7}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
. "$here/measure.sh"

# regrets: from `cost --json`, bits a token of the corpus above bayes, a number a role in the
# program's order: syntax, name, first fact, repeated fact, all.
regrets() {
	awk -F'[:,] *' '$1 ~ /"class"/ {all = $2 ~ /all/}
		$1 ~ /"regret_bits_per_corpus_token"/ && all {printf "%s ", $2}'
}

# measure SETTING SEED GENERATE_ARGUMENT...: one line of results in the file rows:
# setting, seed, tokens, bytes, ratio, seconds to encode and to decode, five regrets.
measure() {
	local setting=$1 seed=$2 tokens bits bytes encode decode
	shift 2
	"$twopart" generate "$@" -q --seed "$seed" -o c && "$twopart" bounds --json c >bounds ||
		fail "$setting, seed $seed: no corpus"
	tokens=$(field tokens <bounds) bits=$(field bayes_bits <bounds)
	encode=$(seconds "$twopart" compress --no-verify -q -m mix -T1 -o c.2p c.bin) &&
		decode=$(seconds "$twopart" decompress -q -T1 -o back c.2p) || exit
	cmp c.bin back >&2 || fail "$setting, seed $seed: not the original"
	"$twopart" cost -q --json -T1 -m mix -o c.npy c >cost || fail "$setting, seed $seed: no cost"
	bytes=$(stat -c %s c.2p)
	echo "$setting|$seed|$tokens|$bytes|$(awk "BEGIN {printf \"%.9f\", 8 * $bytes / $bits}")|$(
	)$encode|$decode|$(regrets <cost | tr ' ' '|')" | tee -a rows >&2
	rm -f c.* back
}

corpora "$small" "$large" "$bios" "$alphas" measure
[ -s rows ] || fail 'no seeds'
awk -F'|' '!($1 in at) {at[$1] = ++n} {print at[$1] "|" $0}' rows |
	sort -t'|' -k1,1n -k3,3n | cut -d'|' -f2- >sorted

# The table of settings: means over their seeds, and the worst ratio and rates.
summary() {
	echo '| corpus | seeds | x bound, mean | worst | enc tokens/s, mean | slowest |' \
		'dec tokens/s, mean | slowest | regret by role |'
	echo '| ------ | ----: | ------------: | ----: | -----------------: | ------: |' \
		'-----------------: | ------: | -------------: |'
	awk -F'|' 'function row() {
			printf "| %s | %d | %.4f | %.4f | %.0f | %.0f | %.0f | %.0f | ", setting, n,
				ratio / n, worst, encode / n, slow_encode, decode / n, slow_decode
			printf "%.4f + %.4f + %.4f + %.4f |\n", r[8] / n, r[9] / n, r[10] / n, r[11] / n
		}
		$1 != setting {
			if (n) row()
			setting = $1; n = ratio = worst = encode = decode = 0; delete r
			slow_encode = $3 / $6; slow_decode = $3 / $7
		}
		{
			n++; ratio += $5; encode += $3 / $6; decode += $3 / $7
			if ($5 > worst) worst = $5
			if ($3 / $6 < slow_encode) slow_encode = $3 / $6
			if ($3 / $7 < slow_decode) slow_decode = $3 / $7
			for (i = 8; i <= 11; i++) r[i] += $i
		}
		END {row()}' sorted | sed 's/+ -/- /g'
}

# The table of corpora.
runs() {
	echo '| corpus | seed | tokens | archive | x bound | enc tokens/s | dec tokens/s |' \
		'syntax | names | first facts | repeated facts | all |'
	echo '| ------ | ---: | -----: | ------: | ------: | -----------: | -----------: |' \
		'-----: | ----: | ----------: | -------------: | --: |'
	awk -F'|' '{
		printf "| %s | %d | %d | %d | %.4f | %.0f | %.0f ", $1, $2, $3, $4, $5, $3 / $6, $3 / $7
		printf "| %.4f | %.4f | %.4f | %.4f | %.4f |\n", $8, $9, $10, $11, $12
	}' sorted
}

{
	echo '# The token predictor mix beside the Bayes bound'
	echo
	echo "- command: \`make tokens SEEDS=\"$small $large $bios\" ALPHAS=\"$alphas\"\`"
	machine "$twopart"
	echo
	cat <<-'TEXT'
	`twopart compress -m mix -T1` at its default level, which is told nothing of the source; each
	archive was decompressed and compared with the original.  `x bound`: all bits of the archive over
	`bayes_bits` of `twopart bounds`.  Rates: tokens per second of processor time (user and system) of
	the whole process, one run, on a machine that others may use.  `regret by role`: bits/token above
	`bayes` that went into syntax + names + first facts + repeated facts (`twopart cost -m mix`).
	TEXT
	echo
	summary
	echo
	echo '## Each corpus'
	echo
	runs
} >tokens.md
mv tokens.md "$out/" && cat "$out/tokens.md"
