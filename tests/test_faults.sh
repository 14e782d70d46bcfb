#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Property: when memory, or a call that opens, reads, writes, syncs or renames, fails at any place,
# a command ends with exit code 1 and one line and leaves its outputs as they were; interrupted and
# short calls change nothing.  Method: a preloaded library, here at a sample of places
# (tests/trust/part_faults.sh tries all of them).  Environment: $TWOPART, $CC.
# shellcheck source=tests/trust/durability.sh
. "$(dirname "$0")/trust/durability.sh" || exit 1
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh" || exit 1
durability_begin && durability_small || exit 1
if ! durability_replaces; then
	echo 'ok - # skipped: the allocations of this build cannot be replaced'
	exit
fi

# shellcheck disable=SC2086
"$TWOPART" generate sk $tiny --sentences 20 -q -o c || exit 1
cat >simple <<-'CASES'
	out|compress -q -f -T1 -m ngram -o out text
	out|decompress -q -f -T1 -o out text.2p
	out.bin out.txt out.vocab out.roles out.json|generate iid --tokens 60 -T1 -q -f -o out
CASES
cat >worlds <<-CASES
	out|compress -q -f -T1 -m twopart -w c.json -o out c.bin
	out|train $net -f -o out c
	out.tsv out.svg|curves -q -f -m order0 -o out c
CASES

# check NAME CASES OPTION...: with these faults all runs are good, and there were some.
check() {
	local name=$1 cases=$2 outputs arguments counts
	shift 2
	while IFS='|' read -r outputs arguments; do
		counts=$(durability_case "$outputs" "$arguments" -l "$faults_so" "$@" 2>&1)
		grep -q 'runs=[1-9].* problems=0 ' <<<"$counts" || echo "$arguments: $counts"
	done <"$cases" >mistakes
	report "$name" "$(head -c 2000 mistakes | tr '\n' ' ')"
}

check 'no memory' simple -f own -k memory -e 12 -n 12
check 'no memory from then on' simple -f own -k memory -e 12 -p -n 6
check 'no memory for libraries' simple -f library -k memory -e 12 -n 5
check 'no descriptor' simple -f own -k open -e 24 -n 4
check 'no room' simple -f own -k write -e 28 -n 4
check 'no sync' simple -i -f own -k sync -e 5 -n 4
check 'no rename' simple -f own -k rename -e 5 -n 4
check 'an error of close' simple -f own -k close -e 5 -n 4
check 'writing interrupted' simple -z -f own -k write -e 4 -p -n 3
check 'short writes' simple -z -f own -k write -e short -p -n 3
check 'no memory: worlds and models' worlds -f own -k memory -e 12 -n 20
check 'no memory for libraries: the same' worlds -f library -k memory -e 12 -n 9
