# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
#
# durability.sh - what the parts `faults` and `kill` and the short tests of both share; sourced.
# Tiny inputs, every command that writes a file on them, and the two programs that make trouble
# (inject.c, faults.c).  Environment: $TWOPART, $CC, $work.
faults=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd) || exit 1

# Files that are synced hundreds of times lie in memory where that can be.
durability_begin() {
	local flags=(-std=c11 -D_GNU_SOURCE -Wall -Wextra -Wshadow -O2)
	if [ -w /dev/shm ]; then
		rm -rf "$work"
		work=$(mktemp -d -p /dev/shm) && cd "$work" || return
	fi
	inject=$work/bin/inject faults_so=$work/bin/faults.so
	mkdir "$work/bin" &&
		${CC:-cc} "${flags[@]}" -o "$inject" "$faults/inject.c" &&
		${CC:-cc} "${flags[@]}" -shared -fPIC -o "$faults_so" "$faults/faults.c" -ldl
}

tiny='--types 2 --templates 4 --classes 3 --class-words 4 --words 12 --attributes 2 --values 5 --facts 2 --first-names 20 --last-names 20'
net='-T1 --layers 1 --dim 16 --ctx 16 --batch 4 --steps 4 -q'
models='uniform order0 ngram mix:level=1 mix:level=5 mix:level=9 ctw ensemble neural
transformer:online transformer known bayes twopart'

# What MODEL has to be told.
told() {
	case $1 in
	known | bayes | twopart) echo '-w c.json' ;;
	transformer) echo '-M m.tpm' ;;
	esac
}

# A text and its archive.
durability_small() {
	seq 1 60 >text && "$TWOPART" compress -q -T1 -m ngram -o text.2p text
}

# Does a preloaded library replace calls of this build at all?  Not those of a sanitizer.
durability_replaces() {
	"$inject" -l "$faults_so" -k memory -e 12 -n 1 "$TWOPART" test -q text.2p | grep -q ' runs=[1-9]'
}

# Inputs of the cases, in the working directory.  The generator's words: c.* is a corpus.
durability_inputs() {
	local model
	# shellcheck disable=SC2086
	{
		seq 1 60 >text
		"$TWOPART" generate sk $tiny --sentences 20 -q -o c &&
			"$TWOPART" train $net -o m.tpm c >/dev/null &&
			"$TWOPART" export -o m.safetensors m.tpm || return
		for model in $models; do
			"$TWOPART" compress -q -T1 -m "$model" $(told "$model") \
				-o "of-$model.2p" c.bin || return
		done
	}
	cp "$faults/../golden/results.jsonl" lines || return
	"$TWOPART" results merge store.db lines >/dev/null
}

# The outputs of a corpus PREFIX.
files_of() { printf "$1%s " .bin .txt .vocab .roles .json; }

# durability_case OUTPUTS ARGUMENTS OPTION...: one case, outputs standing there before; prints counts.
# Of several outputs one can be new and the next not.
durability_case() {
	local outputs=$1 arguments=$2 output options=()
	shift 2
	for output in $outputs; do
		mkdir -p "$(dirname "$output")"
		echo old >"$output"
		options+=(-o "$output")
	done
	[ ${#options[@]} = 2 ] || options+=(-i)
	# shellcheck disable=SC2086
	"$inject" "${options[@]}" "$@" "$TWOPART" $arguments </dev/null
	rm -rf out out.*
}

# sum NAME: of that number in lines of counts.
sum() { sed -n "s/.*\\b$1=\\([0-9]*\\).*/\\1/p" | awk '{n += $1} END {print n + 0}'; }

# Lines "outputs|arguments".
durability_cases() {
	local model
	for model in $models; do
		echo "out|compress -q -f -T1 -m $model $(told "$model") -o out c.bin"
		echo "out|decompress -q -f -T1 $(told "$model") -o out of-$model.2p"
	done
	echo 'out|compress -q -f -T1 -o out text'
	echo 'out|compress -q -f -T2 -m order0 --block 64 -o out text'
	echo 'out|compress -q -f -T1 -M m.tpm --store-model -o out c.bin'
	echo "$(files_of out)|generate sk $tiny --sentences 20 -T1 -q -f -o out"
	echo "out.bin out.txt out.vocab out.roles out.npy out.json|generate sk $tiny --sentences 20 -T1 --npy -q -f -o out"
	echo "$(files_of out)|generate bios --people 9 --biographies 9 -T1 -q -f -o out"
	echo "$(files_of out)|generate iid --tokens 60 -T1 -q -f -o out"
	echo "$(files_of out)|generate markov --tokens 60 -T1 -q -f -o out"
	echo "$(files_of out)|generate santafe --kinds 60 --tokens 60 -T1 -q -f -o out"
	echo "$(files_of out)|generate file --input text -T1 -q -f -o out"
	echo "out|train $net -f -o out c"
	echo 'out|export -f -o out m.tpm'
	echo 'out|import -f -o out m.safetensors'
	echo 'out|cost -q -f -m ngram -o out c'
	echo 'out|cost -q -f -m order0 -o out c'
	echo 'out.tsv out.svg|curves -q -f -m order0 -o out c'
	echo 'out|structure --no-compressors --svg out -f c'
	echo 'out/bench.md out/bench.csv out/bench.jsonl out/bench.html|report -q --no-drawings -o out lines'
}
