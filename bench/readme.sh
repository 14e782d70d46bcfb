#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# readme.sh TWOPART LINES README - put what `twopart report --readme LINES` prints between the lines
# <!-- bench --> and <!-- /bench --> of README, in place; with --check instead say by the exit code
# whether it stands there already: readme.sh --check TWOPART LINES README.
check=
[ "$1" = --check ] && check=1 && shift
twopart=$1 lines=$2 readme=$3
begin='<!-- bench -->' end='<!-- /bench -->'

if [ "$(grep -cFx -e "$begin" -e "$end" "$readme")" != 2 ]; then
	echo "readme.sh: $readme has not one line '$begin' and one '$end' behind it" >&2
	exit 1
fi
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
"$twopart" report --readme "$lines" >"$work/part" || exit
awk -v begin="$begin" -v end="$end" -v part="$work/part" '
	$0 == end {inside = 0}
	!inside
	$0 == begin {inside = 1; while ((getline line < part) > 0) print line}' \
	"$readme" >"$work/readme" || exit
if [ "$check" ]; then
	diff "$readme" "$work/readme"
else
	cat "$work/readme" >"$readme"
fi
