#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# train_speed.sh BUILD [OUT] - how many tokens a second `twopart train` learns from, beside PyTorch
# on the same network: 4 layers, dim 128, 4 heads, context 128, 512 symbols, batches of 8 and 32
# windows.  A Markov table's tokens for both sides.  The programs take turns, ROUNDS times, and each
# one's best round counts: the machine is shared, and what a neighbour takes away is not the
# program's.  Loading, the first steps and writing the model are not timed.
#
# Prints Markdown; with OUT also writes OUT/train_speed.md and OUT/train_speed.json.  Without PyTorch
# (Debian: python3-torch, with libopenblas0-pthread; the plain libblas3 is 15 times slower) it says so
# in one line and prints its own rows.
# Environment: ROUNDS (3), SECONDS_EACH (5) of a program and round, PYTHON (/usr/bin/python3).
here=$(cd "$(dirname "$0")" && pwd) || exit 1
twopart=$(cd "$1" && pwd)/twopart || exit 1
out=${2:+$(cd "$2" && pwd)} || exit 1
rounds=${ROUNDS:-3} seconds=${SECONDS_EACH:-5} python=${PYTHON:-/usr/bin/python3}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 LC_ALL=C
shape=(--layers 4 --dim 128 --heads 4 --ctx 128)

# field NAME: of the JSON object on standard input, a number or a text.
field() { sed -n "s/.*\"$1\": *\"\{0,1\}\([^\",}]*\).*/\1/p"; }

# own THREADS BATCH: tokens a second of one round.
own() {
	rm -f "$work/log"
	"$twopart" train -q "${shape[@]}" --batch "$2" --time "$seconds" -T "$1" \
		--log "$work/log" -f -o "$work/model.tpm" "$work/c" >/dev/null || return
	rate_of_log "$work/log"
}

# Of the steps in a log but the first lines: the highest rate between two lines.
rate_of_log() {
	awk 'function value(name,   m) {
			return match($0, "\"" name "\": *[0-9.e+-]+") \
				? substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 3) + 0 : -1
		}
		value("symbols") >= 0 && value("elapsed_seconds") >= 0 {
			s = value("symbols"); t = value("elapsed_seconds")
			if (n++ > 0 && t > last_t && s > last_s && (s - last_s) / (t - last_t) > best)
				best = (s - last_s) / (t - last_t)
			last_s = s; last_t = t
		}
		END {print best + 0}' "$1"
}

# torch TYPE BATCH: the same in PyTorch; the whole answer stays in the file torch.json.
torch() {
	"$python" "$here/train_speed.py" --dtype "$1" --batch "$2" --seconds "$seconds" \
		"$work/c.bin" >"$work/torch.json" 2>"$work/torch.err" || return
	field tokens_s <"$work/torch.json"
}

"$twopart" generate markov -q --states 512 --tokens 400000 --pseudo 0.05 -o "$work/c" || exit
sides=("own 1" "own 2")
"$python" -c 'import torch' 2>/dev/null
case $? in
0) sides=("own 1" "torch fp32" "own 2" "torch bf16") ;;
*) echo "train_speed: $python has no torch (Debian: apt-get install python3-torch" \
	"libopenblas0-pthread): only twopart's own rows" >&2 ;;
esac

# rates: SIDE BATCH RATE, a line a round.
for batch in 8 32; do
	for ((round = 1; round <= rounds; round++)); do
		for side in "${sides[@]}"; do
			printf '\rbatch %s, round %s of %s: %-12s' $batch $round "$rounds" "$side" >&2
			# shellcheck disable=SC2086
			rate=$($side $batch) && [ -n "$rate" ] && [ "$rate" != 0 ] || {
				echo >&2
				echo "train_speed: $side, batch $batch failed:" \
					"$(tail -n 1 "$work/torch.err" 2>/dev/null)" >&2
				exit 1
			}
			echo "$side $batch $rate" >>"$work/rates"
		done
	done
done
printf '\r%40s\r' '' >&2

best() { awk -v s="$1" -v b="$2" '$1 " " $2 == s && $3 == b && $4 > x {x = $4} END {print x + 0}' \
	"$work/rates"; }
all() { awk -v s="$1" -v b="$2" '$1 " " $2 == s && $3 == b {printf "%s%.0f", n++ ? ", " : "", $4}' \
	"$work/rates"; }
ratio() { awk -v a="$1" -v b="$2" 'BEGIN {if (b > 0) printf "%.2f", a / b}'; }
cpu=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)
blas=$(field blas <"$work/torch.json" 2>/dev/null)
case $blas in
*openblas* | *mkl* | *blis* | '') ;;
*) echo "train_speed: PyTorch runs in $blas, which is slow: install libopenblas0-pthread" >&2 ;;
esac

markdown() {
	local batch side fastest name
	echo "| trainer | threads | batch | tokens/s, best of $rounds | x the faster PyTorch |" \
		"x twopart, 1 thread | all rounds |"
	echo '| ------- | ------: | ----: | ---------: | ---------: | ---------: | ---------- |'
	for batch in 8 32; do
		fastest=$(printf '%s\n' "$(best 'torch fp32' $batch)" "$(best 'torch bf16' $batch)" |
			sort -g | tail -n 1)
		for side in "own 1" "own 2" "torch fp32" "torch bf16"; do
			[ "$(best "$side" $batch)" != 0 ] || continue
			case $side in
			own*) name="twopart | ${side#own }" ;;
			*) name="PyTorch ${side#torch } | 1" ;;
			esac
			printf '| %s | %s | %.0f | %s | %s | %s |\n' "$name" $batch \
				"$(best "$side" $batch)" "$(ratio "$(best "$side" $batch)" "$fastest")" \
				"$(ratio "$(best "$side" $batch)" "$(best 'own 1' $batch)")" \
				"$(all "$side" $batch)"
		done
	done
	echo
	echo "4 layers, dim 128, 4 heads, ctx 128, 512 symbols.  $cpu, $(nproc --all) processors."
	echo "$("$twopart" --version | awk '/^(twopart|commit|compiler|simd)/ {
		printf "%s%s", n++ ? ", " : "", $0}' | tr -s ' ')."
	[ -z "$blas" ] || echo "PyTorch $(field torch <"$work/torch.json") on $blas;" \
		"learnt positions and the fused LayerNorm, which are faster there than rotation and" \
		"the mean square alone."
}

json() {
	local n=0 side batch
	printf '{"cpu": "%s", "processors": %s, "twopart": %s, "torch": "%s", "blas": "%s",\n' \
		"$cpu" "$(nproc --all)" "$("$twopart" --version --json | tr -d '\n')" \
		"$(field torch <"$work/torch.json" 2>/dev/null)" "$blas"
	printf ' "layers": 4, "dim": 128, "heads": 4, "ctx": 128, "symbols": 512, "rows": ['
	for batch in 8 32; do
		for side in "own 1" "own 2" "torch fp32" "torch bf16"; do
			[ "$(best "$side" $batch)" != 0 ] || continue
			[ $((n++)) = 0 ] || printf ','
			printf '\n  {"trainer": "%s", "batch": %s, "tokens_s": %s, "rounds": [%s]}' \
				"$side" $batch "$(best "$side" $batch)" "$(all "$side" $batch)"
		done
	done
	printf ']}\n'
}

markdown | tee "$work/train_speed.md"
if [ -n "$out" ]; then
	json >"$work/train_speed.json" && mv "$work/train_speed.md" "$work/train_speed.json" "$out/"
fi
