# SPDX-License-Identifier: BSD-2-Clause
#
# measure.sh - what the scripts that measure predictors on generated corpora share; sourced.

export LC_ALL=C TIMEFORMAT='%3U %3S'

fail() {
	echo "${0##*/}: $*; nothing was written" >&2
	exit 1
}

# field NAME: the first of that name in the JSON on standard input, which has a line a field.
field() { sed -n "/: null/!s/^ *\"$1\": \([^,]*\),*$/\1/p" | head -n 1; }

# seconds COMMAND...: processor time of the command, its own and the system's for it.
seconds() {
	{ time "$@" 2>errors >&2; } 2>times || fail "$* failed: $(head -n 1 errors)"
	awk '{print $1 + $2}' times
}

# corpora SMALL LARGE BIOS ALPHAS COMMAND: COMMAND SETTING SEED GENERATE_ARGUMENT... for the first
# SMALL seeds of 100,000 sentences of each alpha, LARGE of 1,000,000, BIOS of 100,000 biographies.
corpora() {
	local small=$1 large=$2 bios=$3 alphas=$4 command=$5 seed alpha
	for ((seed = 1; seed <= small || seed <= large || seed <= bios; seed++)); do
		for alpha in $alphas; do
			[ "$seed" -gt "$small" ] ||
				$command "sk, alpha $alpha, 100,000 sentences" $seed sk \
					--alpha $alpha --sentences 100000
			[ "$seed" -gt "$large" ] ||
				$command "sk, alpha $alpha, 1,000,000 sentences" $seed sk \
					--alpha $alpha --sentences 1000000
		done
		[ "$seed" -gt "$bios" ] ||
			$command 'bios, 100,000 biographies' $seed bios --biographies 100000
	done
}

# machine: where this is measured, as lines of a list.
machine() {
	echo "- cpu: $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)"
	echo "- cores: $(nproc --all)"
	echo "- system: $(uname -srm)"
	"$1" --version | sed 's/^twopart/version/; s/^\([^ ]*\)  */- \1: /'
}
