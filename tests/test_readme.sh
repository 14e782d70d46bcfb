#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Property: what the README and src/COMMANDS.md tell people to type works, in that order, and the
# files that our pages name exist.
# Method: every indented line that calls build/twopart is run, each page's in a fresh directory, except
# the benchmark and the theory's experiments, which take minutes and have tests of their own, and a
# report where there is no gnuplot.  Environment: $TWOPART.
root=$(cd "$(dirname "$0")/.." && pwd) || exit 1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

# works PAGE: its lines.
works() {
	mkdir -p "$work/$1/build" && ln -s "$TWOPART" "$work/$1/build/twopart" &&
		cp -r "$root/README.md" "$root/reports" "$work/$1/" && cd "$work/$1" || exit 1
	while IFS= read -r line; do
		case $line in
		*'twopart bench'* | *'twopart experiment'* | *'twopart scaling'* | *'twopart structure'* | *'twopart sweep'*) continue ;;
		*'twopart report'*) command -v gnuplot >/dev/null || continue ;;
		esac
		if output=$(bash -c "set -o pipefail; $line" 2>&1 </dev/null); then
			echo "ok - $1: $line"
		else
			echo "not ok - $1: $line"
			sed 's/^/# /' <<<"$output"
		fi
	done < <(sed -n 's/^    \(build\/twopart .*\)/\1/p' "$root/$1")
}
works README.md
works src/COMMANDS.md

missing=
for page in README.md src/COMMANDS.md src/SECURITY.md src/FORMAT.md reports/README.md; do
	folder=$(dirname "$root/$page")
	for name in $(grep -oE '\]\([^):# ]+[)#]' "$root/$page" | sed 's/^](//; s/[)#]$//'); do
		[ -e "$folder/$name" ] || missing="$missing $page: $name"
	done
done
[ -z "$missing" ] && [ -e "$root/LICENSE" ] && echo 'ok - the files that our pages link to exist' ||
	echo "not ok - links to files that do not exist:$missing"
