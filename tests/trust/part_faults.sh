#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# part_faults.sh BUILD - what becomes of the outputs when memory, threads, reading, writing, syncing
# or renaming fails, is cut short or interrupted, at the k-th call for every k, once and from then
# on; when a signal asks for an end at any system call; on a full device and a closed output.
# Every command that writes a file is tried on tiny inputs (durability.sh, inject.c).
# shellcheck source=tests/trust/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/trust/durability.sh
. "$(dirname "$0")/durability.sh"
[ ! -w /dev/shm ] || { rm -rf "$work" && work=$(mktemp -d -p /dev/shm) && cd "$work"; } || exit 1

durability_build && durability_inputs || {
	row G8 'Fault injection' 'no compiler or inputs' 'SQLite; no compressor' 'not here'
	exit
}
durability_cases >cases
[ -z "$QUICK" ] || sed -n '5,6p; /iid/p; /export/p' cases >few
[ -z "$QUICK" ] || mv few cases

# each NAME OPTION...: every case with these faults; lines of counts go to NAME.counts.
each() {
	local name=$1 outputs arguments
	shift
	while IFS='|' read -r outputs arguments; do
		durability_case "$outputs" "$arguments" "$@" >>"$name.counts" </dev/null
	done <cases
	cat "$name.counts" >>all.counts
}

own='-f own' library='-f library' stride=1
[ -z "$QUICK" ] || stride=7
for way in '' -p; do
	# shellcheck disable=SC2086
	{
		each memory -l "$library_so" $own -k memory -e 12 -j $stride $way
		each memory -l "$library_so" $library -k memory -e 12 -j $stride $way
		for error in 5 24; do each open -l "$library_so" $own -k open -e $error $way; done
		each read -l "$library_so" $own -k read -e 5 $way
		for error in 5 28 32; do each write -l "$library_so" $own -k write -e $error $way; done
		for error in 5 28; do each sync -i -l "$library_so" $own -k sync -e $error $way; done
		each rename -l "$library_so" $own -k rename -e 5 $way
		each close -l "$library_so" $own -k close -e 5 $way
		each unlink -l "$library_so" $own -k unlink -e 5 $way
		each other -l "$library_so" $own -k other -e 5 $way
		for fault in read write; do
			for error in 4 short; do
				each unharmed -z -l "$library_so" $own -k $fault -e $error $way
			done
		done
	}
done
