# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
#
# lib.sh - what the parts of `make trust` share; sourced.  A part is tests/trust/part_NAME.sh BUILD: it
# prints rows of the table on standard output, nothing else there, and what happens meanwhile on
# standard error.  Exit code 0 when it came to its end, whatever its rows say.  A line "# minutes: N"
# in its head says how long one processor takes: the longest parts are begun first.
#
# Sourcing this goes into a directory of the part's own, $work, which is removed at the end; $source
# is the root of the sources, $BUILD the build, which a part may add directories to, $TWOPART the
# program.  QUICK=1 asks for a run of seconds that tries every step on little.
export LC_ALL=C
source=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd) || exit 1
BUILD=$(cd "${1:-$source/build}" && pwd) || exit 1
TWOPART=$BUILD/twopart
export BUILD TWOPART
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1

# row GOAL PROMISE FIGURE PEER HOLDS: a row of the table.  GOAL is a number; HOLDS is "yes", "NO", or "not here" where
# this machine cannot tell.
row() {
	printf 'G%s|%s|%s|%s|%s\n' "${1#G}" "${@:2}"
	echo "$1: $2: $3: $5" >&2
}

# holds COMMAND...: "yes" if it succeeds, else "NO".
holds() { if "$@"; then echo yes; else echo NO; fi; }

# need PROGRAM PACKAGE...: install Debian's packages when the program is not there; fails when that
# cannot be done.
need() {
	local program=$1 as_root=
	shift
	command -v "$program" >/dev/null && return
	[ "$(id -u)" = 0 ] || as_root='sudo -n'
	{
		$as_root apt-get update -q && $as_root env DEBIAN_FRONTEND=noninteractive \
			apt-get install -y -q --no-install-recommends \
			-o DPkg::Lock::Timeout=300 "$@"
	} >&2
	command -v "$program" >/dev/null
}
