#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# learning.sh BUILD OUT [SMALL [LARGE [BIOS]]] - total bits of all that learns, beside the Bayes code
# and the two-part bound, on generated corpora: OUT/learning.md.  SMALL seeds (default 5) of each
# alpha at 100,000 sentences, LARGE (1) at 1,000,000, BIOS (5) of 100,000 biographies: seeds 1, 2 and
# so on, 0 for none.  Each archive is decompressed and compared.  One thread a process, JOBS
# processes at a time; each archive is one line on standard error when it is done.  It is kept in
# BUILD/learning/COMMIT, too: what is there is not measured again, so a run that was ended goes on
# where it was, and the table has all that was measured of that commit.
# Environment: ALPHAS (0.3 0.5 0.7), JOBS (1), METHODS (all), and STEPS (4000) that the transformer of
# the two-part code is trained for (other STEPS do not undo what is kept).
here=$(cd "$(dirname "$0")" && pwd)
twopart=$(cd "$1" && pwd)/twopart || exit 1
out=$(cd "$2" && pwd) || exit 1
small=${3:-5} large=${4:-1} bios=${5:-5} alphas=${ALPHAS:-0.3 0.5 0.7}
jobs=${JOBS:-1} steps=${STEPS:-4000}
methods=${METHODS:-ngram transformer transformer:online mix neural}
kept=$(cd "$1" && pwd)/learning/$("$twopart" --version | sed -n 's/^commit *//p')
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
mkdir -p "$kept" && cd "$work" || exit 1
. "$here/measure.sh"

# model: the transformer that the two-part code sends; prints its options for compress.
model() {
	"$twopart" train -q -T1 --layers 2 --dim 64 --ctx 32 --batch 32 --steps "$steps" -o c.tpm c \
		>train.log || fail "no transformer"
	echo "-M c.tpm"
}

# measure_method SETTING SEED METHOD TOKENS BAYES: the corpus c; prints a row:
# setting, seed, tokens, method, bits, bayes bits, seconds to encode and to decode.
measure_method() {
	local setting=$1 seed=$2 method=$3 with= bytes=0 encode decode
	if [ "$method" = transformer ]; then
		with=$(model) || exit
		bytes=$(stat -c %s c.tpm)
	fi
	encode=$(seconds "$twopart" compress --no-verify -q -f -m "$method" $with -T1 -o c.2p c.bin) &&
		decode=$(seconds "$twopart" decompress -q -f $with -T1 -o back c.2p) || exit
	cmp c.bin back >&2 || fail "$setting, seed $seed, $method: not the original"
	bytes=$((bytes + $(stat -c %s c.2p)))
	echo "$setting|$seed|$4|$method|$((8 * bytes))|$5|$encode|$decode"
}

# bound NAME BITS: a row of what nothing was coded for, if there is such a bound.
bound() { [ -z "$2" ] || echo "$setting|$seed|$tokens|$1|$2|$bayes|0|0"; }

# measure SETTING SEED GENERATE_ARGUMENT...: what is not there yet of that corpus; a file of a row
# each method in `kept`.
measure() {
	local setting=$1 seed=$2 row="$kept/$1, seed $2" tokens bayes method
	shift 2
	mkdir "$setting $seed" && cd "$setting $seed" || exit
	for method in $methods; do
		[ -e "$row, $method" ] && continue
		if [ ! -e c.bin ]; then
			"$twopart" generate "$@" -q --seed "$seed" -o c &&
				"$twopart" bounds --json c >bounds ||
				fail "$setting, seed $seed: no corpus"
			tokens=$(field tokens <bounds) bayes=$(field bayes_bits <bounds)
			bound 'bayes bound' "$bayes" >"$row"
			bound 'two-part bound' "$(field two_part_bits <bounds)" >>"$row"
		fi
		measure_method "$setting" "$seed" "$method" "$tokens" "$bayes" >new || exit
		cat new >&2
		mv new "$row, $method"
	done
	cd "$work" && rm -rf "$setting $seed"
}

# in_background ARGUMENT...: measure in the background, at most `jobs` of them.
in_background() {
	while [ "$(jobs -rp | wc -l)" -ge "$jobs" ]; do
		wait -n || fail 'a corpus failed'
	done
	measure "$@" &
}

corpora "$small" "$large" "$bios" "$alphas" in_background
while [ -n "$(jobs -rp)" ]; do
	wait -n || fail 'a corpus failed'
done
cat "$kept"/* >rows 2>errors || fail 'no seeds'

# The table: means over the seeds of each setting and method, smallest first.
summary() {
	echo '| corpus | code | seeds | total bits, mean | x Bayes, mean | worst |' \
		'enc tokens/s | dec tokens/s |'
	echo '| ------ | ---- | ----: | ---------------: | ------------: | ----: |' \
		'-----------: | -----------: |'
	awk -F'|' '{
			k = $1 "|" $4; n[k]++; bits[k] += $5; ratio[k] += $5 / $6
			if ($5 / $6 > worst[k]) worst[k] = $5 / $6
			if ($7 > 0) {encode[k] += $3 / $7; decode[k] += $3 / $8}
		}
		END {
			for (k in n)
				printf "%s|%.6f|| %s | %d | %.0f | %.4f | %.4f | %s |\n", k,
					ratio[k] / n[k], gensub_bar(k), n[k], bits[k] / n[k],
					ratio[k] / n[k], worst[k], rates(k)
		}
		function gensub_bar(k) {sub(/\|/, " | ", k); return k}
		function rates(k) {
			if (!(k in encode)) return "- | -"
			return sprintf("%.0f | %.0f", encode[k] / n[k], decode[k] / n[k])
		}' rows | sort -t'|' -k1,1 -k3,3n | sed 's/^.*||/|/'
}

{
	echo '# What learns, beside the Bayes code'
	echo
	echo "- command: \`make learning SEEDS=\"$small $large $bios\" ALPHAS=\"$alphas\"\`," \
		"and other runs of this commit"
	machine "$twopart"
	echo
	cat <<-'TEXT'
	All bits of archives that were decompressed and compared with the original, model file included
	(`transformer`); nothing but the corpus was known beforehand.  `x Bayes`: over `bayes_bits` of
	`twopart bounds`, mean and worst of the seeds.  Rates: tokens per second of processor time of
	the whole process, one run, on a machine that others may use.  Order: by `x Bayes`.
	TEXT
	echo
	summary
} >learning.md
mv learning.md "$out/" && cat "$out/learning.md"
