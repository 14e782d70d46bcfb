#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Property: what the README tells people to type works, in that order, and the files it names exist.
# Method: every indented line that calls build/twopart is run in a fresh directory, except the
# benchmark and the theory's experiments, which take minutes and have tests of their own, and a report
# where there is no gnuplot.  Environment: $TWOPART.
root=$(cd "$(dirname "$0")/.." && pwd) || exit 1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
mkdir "$work/build" && ln -s "$TWOPART" "$work/build/twopart" && cp "$root/README.md" "$work/" &&
	cp -r "$root/reports" "$work/"
cd "$work" || exit 1

while IFS= read -r line; do
	case $line in
	*'twopart bench'* | *'twopart scaling'* | *'twopart structure'* | *'twopart sweep'*) continue ;;
	*'twopart report'*) command -v gnuplot >/dev/null || continue ;;
	esac
	if output=$(bash -c "set -o pipefail; $line" 2>&1 </dev/null); then
		echo "ok - $line"
	else
		echo "not ok - $line"
		sed 's/^/# /' <<<"$output"
	fi
done < <(sed -n 's/^    \(build\/twopart .*\)/\1/p' README.md)

missing=
for name in $(grep -oE '\]\([a-z]+/[^)]*\)' README.md | sed 's/^](//; s/)$//') LICENSE; do
	[ -e "$root/$name" ] || missing="$missing $name"
done
[ -z "$missing" ] && echo 'ok - the files that the README links to exist' ||
	echo "not ok - the README links to files that do not exist:$missing"
