#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# theory.sh BUILD OUT - the theory's commands and what they print, as OUT/theory.md, with the picture
# OUT/structure.svg.  About three minutes on two processors.
twopart=$(cd "$1" && pwd)/twopart || exit 1
out=$(cd "$2" && pwd) || exit 1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" && mkdir c || exit 1

# Run `twopart ARGUMENT...`; print the command and all its output as one block.
show() {
	echo '```'
	echo "\$ twopart $*"
	"$twopart" "$@" 2>&1 </dev/null || echo "exit code $?" | tee -a failed
	echo '```'
	echo "twopart $*" >&2
}

{
	echo '# The theory, computed and realized'
	echo
	echo 'Written by `make theory`:'
	echo
	"$twopart" --version | sed 's/^/    /'
	echo
	echo '## Bounds of a corpus, and a two-part archive that realizes one of them'
	echo
	show generate sk --alpha 0.5 --beta 1 --sentences 100000 --seed 1 -o c/sk5
	show bounds c/sk5
	show compress -m twopart -w c/sk5.json -v c/sk5.bin
	show list c/sk5.bin.2p
	show compress -m twopart --model-bits 5000 -w c/sk5.json -v -o c/small.2p c/sk5.bin
	echo
	echo '## What each token costs'
	echo
	show cost -m ngram c/sk5
	echo
	echo '## The structure function'
	echo
	echo '![Structure function](structure.svg)'
	echo
	show structure c/sk5 -q --svg structure.svg
	echo
	echo '## Data scaling'
	echo
	show scaling data -q
	echo
	echo '## Model scaling'
	echo
	show scaling model -q
	echo
	echo '## Biographies'
	echo
	show generate bios -o c/bios
	show bounds c/bios
	show compress -m bayes -w c/bios.json -v c/bios.bin
} >theory.md
if [ -e failed ] || ! mv structure.svg theory.md "$out/"; then
	echo "theory.sh: a command failed, nothing was written" >&2
	exit 1
fi
