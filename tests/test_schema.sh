#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Property: every command prints JSON on request, and every JSON document agrees with its published
# schema, reports/schema/NAME.schema.json, which is strict: each member has its type and a
# description, none may be missing, and none may be there besides.
# Method: every command on tiny inputs; what it prints is validated, then spoilt in every place and
# must be refused.  A command without --json, a --json without a schema and a schema without a
# document that was validated are failures.  Every published line of the benchmark is validated too,
# and results made by the schema alone, digests and all (fabricate_results.py), must be accepted.
#
# A new command: write reports/schema/NAME.schema.json (format twopart-NAME, members in the order in
# which they are printed, document.h), and add below a line   document NAME COMMAND ARGUMENT...
# or, of what a command writes into a file,                   written NAME FILE
# and take the command out of the list `elsewhere`, if it is there.
# Environment: $TWOPART.
# shellcheck source=tests/lib.sh
here=$(cd "$(dirname "$0")" && pwd) || exit 1
. "$here/lib.sh" || exit 1
schemas=$here/../reports/schema

for python in python3 /usr/bin/python3 ''; do
	[ -n "$python" ] || { echo 'ok - # SKIP no python3 with jsonschema'; exit; }
	"$python" -W ignore -c 'import jsonschema; jsonschema.Draft202012Validator' 2>/dev/null && break
done

# Commands without --json, since what they write is lines of results anyway.
elsewhere=' cell report '

# A line a document: its schema, the file that holds it, how it was made; separated by tabs.
written() { printf '%s\t%s\t%s\n' "$1" "$2" "${3:-$2}" >>documents; }
n_documents=0
document() { # NAME ARGUMENT...: --json is added behind the command
	local name=$1 file=document.$((++n_documents)) mistake=
	shift
	"$TWOPART" "$@" >$file 2>err </dev/null || mistake="exit code $?: $(cat err)"
	report "runs: $*" "$mistake"
	[ -n "$mistake" ] || written "$name" $file "$*"
}

# Inputs.
tiny='--types 2 --templates 3 --classes 2 --class-words 2 --words 40 --attributes 3 --values 4
	--first-names 40 --last-names 40'
seq 200 >text
: >empty
for i in 1 2 3; do seq 60; done >words
# shellcheck disable=SC2086
document generate generate sk --json -q -o sk $tiny --sentences 60
# shellcheck disable=SC2086
document generate generate sk --json -q -o noisy $tiny --sentences 60 --noise 0.5 --middle-names 5
"$TWOPART" generate sk -q -o asked $tiny --sentences 900 --beta 30
document generate generate bios --json -q -o bios --people 5 --biographies 9
document generate generate bios --json -q -o urn --sampling 2 --biographies 9
document generate generate iid --json -q -o iid --tokens 50 --symbols 4
document generate generate markov --json -q -o markov --tokens 50 --states 3
document generate generate santafe --json -q -o santafe --tokens 50 --kinds 9
document generate generate file --json -q -o file --input text
for corpus in sk noisy bios urn iid markov santafe file; do
	written world $corpus.json
	document bounds bounds --json $corpus
done

document version --version --json
document models models --json
document kernels kernels --json --no-speed
document kernels kernels --json --quick
document compress compress --json -1 text empty sk.bin
document compress compress --json -m twopart -w sk.json -o two.2p sk.bin
document compress-estimate compress --json --estimate -1 text empty
document train train --json -q --layers 1 --dim 16 --ctx 8 --steps 3 --log log -o m.tpm text
document train train --json -q --layers 1 --dim 16 --ctx 8 --steps 1 -o sk.tpm sk
written train-log log
document compress compress --json -M m.tpm -o named.2p text
document compress compress --json -M m.tpm --store-model -o held.2p text
document list list --json text.2p empty.2p sk.bin.2p two.2p named.2p held.2p m.tpm sk.tpm
document test test --json text.2p empty.2p sk.bin.2p
document decompress decompress --json -f text.2p empty.2p
document export export --json -o m.safetensors m.tpm
document import import --json -b 4 -o again.tpm m.safetensors
document cost cost --json -q -m order0 sk
document cost cost --json -q -m twopart --against none --curve -o cost.npy sk
document curves curves --json -m order0 -m twopart sk
document words words --json words
document probe probe --json -q --held-out 300 --points 3 --layers 1 --dim 16 --ctx 16 --steps 5 asked
# shellcheck disable=SC2086
"$TWOPART" generate sk -q -o many $tiny --beta 20 --sentences 800
document tune tune --json -q --dim 16 --passes 1 --tune-passes 1 many
document experiment experiment --json --store none --jobs 1 real-text words
document curves curves --json -m order0 --against none text
document analyze analyze --json -q text
document analyze analyze --json -q -m order0 empty
document analyze analyze --json -q sk
document inputs inputs --json -q -1 text empty
document mixers mixers --json -q text sk.bin
document structure structure --json -q --no-compressors --budgets 3 sk
document sweep sweep --json -q --sizes 1x16 --bits 8,4 --steps 2 --ctx 8 sk
document structure structure --json -q --no-compressors --budgets 2 --points document.$n_documents sk
document scaling-data scaling data --json -q -a 0.5 --sentences 1000 --seeds 2 --types 2 --templates 4
document scaling-model scaling model --json -q -a 0.5 --sentences 300 --budgets 3

