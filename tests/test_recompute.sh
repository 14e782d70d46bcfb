#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Property: bayes_bits, its parts, mixture_bits and nml_bits can be recomputed from PREFIX.bin and the
# prior alone.
# Method: programs in another language, written from the descriptions in corpora/sk.h, mixture.h
# and nml.h, and in corpora/bios.h, against `twopart bounds`, to 4 decimals, over several settings.
# Skipped without Python 3.8 or newer.
# Environment: $TWOPART.
here=$(cd "$(dirname "$0")" && pwd) || exit 1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
if ! python3 -c 'import sys; sys.exit(sys.version_info < (3, 8))' 2>/dev/null; then
	echo 'ok - # SKIP no python3'
	exit 0
fi
while IFS=: read -r program n_numbers options; do
	# shellcheck disable=SC2086
	"$TWOPART" generate $options -o c -f -q || exit 1
	"$TWOPART" bounds c --json | sed -n 's/^ *"\([a-z]*_bits\)": \([0-9.]*\),*$/\1 \2/p' |
		awk '{printf "%s %.4f\n", $1, $2}' | sort >bounds
	python3 "$here/$program" c | sort >recomputed
	if [ "$(join bounds recomputed | awk '($2 - $3) ^ 2 < 1e-6' | wc -l)" = "$n_numbers" ]; then
		echo "ok - bayes_bits recomputed: $options"
	else
		echo "not ok - bayes_bits recomputed: $options"
		join -a 2 bounds recomputed | sed 's/^/# /'
	fi
done <<'SETTINGS'
recompute_bayes_bits.py:7:sk --sentences 1500 --alpha 0.5 --seed 1
recompute_bayes_bits.py:7:sk --sentences 1500 --alpha 0 --beta 3 --seed 2
recompute_bayes_bits.py:7:sk --sentences 1500 --alpha 0.9 --noise 0.7 --seed 3
recompute_bayes_bits.py:7:sk --sentences 1500 --alpha 0.3 --middle-names 20 --beta -0.2 --seed 4
recompute_bios_bits.py:5:bios --biographies 1500 --people 700 --seed 1
recompute_bios_bits.py:5:bios --biographies 1500 --people 2000 --sampling 0 --order 0 --seed 2
recompute_bios_bits.py:5:bios --biographies 1500 --sampling 2 --alpha 0.7 --beta -0.2 --seed 3
SETTINGS
