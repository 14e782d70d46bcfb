#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Property: train makes a model that compresses what it was trained for, with the same bytes for any
# number of threads, form of the kernels and place of an interruption; bad input and bad options get
# one line and the documented exit code, and leave nothing behind.
# Method: cases of command, expected exit code and pattern of the line; a training that is killed.
# Environment: $TWOPART.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh" || exit 1

"$TWOPART" generate sk --types 3 --templates 12 --sentences 400 -q -o sk
"$TWOPART" generate iid --symbols 20 --tokens 2000 -q -o iid
seq 1 500 >text
small='--layers 1 --dim 16 --ctx 32 --batch 6 --steps 12 -q'

# shellcheck disable=SC2086
{
	expect 'a model of sentences' 0 'stored, as it codes +[0-9.]+ +[0-9]+' train transformer $small -o m.tpm sk
	sha256sum m.tpm | cut -d' ' -f1 >sum
	report 'its identity is on display' "$(grep -q "sha256 $(cat sum)" out || cat out)"
	report 'sentences end at token 0' "$("$TWOPART" list --json m.tpm | grep -q '"separator": 0' || "$TWOPART" list --json m.tpm)"
	for threads in 1 3 8; do
		expect "on $threads threads" 0 '' train $small -T "$threads" -f -o t.tpm sk.bin
		report 'the same bytes' "$(cmp m.tpm t.tpm 2>&1)"
	done
	expect 'in plain C' 0 '' train $small --simd plain -f -o t.tpm sk
	report 'the same bytes in plain C' "$(cmp m.tpm t.tpm 2>&1)"
	expect 'another seed' 0 '' train $small --seed 2 -f -o t.tpm sk
	report 'other bytes' "$(cmp -s m.tpm t.tpm && echo the same)"
	expect 'it compresses' 0 '' compress -q -m transformer -M m.tpm sk.bin
	expect 'there and back' 0 '' test -w sk.json -M m.tpm sk.bin.2p

	expect 'sentences ignored' 0 '' train $small --separator none -f -o t.tpm sk
	report 'no separator' "$("$TWOPART" list --json t.tpm | grep -q '"separator": \(-1\|null\)' || "$TWOPART" list --json t.tpm)"
	expect 'a file' 0 'alphabet 256' train $small -o text.tpm text
	expect 'two files, 4 bits' 0 'rounded, int4' train $small --bits 4 -f -o text.tpm text sk.txt
	expect 'a corpus without sentences' 0 'alphabet 20' train $small -o iid.tpm iid
	expect 'as JSON' 0 '"model_bytes": [0-9]' train $small --json -f -o iid.tpm iid
	report 'which says the size' "$(number out model_bytes | grep -qx "$(stat -c %s iid.tpm)" || cat out)"

	expect 'a log' 0 '' train $small --log log -f -o t.tpm sk
	report 'of settings, steps and result' "$(
		sed -n 1p log | grep -q '"rate":' && sed -n 2p log | grep -q '"loss_bits":' &&
			tail -n 1 log | grep -q '"stored_valid_bits":' || cat log)"
	expect 'a budget' 0 '^[0-9]+ steps' train --time 2 -q -f -o t.tpm sk

	expect 'no corpus' 1 'which corpora' train $small -o x.tpm
	expect 'a missing corpus' 1 'missing: cannot open' train $small -o x.tpm missing
	expect 'no output' 1 '-o FILE' train $small sk
	expect 'an existing output' 1 'm.tpm exists already' train $small -o m.tpm sk
	expect 'an output nowhere' 1 'nowhere/m.tpm: cannot create' train $small -o nowhere/m.tpm sk
	expect 'a log nowhere' 1 'nowhere/log: cannot create' train $small --log nowhere/log -o x.tpm sk
	expect 'an input as output' 1 'is an input' train $small -f -o text text
	expect 'a corpus as output' 1 'is an input' train $small -f -o sk.bin sk
	expect 'a corpus as log' 1 'is an input' train $small -f --log sk.bin -o x.tpm sk
	expect 'a corpus as checkpoint' 1 'is an input' train $small --checkpoint sk.bin -o x.tpm sk
	expect 'an existing log' 1 'log exists already' train $small --log log -o x.tpm sk
	expect 'one name for two' 1 'named twice' train $small --log x.tpm -o x.tpm sk
	expect 'heads alone' 1 'goes with' train --heads 2 --time 3 -o x.tpm sk
	expect 'no end' 1 'either --steps or --time' train --layers 1 --dim 16 -o x.tpm sk
	expect 'two ends' 1 'either --steps or --time' train $small --time 3 -o x.tpm sk
	expect 'half a size' 1 'go together' train --dim 16 --steps 3 -o x.tpm sk
	expect 'no context' 1 "ctx = '0'" train $small --ctx 0 -o x.tpm sk
	expect 'heads that do not divide' 1 '3 heads do not divide dim 16' train $small --heads 3 -o x.tpm sk
	expect 'an odd dim' 1 'multiple of 16' train --layers 1 --dim 20 --steps 3 -o x.tpm sk
	expect 'no batch' 1 "batch = '0'" train $small --batch 0 -o x.tpm sk
	expect 'a separator outside' 1 "separator '400000'" train $small --separator 400000 -o x.tpm sk
	expect 'an unknown form' 1 'simd' train $small --simd sse9 -o x.tpm sk
	expect 'bytes among tokens' 1 'learnt together' train $small -o x.tpm sk text
	expect 'sentences and none' 1 'learnt together' train $small -o x.tpm sk iid
	: >empty
	expect 'nothing' 1 'nothing to learn from' train $small -o x.tpm empty
	head -c 1501 sk.bin >short.bin
	expect 'a truncated corpus' 2 'short' train $small -o x.tpm short.bin
	cp sk.bin other.bin && cp iid.json other.json
	expect 'the world of another corpus' 2 'of another corpus' train $small -o x.tpm other
	echo nonsense >check
	expect 'a damaged checkpoint' 2 'check is no checkpoint' train $small --checkpoint check -o x.tpm sk
	report 'a rate that is too large is told, or survived' "$(
		"$TWOPART" train $small --lr 1 --clip 0 -o x.tpm sk >out 2>err
		case $? in 0 | 4) ;; *) cat out err ;; esac; rm -f x.tpm)"
	report 'nothing is written on failure' "$(ls x.tpm x.tpm.tmp* 2>/dev/null)"
	if ! nm "$TWOPART" | grep -q __asan_init; then # which takes terabytes of addresses
		report 'out of memory is one line' "$(
			ulimit -v 400000
			"$TWOPART" train --layers 24 --dim 1024 --steps 1 -o x.tpm sk >out 2>err
			code=$?
			[ "$code" = 1 ] && [ "$(wc -l <err)" = 1 ] || { echo "code $code"; cat err; })"
	fi

	# Killed somewhere, begun again, to the same bytes.
	long='--layers 1 --dim 16 --ctx 32 --batch 6 --steps 120 -q'
	"$TWOPART" train $long -o whole.tpm sk >/dev/null
	"$TWOPART" train $long --checkpoint killed.check -o killed.tpm sk >/dev/null 2>&1 &
	pid=$!
	sleep 0.2
	kill -KILL "$pid" 2>/dev/null
	wait "$pid" 2>/dev/null
	expect 'after a kill' 0 '' train $long --checkpoint killed.check -f -o killed.tpm sk
	report 'the same bytes after a kill' "$(cmp whole.tpm killed.tpm 2>&1)"
}