# The benchmark: specifications and results, of a method that is told the world, of one that is not,
# of a program that fails, on a corpus and on a file.
bench=(bench sk ./text --store store --repetitions 2 --external none --only 'copy,order0,known,bad'
	--external 'bad=cat {in} >{out};false {in} {out}')
document spec "${bench[@]}" --list-cells
"$TWOPART" "${bench[@]}" --json >lines 2>err </dev/null
report 'a failure is a result' "$([ $? = 1 ] && grep -q '"outcome":"failed"' lines || cat err)"
"$TWOPART" bench sk --list-cells --only known >known
report 'one cell' "$("$TWOPART" cell known -o cell --repetitions 1 2>&1)"
"$TWOPART" results export lines >exported
"$TWOPART" report -q --no-drawings -o reported store 2>/dev/null
report 'the same lines from bench, results and report' "$(sort lines | cmp - <(sort exported) 2>&1
	cmp exported reported/bench.jsonl 2>&1)"
for file in lines cell; do
	written result $file
done
document results results list --json lines
document results results list --json empty
document results-merge results merge --json merged lines cell

# What is published: the reference run, with the documents of its figures, and the suites.
written result "$here/../reports/bench.jsonl"
"$python" -c 'import json, sys
for i, line in enumerate(sys.stdin):
    document = json.loads(line)["document"]
    if document:
        with open("figure.%d" % i, "w") as file:
            json.dump(document, file)
        print(document["format"].removeprefix("twopart-"), "figure.%d" % i, sep="\t")
' <"$here/../reports/bench.jsonl" >figures
report 'there are figures' "$([ -s figures ] || echo none)"
while read -r name file; do
	written "$name" "$file" "$name in reports/bench.jsonl"
done <figures
document suites suite --json
document suite suite --json tp-1
report 'reports/suites/tp-1.json' "$(cmp document.$n_documents "$here/../reports/suites/tp-1.json" 2>&1)"
document rank rank --json tp-1 empty
"$python" "$here/fabricate_results.py" "$here/../reports/suites/tp-1.json" >made
written result made
document rank rank --json tp-1 made lines
report 'each list of a ranking has something' "$(grep '\[\]' document.$n_documents)"

# What two results on one line of standard output would be.
expect 'an archive is no document' 1 'both want standard output' compress --json -c text
expect 'nor is a file' 1 'both want standard output' decompress --json -c text.2p

# Each command has --json, and for each that has it there is a document.
commands=$("$TWOPART" help | sed -n 's/^  \([a-z]*\) .*/\1/p'; echo --version)
report 'commands are listed' "$([ "$(wc -w <<<"$commands")" -ge 20 ] || echo "only $commands")"
for command in $commands; do
	[[ $elsewhere != *" $command "* ]] || continue
	kinds=
	[ "$command" != scaling ] || kinds=$("$TWOPART" help scaling | sed -n 's/^  \([a-z]*\) .*/\1/p')
	[ "$command" != generate ] || kinds=sk
	[ "$command" != results ] || kinds='list merge'
	for kind in ${kinds:-''}; do
		name=${command#--}
		case $command-$kind in
			scaling-*) name=scaling-$kind ;;
			results-merge) name=results-merge ;;
			bench-) name=result ;;
		esac
		# shellcheck disable=SC2086
		report "$command${kind:+ $kind}: --json has a schema, and a document" "$(
			"$TWOPART" $command $kind --help </dev/null | grep -q -- ' --json ' || echo 'no --json'
			[ -e "$schemas/$name.schema.json" ] || echo "no $name.schema.json"
			cut -f 1 documents | grep -qx -- "$name" || echo 'no document')"
	done
done

# Numbers have a point in every locale: nobody asks which locale it is.
report 'no locale' "$(cd "$here/.." && grep -n 'setlocale *(' {src,coders,models,corpora,bench}/*.c)"

"$python" -W ignore "$here/validate_json.py" "$schemas" documents
