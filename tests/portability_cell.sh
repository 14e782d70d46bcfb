#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# portability_cell.sh CORPUS MODEL THREADS COMMAND... - what one build makes of the transformer, by
# one form of instructions (TWOPART_SIMD) and so many threads; COMMAND is the program, perhaps
# behind an emulator.  Trains a small model on the token file CORPUS, compresses the same file with
# it and with the given MODEL ("-": without), decodes both and compares.  Prints the first 16 digits
# of the SHA-256 of model, archive and archive by the given model.  Exit code 0, that of the command
# which failed (5: this machine has not got these instructions), or 1 when a file came back
# different.
#
# The shape is small but not round: an alphabet that is no multiple of 16, several blocks, a context
# shorter than a block's streams.
corpus=$1 model=$2 threads=$3
shift 3
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

digest() { sha256sum <"$1" | cut -c1-16; }

# code MODEL ARCHIVE: there and back.
code() {
	"${command[@]}" compress -q -m transformer -M "$1" -T "$threads" --block 1500 -c "$corpus" \
		>"$2" || return
	"${command[@]}" decompress -q -M "$1" -T "$threads" -c "$2" >"$work/back" || return
	cmp -s "$work/back" "$corpus" || {
		echo "portability_cell: decoded to something else" >&2
		return 1
	}
}

command=("$@")
"${command[@]}" train -q -T "$threads" --layers 2 --dim 32 --heads 2 --ctx 24 --batch 5 --steps 12 \
	--seed 3 -o "$work/model.tpm" "$corpus" >/dev/null || exit
code "$work/model.tpm" "$work/archive" || exit
if [ "$model" != - ]; then
	code "$model" "$work/given" || exit
fi
echo "$(digest "$work/model.tpm") $(digest "$work/archive")" \
	"$([ "$model" = - ] || digest "$work/given")"
