#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# part_kill.sh BUILD - end every command that writes a file at every system call it makes, by KILL
# and by the signals that ask, and look at what is there: an output is the old one or the new one,
# whole.  Where a command writes several files, which of them a reader can see; what a store of
# results has lost; whether a training goes on.
# shellcheck source=tests/trust/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/trust/durability.sh
. "$source/tests/trust/durability.sh"

if ! durability_begin || ! durability_inputs ||
	! "$inject" -t -n 1 "$TWOPART" models >/dev/null; then
	row G7 'SIGKILL at every system call' 'not tried: no compiler, or no ptrace' 'none of 5' 'not here'
	exit
fi
durability_cases >cases
most=3000
if [ -n "$QUICK" ]; then
	grep -E 'm ngram|iid|export|report' cases >few
	mv few cases
	most=8
fi

# ---- The commands whose outputs are the same every time. ----

while IFS='|' read -r outputs arguments; do
	for before in '' -a; do
		# shellcheck disable=SC2086
		durability_case "$outputs" "$arguments" -t -n $most $before >>killed.counts
	done
	for signal in 1 2 15; do
		durability_case "$outputs" "$arguments" -t -n $((most / 60 + 4)) -s $signal >>asked.counts
	done
done <cases

figures() { # FILE
	echo "$(sum runs <"$1") kills of $(wc -l <"$1") runs' $(sum calls <"$1") system calls: $(
		sum old <"$1") old, $(sum new <"$1") new, $(sum mixed <"$1") some files old and some new, $(
		sum strays <"$1") temporary files PATH.tmp.PID left; partial or otherwise wrong: $(
		sum problems <"$1")"
}
row G7 'SIGKILL at every system call, over a file and without one: the old file or the new one' \
	"$(wc -l <cases) commands, $(figures killed.counts)" 'none of 5: partial file left' \
	"$(holds [ "$(sum problems <killed.counts)" = 0 ])"
row G7 'HUP, INT and TERM, at system calls all over the run, leave nothing behind' \
	"$(figures asked.counts)" 'xz, gzip, bzip2; zstd INT only; brotli none' \
	"$(holds [ "$(sum problems <asked.counts)" = 0 ])"

# A corpus's files are renamed in the order of their list, so a reader sees some new ones, then old
# ones: never an old one in front of a new one.  So are a report's.
states=$(sed -n 's/.*states=//p' killed.counts | tr ',' '\n' | sort -u | grep '..')
row G7 'Of several files the first are new and the rest old, in one order' \
	"$(wc -w <<<"$states") states seen" 'not applicable' \
	"$(holds test -z "$(grep -vE '^n*=*[on=]*o*$' <<<"$states"; grep 'on' <<<"$states")")"
