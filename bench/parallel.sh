#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# parallel.sh [OPTION]... CELLS STORE - measure the cells of a benchmark under GNU parallel, here or
# on several hosts over ssh, and merge the results into one store.
#
#   twopart bench --list-cells quick >cells
#   bench/parallel.sh cells results.db                          here, one cell at a time
#   bench/parallel.sh -S host1,user@host2 cells results.db      one at a time on each host
#   twopart report results.db -o report
#
#   -S LOGINS   hosts as --sshlogin of parallel takes them; may be repeated; ':' is this one
#   -t PROGRAM  twopart on every host (default: the twopart on the PATH there)
#   -d DIR      job log and results so far (default CELLS.d)
#   -j N        cells at a time on each host (default 1: more of them slow each other down)
#   -r N        hosts that may try a cell before this run gives it up (default 2)
#   -n N        repetitions of each cell (default: as twopart cell does)
#
# Whatever ends a run, the same command goes on with the cells that are missing: the job log in DIR
# knows what is done.  A codec that fails is a result; a host that fails is not.  Hosts need twopart
# at the same version, an sshd and perl, but no common file system and no rsync: a specification
# goes there in the command, a result comes back as its output.  Corpora are drawn there again from
# their specifications; ordinary files must lie at the same path.  Times of different machines stay
# apart in the store, and in every table made from it.
usage() {
	sed -n '/^# parallel.sh/,/^[^#]/s/^# \{0,1\}//p' "$0" >&2
	exit 1
}

die() {
	echo "parallel.sh: $1" >&2
	exit 1
}

logins=() program=twopart directory= jobs=1 tries=2 repetitions=
while getopts S:t:d:j:r:n: option; do
	case $option in
	S) logins+=(--sshlogin "$OPTARG") ;;
	t) program=$OPTARG ;;
	d) directory=$OPTARG ;;
	j) jobs=$OPTARG ;;
	r) tries=$OPTARG ;;
	n) repetitions=$OPTARG ;;
	*) usage ;;
	esac
done
shift $((OPTIND - 1))
[ $# = 2 ] || usage
cells=$1 store=$2 directory=${directory:-$1.d}
[ -r "$cells" ] || die "cannot read $cells"
command -v parallel >/dev/null || die 'GNU parallel is not installed (Debian: parallel)'
command -v "$program" >/dev/null || die "no program $program here"

# The job log counts lines of this very list.
mkdir -p "$directory/results" || exit 1
if [ ! -e "$directory/cells" ]; then
	cp "$cells" "$directory/cells.tmp" && mv "$directory/cells.tmp" "$directory/cells" || exit 1
fi
cmp -s "$cells" "$directory/cells" || die "$directory is of another list of cells"
n=$(grep -c . "$directory/cells")
[ "$n" = "$(wc -l <"$directory/cells")" ] || die "$cells: an empty line, or a last one without an end"
[ "$n" -gt 0 ] || die "$cells: no cells"

# Only what ended well is a result: the files of others may be cut short.
done_cells() {
	[ ! -e "$directory/joblog" ] ||
		awk -F '\t' 'NR > 1 && NF >= 9 {end[$1] = $7 "/" $8}
			END {for (i in end) if (end[i] == "0/0") print i}' "$directory/joblog" | sort -n
}

# parallel quotes {}; the program's name and the number are put behind quotes here.  It would take
# an ending .json of the results for a wish.
command="printf '%s\n' {} | $(printf %q "$program") cell${repetitions:+ --repetitions $(printf %q "$repetitions")} -"
parallel --will-cite --no-run-if-empty --arg-file "$directory/cells" --jobs "$jobs" \
	--joblog "$directory/joblog" --resume-failed --retries "$tries" \
	--results "$directory/results/{#}.result" "${logins[@]}" "$command" >/dev/null

finished=()
for i in $(done_cells); do
	finished+=("$directory/results/$i.result")
done
[ ${#finished[@]} = 0 ] || "$program" results merge "$store" "${finished[@]}" || exit 1
missing=$((n - ${#finished[@]}))
[ "$missing" = 0 ] ||
	die "$missing of $n cells are missing; what they said is in $directory/results, and the same command goes on"
