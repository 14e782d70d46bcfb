#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Property: a command that is killed when it opens, writes, syncs, renames or closes a file leaves
# each output either as it was or as it is meant to be.  Method: a preloaded library that raises
# SIGKILL at every such call (tests/trust/part_kill.sh: at every system call).
# Environment: $TWOPART, $CC.
# shellcheck source=tests/trust/durability.sh
. "$(dirname "$0")/trust/durability.sh" || exit 1
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh" || exit 1
durability_begin && durability_small || exit 1
if ! durability_replaces; then
	echo 'ok - # skipped: the calls of this build cannot be replaced'
	exit
fi

# check NAME BEFORE: `-a` is without outputs before.
check() {
	local name=$1 outputs arguments counts
	shift
	while IFS='|' read -r outputs arguments; do
		counts=$(durability_case "$outputs" "$arguments" -l "$faults_so" -f own -e kill \
			-k open,write,sync,rename,close,other "$@" 2>&1)
		grep -q 'killed=[1-9].* problems=0 ' <<<"$counts" || echo "$arguments: $counts"
		grep -q ' old=[1-9].* new=[1-9]' <<<"$counts" || echo "$arguments: $counts"
	done <<-'CASES' >mistakes
		out|compress -q -f -T1 -m ngram -o out text
		out|decompress -q -f -T1 -o out text.2p
		out.bin out.txt out.vocab out.roles out.json|generate iid --tokens 60 -T1 -q -f -o out
	CASES
	report "$name" "$(head -c 2000 mistakes | tr '\n' ' ')"
}

check 'killed over a file'
check 'killed without a file before' -a
