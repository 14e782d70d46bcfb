#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Property: a sweep's figures are those of archives that anybody can make of its models; the envelope
# are the points that none beats in both parts; what is kept is not made again, and what was asked
# otherwise is; with steps the figures are the same each time; mistakes are told in one line.
# Environment: $TWOPART.
here=$(cd "$(dirname "$0")" && pwd) || exit 1
# shellcheck source=tests/lib.sh
. "$here/lib.sh"

"$TWOPART" generate sk -q -o c --sentences 200 --words 60 --classes 3 --class-words 6 \
	--first-names 20 --last-names 20 --values 10
sweep() { "$TWOPART" sweep -q --sizes 1x16,1x32 --bits 8,4 --ctx 16 --batch 4 "$@"; }

expect 'sweep: a table' 0 'layers +dim +bits' sweep -q --sizes 1x16 --steps 3 --keep kept --ctx 16 c
sweep --steps 4 --keep kept --json c >one.json 2>err
report 'sweep: as JSON' "$(grep -q '"points"' one.json || cat err)"

# The two parts of a point, from the model that was kept.
for dim in 16 32; do
	for model in kept/1x$dim-int8-*.tpm; do
		"$TWOPART" compress -q -f -m transformer -M "$model" --store-model --json \
			-o again.2p c.bin >again.json
		bits=$(sed 's/.*"stored_model_bytes": *\([0-9]*\).*"payload_bytes": *\([0-9]*\).*/\1 \2/' \
			again.json)
		# shellcheck disable=SC2086
		set -- $bits
		if grep -q "\"model_bits\": $((8 * $1))" "${model%.tpm}.json" &&
			grep -q "\"data_bits\": $((8 * $2))" "${model%.tpm}.json"; then mistake=
		else mistake="$bits bytes, but $(tr -d '\n' <"${model%.tpm}.json")"; fi
		report "sweep: the figures of $(basename "$model" | cut -d- -f1,2) are its archive's" \
			"$mistake"
	done
done

# On the envelope exactly if no other point is at most as large in both parts.
report 'sweep: the envelope' "$(awk '
	/"model_bits"/ {gsub(/[^0-9]/, "", $2); m[++n] = $2 + 0}
	/"data_bits"/ {gsub(/[^0-9]/, "", $2); d[n] = $2 + 0}
	/"on_envelope"/ {on[n] = /true/}
	END {
		for (i = 1; i <= n; i++) {
			best = 1
			for (k = 1; k <= n; k++)
				if (m[k] <= m[i] && d[k] <= d[i] && (m[k] < m[i] || d[k] < d[i])) best = 0
			if (best != on[i]) print "point " i ": " m[i] " " d[i]
		}
		if (n != 4) print n " points"
	}' one.json)"

ls -l --time-style=full-iso kept >before
sweep --steps 4 --keep kept --json c >two.json
report 'sweep: kept points are the same' "$(cmp one.json two.json 2>&1)"
ls -l --time-style=full-iso kept >after
report 'sweep: kept points are not made again' "$(cmp before after 2>&1)"
sweep --steps 4 --json c | grep -v '"seconds"' >three.json
grep -v '"seconds"' one.json >one.timeless
report 'sweep: the same without them' "$(cmp one.timeless three.json 2>&1)"
rm kept/1x16-int4-*.json
sweep --steps 4 --keep kept --json c | grep -v '"seconds"' >four.json
report 'sweep: what is missing is made' "$(cmp one.timeless four.json 2>&1)"

expect 'structure: the points of a sweep' 0 'net 1x16 int8' structure -q --no-compressors \
	--budgets 2 --points one.json c
digest_of() { grep -o '"digest": *"[0-9a-f]*"' "$1" | tr -d ' '; }
report 'sweep: the digest that the world has' "$([ "$(digest_of one.json)" = "$(digest_of c.json)" ] ||
	grep '"digest"' one.json c.json)"
sed 's/"digest": "[0-9a-f]*"/"digest": "0123456789abcdef"/' one.json >other.json
expect 'structure: the points of another corpus' 2 'other.json is of another corpus' structure -q \
	--no-compressors --budgets 2 --points other.json c
echo '{}' >empty.json
expect 'structure: no points' 2 'not what twopart sweep' structure -q --no-compressors \
	--budgets 2 --points empty.json c
expect 'sweep: a corpus that is not there' 1 'nothing' sweep -q --steps 1 nothing
expect 'sweep: sizes' 1 'no list of sizes' sweep --sizes 2y64 c
expect 'sweep: a width' 1 'multiple of 16' sweep --sizes 2x20 c
expect 'sweep: precisions' 1 'bits, not 9' sweep --bits 9 c
expect 'sweep: steps or time' 1 'either' sweep --steps 1 --time 1 c
