# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
#
# lib.sh - what the tests of the commands share: a directory $work of their own, into which sourcing
# this goes and which is removed at the end, and functions that print one line of TAP a property.
# Environment: $TWOPART.
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
export LC_ALL=C

report() { # NAME MISTAKE: ok when there is none
	if [ -z "$2" ]; then echo "ok - $1"; else printf 'not ok - %s\n# %s\n' "$1" "$2"; fi
}

# expect NAME CODE PATTERN ARGUMENT...: on failure exactly one line "twopart: ...PATTERN...", on
# success what said() asks for.  Standard output stays in the file out, standard error in err.
expect() {
	local name=$1 code=$2 pattern=$3 got mistake=
	shift 3
	"$TWOPART" "$@" >out 2>err </dev/null
	got=$?
	if [ "$got" != "$code" ]; then
		mistake="exit code $got: $(cat err)"
	elif [ "$code" != 0 ] && { [ "$(wc -l <err)" != 1 ] || ! grep -Eq "^twopart: .*$pattern" err; }; then
		mistake="message: $(cat err)"
	elif [ "$code" = 0 ] && ! said "$pattern"; then
		mistake="no '$pattern' in: $(cat out err)"
	fi
	report "$name" "$mistake"
}

# said PATTERN: on either output, if there is a pattern.  A test may define a stricter one.
said() { [ -z "$1" ] || cat out err | grep -Eq -- "$1"; }

# number FILE NAME: a number of one JSON object, one member a line.
number() { sed -n "s/^ *\"$2\": \([0-9.e+-]*\),*\$/\1/p" "$1"; }
