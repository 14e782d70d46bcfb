#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# trust.sh BUILD OUT - run the parts of tests/trust/, some at a time, and write the table of goals,
# figures and peers to OUT/trust.md.  Exit code 1 if a promise does not hold or a part did not end.
#
# Each part's rows are kept in BUILD/trust/COMMIT, with its log and its processor time: a part that
# came to its end is not run again for that commit, so a run that was ended goes on where it was.  The
# table says which parts it lacks, and how long the run took if it was one.
# Environment: PARTS (all), JOBS (one a processor), QUICK (1: seconds; nothing is kept or written,
# the table is printed).
here=$(cd "$(dirname "$0")" && pwd) || exit 1
build=$(cd "$1" && pwd) || exit 1
out=$(cd "$2" && pwd) || exit 1
twopart=$build/twopart
all=$(cd "$here/trust" && grep -H '^# minutes: ' part_*.sh | sort -t: -k3,3nr |
	sed 's/^part_//; s/\.sh:.*//')
parts=${PARTS:-$all}
kept=$build/trust/$("$twopart" --version | sed -n 's/^commit *//p')
[ -z "$QUICK" ] || kept=$build/trust/quick
[ -z "$QUICK" ] || rm -rf "$kept"
mkdir -p "$kept" || exit 1
began_with=$(find "$kept" -name '*.rows')
TIMEFORMAT='%0U %0S'
export TIMEFORMAT
SECONDS=0

for part in $parts; do
	[ -e "$here/trust/part_$part.sh" ] || {
		echo "trust.sh: no part '$part' among: $all" >&2
		exit 1
	}
	[ -e "$kept/$part.rows" ] || echo "$part"
done | xargs -r -P "${JOBS:-$(nproc)}" -I PART bash -c '
	{ time "$1/part_$2.sh" "$3" >"$4/$2.new" 2>"$4/$2.log" && mv "$4/$2.new" "$4/$2.rows"; } \
		2>"$4/$2.seconds"
	echo "$2: $(tr " " + <"$4/$2.seconds") s of a processor," \
		"$(cat "$4/$2".rows "$4/$2".new 2>/dev/null | wc -l) rows" >&2
	' trust "$here/trust" PART "$build" "$kept"

lost=0
for part in $parts; do
	if [ ! -e "$kept/$part.rows" ]; then
		echo "trust.sh: $part did not come to its end: $(tail -n 1 "$kept/$part.log")" >&2
		lost=1
	fi
done

# A row a line of `rows`, by goal.
table() {
	echo '| goal | what is promised | figure reached | best peer | holds |'
	echo '| ---- | ---------------- | -------------- | --------- | ----- |'
	sort -t'|' -k1.2,1n -s "$kept"/*.rows | sed 's/|/ | /g; s/^/| /; s/$/ |/'
}

report() {
	local minutes lacking whole=
	minutes=$(cat "$kept"/*.seconds | awk '{n += $1 + $2} END {printf "%.0f", n / 60}')
	lacking=$(for part in $all; do [ -e "$kept/$part.rows" ] || echo "$part"; done)
	[ -n "$began_with$lacking" ] ||
		whole="$(((SECONDS + 30) / 60)) minutes for the whole run on $(nproc) processors, "
	echo '# Trust: what is promised, and how far it was tried'
	echo
	echo "- command: \`make trust\`, $whole$minutes minutes of processor time of its parts"
	. "$here/../bench/measure.sh"
	machine "$twopart"
	[ -z "$lacking" ] || echo "- parts that have not come to their end: "$lacking
	echo
	echo 'Goals and the best public figures of other compressors are explained in'
	echo '[src/SECURITY.md](../src/SECURITY.md).'
	echo
	table
}

if [ -n "$QUICK" ]; then
	table
else
	report >"$kept/trust.md" && cp "$kept/trust.md" "$out/trust.md" && cat "$out/trust.md"
fi
! grep -q '|NO$' "$kept"/*.rows && [ "$lost" = 0 ]
