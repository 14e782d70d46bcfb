#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# minutes: 7
#
# part_faults.sh BUILD - what becomes of the outputs when memory, threads, reading, writing, syncing
# or renaming fails, is cut short or interrupted, at the k-th call for every k, once and from then
# on; on a full device, past a file size limit, with a closed or broken output.
# Every command that writes a file is tried on tiny inputs (durability.sh, inject.c).
# shellcheck source=tests/trust/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/trust/durability.sh
. "$source/tests/trust/durability.sh"

if ! durability_begin || ! durability_inputs; then
	row G8 'A call that fails costs no file' 'not tried: no compiler' 'none of 5' 'not here'
	exit
fi
durability_cases >cases
if [ -n "$QUICK" ]; then
	grep -E 'm ngram|iid|export|report' cases >few
	mv few cases
fi

# each NAME OPTION...: every case with these faults; lines of counts are added to NAME.counts.
each() {
	local name=$1 outputs arguments
	shift
	while IFS='|' read -r outputs arguments; do
		durability_case "$outputs" "$arguments" -l "$faults_so" "$@" >>"$name.counts" </dev/null
	done <cases
}
most=800
[ -z "$QUICK" ] || most=30
# memory WAY: of long series every second call, or third, and so on.
memory() {
	local way=$1
	# shellcheck disable=SC2086
	each memory -f own -k memory -e 12 -n "$most" $way
	# shellcheck disable=SC2086
	each libraries -f library -k memory -e 12 -n $((most / 3)) $way
}

for way in '' -p; do
	memory "$way"
	# shellcheck disable=SC2086
	{
		for error in 5 24; do each calls -k open -e $error $way; done
		each calls -k read -e 5 $way
		for error in 5 28 32; do each calls -k write -e $error $way; done
		for error in 5 28; do each calls -i -k sync -e $error $way; done
		for kinds in rename,close,other unlink; do each calls -k $kinds -e 5 $way; done
		for error in 4 short; do
			each through -z -k read -e $error $way
			each through -z -k write -e $error $way
		done
	}
done
# Threads: the run-time of OpenMP says so in its own words and calls exit(1).
while IFS='|' read -r outputs arguments; do
	case $arguments in
	*-T1*)
		for kind in thread memory; do
			durability_case "$outputs" "${arguments/-T1/-T3}" -l "$faults_so" -g -f openmp \
				-k $kind -e 12 >>openmp.counts
		done
		;;
	esac
done <cases

runs() { cat -- "$@" 2>/dev/null | sum runs; }
problems() { [ "$(cat -- *.counts | sum problems)" = 0 ]; }
row G8 'A call that fails, at every k, once or from then on: exit code 1, one line, outputs as before' \
	"$(runs -- *.counts) faults in $(wc -l <cases) commands: $(runs memory.counts) of our memory, $(
		runs libraries.counts) of libraries', $(runs calls.counts) of files; $(
		cat -- *.counts | sum failed) runs failed so, $(
		cat -- *.counts | sum unharmed) did all the same, $(
		cat -- *.counts | sum killed) crashed or hung; wrong: $(
		cat -- *.counts | sum problems)" \
	'SQLite tests so; no compressor found' "$(holds problems)"
row G8 'Interrupted (EINTR) and short reads and writes change nothing' \
	"$(runs through.counts) runs, $(sum unharmed <through.counts) with the right bytes" 'not tested so' \
	"$(holds [ "$(runs through.counts)" = "$(sum unharmed <through.counts)" ])"
row G8 'No memory or thread for the OpenMP run-time: its words, exit code 1, no file left' \
	"$(runs openmp.counts) faults, $(sum openmp <openmp.counts) ended by it, $(
		sum problems <openmp.counts) left a file" 'not tested so' \
	"$(holds [ "$(sum problems <openmp.counts)" = 0 ])"

# ---- Full and closed outputs. ----

tried=0 wrong=0
# refused COMMAND...: exit code 1 and one line, and nothing else.
refused() {
	tried=$((tried + 1))
	"$@" 2>said </dev/null
	local code=$?
	[ $code = 1 ] && [ "$(wc -l <said)" = 1 ] && return
	wrong=$((wrong + 1))
	echo "code $code: $*: $(head -c 300 said)" >&2
}
printing='list m.tpm
models
bounds c
cost -q -f -m order0 -o out.npy c
compress -q -c text
decompress -q -c of-ngram.2p
results export lines
results list lines
report --readme lines
suite
help compress'
while read -r arguments; do
	# shellcheck disable=SC2086
	{
		refused "$TWOPART" $arguments >/dev/full
		refused "$TWOPART" $arguments >&-
	}
done <<<"$printing"
refused "$TWOPART" compress -q -f -o /dev/full text
refused "$TWOPART" decompress -q -f -o /dev/full of-ngram.2p
row G8 'A full device or a closed output is noticed: exit code 1, one line' \
	"$tried commands, $wrong wrong" 'xz and gzip, too; zstd with code 70' "$(holds [ $wrong = 0 ])"

tried=0 wrong=0
while IFS='|' read -r outputs arguments; do
	for output in $outputs; do
		mkdir -p "$(dirname "$output")"
		echo old >"$output"
	done
	# shellcheck disable=SC2086
	said=$( (ulimit -f 0; exec "$TWOPART" $arguments 2>&1 >/dev/null </dev/null); echo "code $?")
	tried=$((tried + 1))
	# shellcheck disable=SC2086
	if [ "$(wc -l <<<"$said")" != 2 ] || [ "${said##*$'\n'}" != 'code 1' ] ||
		[ "$(cat -- $outputs | sort -u)" != old ] || compgen -G '*.tmp.*' >/dev/null; then
		wrong=$((wrong + 1))
		echo "file size limit: $arguments: $said" >&2
	fi
	rm -rf out out.* -- *.tmp.*
done <cases
row G8 'No room on the disk (a file size limit): exit code 1, one line, outputs as before' \
	"$tried commands, $wrong wrong" 'none of 5: the beginning stays' "$(holds [ $wrong = 0 ])"
