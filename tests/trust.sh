#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# trust.sh BUILD OUT - run the parts of tests/trust/, some at a time, and write the table of goals,
# figures and peers to OUT/trust.md.  Exit code 1 if a promise does not hold or a part did not end.
#
# Each part's rows are kept in BUILD/trust/COMMIT, with its log: a part that came to its end is not
# run again for that commit, so a run that was ended goes on where it was.  The table says which
# parts it lacks.
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

for part in $parts; do
	[ -e "$here/trust/part_$part.sh" ] || {
		echo "trust.sh: no part '$part' among: $all" >&2
		exit 1
	}
	[ -e "$kept/$part.rows" ] || echo "$part"
done | xargs -r -P "${JOBS:-$(nproc)}" -I PART bash -c '
	SECONDS=0
	if "$1/part_$2.sh" "$3" >"$4/$2.new" 2>"$4/$2.log"; then
		echo "$SECONDS" >"$4/$2.seconds"
		mv "$4/$2.new" "$4/$2.rows"
	fi
	echo "$2: $SECONDS s, $(cat "$4/$2".rows "$4/$2".new 2>/dev/null | wc -l) rows" >&2
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
	local seconds lacking
	seconds=$(cat "$kept"/*.seconds | awk '{n += $1} END {print n}')
	lacking=$(for part in $all; do [ -e "$kept/$part.rows" ] || echo "$part"; done)
	echo '# Trust: what is promised, and how far it was tried'
	echo
	echo "- command: \`make trust\`, $((seconds / 60)) minutes of its parts one after the other"
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
