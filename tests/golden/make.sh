#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# make.sh TWOPART DIRECTORY - make the files of this folder, but this script, again in DIRECTORY:
# archives of every predictor, the world and the model files that they need, and MANIFEST.  From
# seeds alone: this script and the program are all that explains the binary files.
#
# Why keep archives at all, when a digest of each would do to see that today's are the same?  A later
# version that writes another format must still read these.
#
# A line of MANIFEST is one of (digests are SHA-256, OPTIONS are "key=value,key=value")
#   corpus NAME FAMILY OPTIONS DIGEST-OF-NAME.bin DIGEST-OF-NAME.txt
#   model FILE CORPUS OPTIONS DIGEST-OF-FILE
#   archive FILE DIGEST-OF-FILE DIGEST-OF-ORIGINAL ARGUMENT...   the arguments of `compress`
# results.jsonl has nothing to do with this: tests/fabricate_results.py makes it.
twopart=$(realpath "$1") || exit 1
mkdir -p "$2" && out=$(cd "$2" && pwd) || exit 1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
export LC_ALL=C
manifest=$out/MANIFEST

die() { echo "make.sh: $*" >&2 && exit 1; }
digest() { sha256sum <"$1" | cut -c1-64; }
arguments() { sed 's/,/ --/g; s/=/ /g; s/^/--/' <<<"$1"; }

corpus() { # NAME FAMILY OPTIONS
	# shellcheck disable=SC2046
	"$twopart" generate "$2" -q -o "$1" $(arguments "$3") || die "corpus $1"
	echo "corpus $1 $2 $3 $(digest "$1.bin") $(digest "$1.txt")" >>"$manifest"
}

model() { # FILE CORPUS OPTIONS
	# shellcheck disable=SC2046
	"$twopart" train transformer -q $(arguments "$3") -o "$1" "$2" >/dev/null || die "model $1"
	cp "$1" "$out" && echo "model $1 $2 $3 $(digest "$1")" >>"$manifest"
}

n=0
archive() { # INPUT ARGUMENT...
	local input=$1 name
	shift
	n=$((n + 1))
	name=$(printf '%03d-%s.2p' $n "$(tr -c 'a-z0-9\n' '_' <<<"${2%%:*}-$input")")
	"$twopart" compress -q "$@" -c "$input" >"$out/$name" || die "$input $*"
	echo "archive $name $(digest "$out/$name") $(digest "$input") $*" >>"$manifest"
}

# Sentences of a small world, as tokens and as text; the vocabulary of the larger one holds theirs.
world=words=24,classes=3,class-words=5,types=2,templates=4,attributes=2,values=9,first-names=9,last-names=9
inputs() {
	corpus large sk sentences=300,seed=5,words=90,classes=4,class-words=8,first-names=40,last-names=40,values=30
	corpus many sk sentences=2000,seed=5,alpha=0.7,words=200,types=4,first-names=60,last-names=60,values=40
	corpus c sk sentences=40,seed=11,noise=0.5,$world
	corpus m markov tokens=300,states=8,seed=2
	corpus s santafe tokens=200,kinds=20,seed=3
	corpus w iid tokens=120,symbols=65535,seed=4
	corpus b bios people=2,biographies=2,seed=8
	cp c.json "$out/world.json"
	mv c.json world.json
	: >empty
	printf x >one
	head -c 700 /dev/zero >zeros
	tail -c 240 w.bin >random # that no model shortens
	# As decoders like it least: all bytes once, then a match that overlaps itself.
	for i in $(seq 0 255); do printf "\\x$(printf %x "$i")"; done >ramp
	for i in $(seq 60); do printf 'abc%d' $((i / 30)); done >>ramp
	model transformer.tpm large layers=1,dim=16,ctx=24,batch=8,steps=60,seed=7,bits=5
	model bytes.tpm large.txt layers=1,dim=16,ctx=16,batch=4,steps=20,seed=3,bits=4
}

small=layers=1,dim=16,ctx=16
archives() {
	local input model level blocks
	for input in empty one zeros ramp random c.txt b.txt c.bin m.bin s.bin w.bin; do
		for model in uniform order0 ngram ctw ensemble mix transformer:online:$small neural:$small; do
			archive $input -m "$model"
		done
	done
	for level in 1 2 3 4 6 7 8 9; do
		archive c.txt -m mix:level=$level
		archive ramp -m mix:level=$level
	done
	archive c.bin -m mix:level=1
	archive c.bin -m mix:level=9
	archive c.bin -m mix --bytes
	for model in ensemble:mixer=1 ensemble:mixer=2 ensemble:mixer=3 ensemble:gate=0 ngram:order=1 \
		ngram:order=16 ctw:depth=1 ctw:depth=2; do
		archive c.txt -m $model
		archive c.bin -m $model
	done
	for model in known bayes twopart; do
		archive c.bin -m $model -w world.json
	done
	archive c.bin -m twopart -w world.json --model-bits 100
	archive c.bin -m twopart -w world.json --model-bits 700
	for blocks in 1 100; do
		archive one -m uniform --block $blocks
		archive m.bin -m ngram --block $((blocks * 2))
	done
	archive c.txt -m mix:level=5 --block 500
	archive random -m mix:level=2 --block 64
	archive c.txt -m ctw --block 900
	archive c.bin -m transformer -M transformer.tpm
	archive c.bin -m transformer -M transformer.tpm --block 100
	archive c.bin -m transformer -M transformer.tpm --store-model
	archive c.bin -m transformer:streams=1 -M transformer.tpm
	archive c.txt -m transformer -M bytes.tpm
	archive c.txt -m transformer:streams=64 -M bytes.tpm --block 700
	archive random -m transformer -M bytes.tpm
	archive c.bin -m transformer:online -M transformer.tpm
	archive c.bin -m transformer:online:learn=0 -M transformer.tpm
	archive c.bin -m neural -M transformer.tpm
	archive c.txt -m neural -M bytes.tpm
	archive large.bin -m mix:subjects=1
	for model in mix mix:subjects=2 neural:$small; do
		archive many.bin -m $model
	done
}

rm -f "$manifest"
inputs
archives
