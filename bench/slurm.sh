#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#SBATCH --job-name=twopart
#SBATCH --exclusive
#
# slurm.sh CELLS DIR [OPTION OF SBATCH]... - measure the cells of a benchmark as a Slurm array.
#
#   twopart bench --list-cells tp-1 >cells
#   bench/slurm.sh cells /shared/results --partition=bench --time=4:00:00
#   twopart results merge results.db /shared/results/*.json       when all tasks have ended
#   twopart report results.db -o report
#
# Submits one array of at most TASKS tasks (default 1000, what Slurm allows unless told otherwise),
# which share the cells out: task t takes cells t, t + TASKS, ...  DIR is on a file system that all
# nodes have.  A cell is `twopart cell`, whose result appears in DIR whole or not at all, as does
# nothing else named *.json.  The same command again submits tasks for the cells that are missing
# only, whatever ended the others.  A task has its node for itself (--exclusive), since its times
# are of that node alone; nodes of different kinds stay apart in the store.
# Environment: TWOPART (default: the twopart on the PATH of the node), TASKS, REPETITIONS.
program=${TWOPART:-twopart} tasks=${TASKS:-1000}

die() {
	echo "slurm.sh: $1" >&2
	exit 1
}

# Within a task: Slurm runs a copy of this file, with the same arguments.
run_task() {
	local n=0 failed=0 line

	while IFS= read -r line; do
		n=$((n + 1))
		[ $(((n - 1) % tasks + 1)) = "$SLURM_ARRAY_TASK_ID" ] || continue
		[ ! -e "$directory/$n.json" ] || continue
		printf '%s\n' "$line" | "$program" cell ${REPETITIONS:+--repetitions "$REPETITIONS"} \
			-o "$directory/$n.json" - || failed=$((failed + 1))
	done <"$directory/cells"
	[ "$failed" = 0 ] || die "$failed cells of task $SLURM_ARRAY_TASK_ID failed"
}

# "1,3,7": tasks with a cell that has no result.
missing_tasks() {
	local n=0

	while read -r; do
		n=$((n + 1))
		[ -e "$directory/$n.json" ] || echo $(((n - 1) % tasks + 1))
	done <"$directory/cells" | sort -nu | awk '
		NR > 1 && $1 == last + 1 {last = $1; next}
		NR > 1 {print_range()}
		{first = last = $1}
		function print_range() {printf "%s%s", comma, first == last ? first : first "-" last; comma = ","}
		END {if (NR) print_range()}'
}

[ $# -ge 2 ] || die 'which CELLS, and in which DIR?'
cells=$1 directory=$2
shift 2
if [ -n "$SLURM_ARRAY_TASK_ID" ]; then
	run_task
	exit
fi
[ -s "$cells" ] || die "no cells in $cells"
[ -z "$(tail -c 1 "$cells")" ] || die "$cells: its last line has no end"
mkdir -p "$directory" || exit 1
directory=$(cd "$directory" && pwd) || exit 1
if [ ! -e "$directory/cells" ]; then
	cp "$cells" "$directory/cells.tmp" && mv "$directory/cells.tmp" "$directory/cells" || exit 1
fi
cmp -s "$cells" "$directory/cells" || die "$directory is of another list of cells"
array=$(missing_tasks)
if [ -z "$array" ]; then
	echo "all cells are there: twopart results merge STORE $directory/*.json"
	exit
fi
TWOPART=$program TASKS=$tasks exec sbatch --array="$array" --export=ALL \
	--output="$directory/%a.log" "$@" "$0" "$directory/cells" "$directory"
