#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Property: a two-part archive is as long as its computed length (within 32 bytes and 10^-4 of it),
# not shorter than the Bayes code and its excess is smaller than the enumerative code's; a limit on
# the model holds, and one that no model fits is said; `list` shows both parts; it decodes.
# Method: corpora of several kinds through the commands.  Environment: $TWOPART.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh" || exit 1

# holds NAME FORMULA: awk says so.
holds() { report "$1" "$(awk "BEGIN {if (!($2)) print \"$2\"}")"; }

while read -r options; do
	# shellcheck disable=SC2086
	"$TWOPART" generate sk -fq -o c $options && "$TWOPART" bounds --json c >bounds
	"$TWOPART" compress -m twopart -w c.json -fq -o c.2p c.bin
	"$TWOPART" decompress -w c.json -c c.2p | cmp -s - c.bin
	report "round trip: $options" "$([ $? = 0 ] || echo 'decoded another corpus')"
	"$TWOPART" list --json c.2p >list
	size=$(stat -c %s c.2p) bits=$(number bounds two_part_bits) bayes=$(number bounds bayes_bits)
	holds 'archive as long as computed' \
		"$size <= $bits / 8 * 1.0001 + 32 && $size >= $bits / 8 * 0.9999 - 1"
	holds 'not shorter than Bayes' "$bits > $bayes"
	holds 'shorter than enumerative' "$bits < $(number bounds enumerative_bits)"
	holds 'list shows L(M)' "8 * $(number list stored_model_bytes) - 16 <= \
		$(number bounds two_part_model_bits) && 8 * $(number list stored_model_bytes) + 1 >= \
		$(number bounds two_part_model_bits)"
	holds 'list shows L(X|M)' "($(number list payload_bytes) * 8 - \
		$(number bounds two_part_data_bits))^2 < (16 + 1e-4 * $bits)^2"
	for limit in 100 1000 5000; do
		"$TWOPART" compress -m twopart --model-bits $limit -w c.json -fq -o c.2p c.bin
		"$TWOPART" decompress -w c.json -c c.2p | cmp -s - c.bin
		report "round trip with $limit bits of model" "$([ $? = 0 ] || echo 'another corpus')"
		"$TWOPART" list --json c.2p >list
		holds "at most $limit bits" "8 * $(number list stored_model_bytes) <= $limit"
	done
done <<-OPTIONS
	--sentences 20000
	--sentences 5000 --alpha 0.3 --seed 2
	--sentences 5000 --alpha 0.7 --beta 10 --seed 3
	--sentences 3000 --attributes 0 --facts 0
OPTIONS

"$TWOPART" compress -m twopart --model-bits 10 -w c.json -fq -o c.2p c.bin 2>err
report 'a limit that no model fits' "$(grep -Eq '^twopart: c.bin: note: no model fits 10 bits; the smallest has [0-9]+$' err &&
	[ "$(wc -l <err)" = 1 ] || cat err)"

expect 'no world' 5 'model twopart needs -w' compress -m twopart c.bin
expect 'another model with a limit' 1 'stores no model, --model-bits is not for it' \
	compress -m ngram --model-bits 100 c.bin
expect 'a limit that is none' 1 "--model-bits 'x' is not a number" \
	compress -m twopart --model-bits x -w c.json c.bin
"$TWOPART" generate iid --tokens 100 -fq -o i
expect 'a family without two-part code' 5 'family iid has no two-part code' \
	compress -m twopart -w i.json -fo i.2p i.bin
expect 'no cost of a model that is none' 1 'stores no model, --model-bits is not for it' \
	cost -m ngram --model-bits 100 c
report 'cost of a small model' "$("$TWOPART" cost -m twopart --model-bits 500 -q -f c >out 2>&1 &&
	grep -q 'its archive' out || cat out)"
cp c.bin other.bin && cp c.txt other.txt && "$TWOPART" generate sk --sentences 50 -fq -o d &&
	cp d.json other.json
expect 'bench of a corpus with another world' 2 'other.json is the world of another corpus' bench other
"$TWOPART" compress -m twopart -w c.json -fq -o c.2p c.bin
for byte in 12 20 100; do
	cp c.2p damaged
	printf '\377' | dd of=damaged bs=1 seek=$byte conv=notrunc 2>dd.log
	cmp -s c.2p damaged || expect "byte $byte damaged" 2 '' decompress -w c.json -fo out.bin damaged
done
[ ! -e out.bin ]
report 'nothing half-written' "$([ $? = 0 ] || echo out.bin)"
