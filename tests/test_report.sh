#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Property: `twopart report` writes the same bytes from a store of lines in any order and from its
# own lines; without gnuplot it says so in a line, ends with 5 and writes nothing; what stands in
# reports/ and in the README follows from reports/bench.jsonl to the byte.
# Method: lines of made-up results (test_report.c --sample); the committed files.  An SVG is compared
# only where the gnuplot here has the version that the SVG names, since another draws other paths:
# elsewhere its script, which has all data in it, is.  Environment: $TWOPART, $BUILD.
root=$(cd "$(dirname "$0")/.." && pwd) || exit 1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1

# ok NAME COMMAND...: it succeeds.
ok() {
	local name=$1
	shift
	if "$@" >said 2>&1; then
		echo "ok - $name"
	else
		echo "not ok - $name"
		head -n 20 said | sed 's/^/# /'
	fi
}

version=$(gnuplot --version 2>/dev/null | sed 's/^gnuplot //')
drawings=--no-drawings
if [ "$version" ]; then
	drawings=
else
	echo 'ok - drawings # skipped: no gnuplot'
fi

"$BUILD/tests/test_report" --sample >sample.jsonl || exit 1
ok 'a report is written' bash -c '"$1" report $2 -o one sample.jsonl >names' _ "$TWOPART" "$drawings"
ok 'what it names, and nothing else, is there' bash -c 'diff <(sort names) <(find one -type f | sort)'
tac sample.jsonl >reversed.jsonl
ok 'again, from lines in another order' "$TWOPART" report -q $drawings -o two reversed.jsonl
ok 'the same bytes' diff -r one two
touch two/bench-old.gp two/bench-old.svg
ok 'again, from its own lines' "$TWOPART" report -q $drawings -o three two/bench.jsonl
ok 'the same bytes' diff -r one three
ok 'again, over an earlier report' "$TWOPART" report -q $drawings -o two sample.jsonl
ok 'none of its other drawings is left' diff -r one two
ok 'the lines are all of them' cmp sample.jsonl one/bench.jsonl
ok 'every picture is there' bash -c '
	for picture in $(sed -n "s/^!\[.*\](\(.*\)\.svg)$/\1/p" one/bench.md); do
		ls "one/$picture.gp" || exit
	done'

PATH=/nonexistent "$TWOPART" report -o none sample.jsonl >log 2>&1
code=$?
ok 'no gnuplot: exit code 5' test "$code" = 5
ok 'no gnuplot: a line' grep -q '^twopart: .*gnuplot-nox' log
ok 'no gnuplot: nothing written' test ! -e none/bench.md
echo '{"schema":1}' >broken.jsonl
"$TWOPART" report -o none broken.jsonl >log 2>&1
code=$?
ok 'no results: exit code 2' test "$code" = 2
"$TWOPART" report sample.jsonl >log 2>&1
code=$?
ok 'no directory: exit code 1' test "$code" = 1

printf 'above\n<!-- bench -->\nold\n<!-- /bench -->\nbelow\n' >README.md
ok 'the part of a README is put in' "$root/bench/readme.sh" "$TWOPART" sample.jsonl README.md
ok 'and stands there' "$root/bench/readme.sh" --check "$TWOPART" sample.jsonl README.md
ok 'nothing else was changed' bash -c 'head -n 2 README.md | cmp - <(printf "above\n<!-- bench -->\n") &&
	tail -n 2 README.md | cmp - <(printf "<!-- /bench -->\nbelow\n") && ! grep -qx old README.md'
sed -i 's/small/smaller/' README.md
ok 'what is stale is seen' bash -c '! "$1" --check "$2" sample.jsonl README.md' \
	_ "$root/bench/readme.sh" "$TWOPART"

# ---- The reference run. ----

if [ ! -e "$root/reports/bench.jsonl" ]; then
	echo 'ok - reports # skipped: there is no reports/bench.jsonl'
	exit
fi
# Not with -q, which would keep it from saying that there are no bundles.
"$TWOPART" report $drawings -o reports "$root/reports/bench.jsonl" 2>said >/dev/null || echo 'not ok - report'
stale=
for file in "$root"/reports/bench.{md,csv,jsonl} "$root"/reports/bench-*.gp reports/bench-*.gp; do
	name=${file##*/}
	cmp -s "reports/$name" "$root/reports/$name" || stale="$stale $name"
done
for file in reports/bench-*.gp; do
	svg=$(basename "$file" .gp).svg
	[ -e "$root/reports/$svg" ] || stale="$stale $svg"
	if [ "$version" ] && grep -qF "Produced by GNUPLOT $version " "$root/reports/$svg"; then
		cmp -s "reports/$svg" "$root/reports/$svg" || stale="$stale $svg"
	fi
done
# The page has the drawings in it, and the bundles that draw its charts where there are some.
first=$(echo reports/bench-*.svg)
if [ "$version" ] && ! grep -q 'bundles' said && cmp -s "${first%% *}" "$root/${first%% *}"; then
	cmp -s reports/bench.html "$root/reports/bench.html" || stale="$stale bench.html"
fi
ok "reports/ follows from its lines (make report)${stale:+; stale:$stale}" test -z "$stale"
unnamed=$(grep -o '"program":"[^"]*"' "$root/reports/bench.jsonl" | cut -d'"' -f4 | sort -u |
	while read -r program; do
		grep -qFx -e "- program: $program" reports/bench.md || echo "$program"
	done)
ok "every program that measured is named, also of figures${unnamed:+; not: $unnamed}" \
	test -z "$unnamed"
if grep -qFx '<!-- bench -->' "$root/README.md"; then
	ok "the README follows from them, too (make report)" "$root/bench/readme.sh" --check \
		"$TWOPART" "$root/reports/bench.jsonl" "$root/README.md"
else
	echo 'ok - README # skipped: it has no generated part'
fi
