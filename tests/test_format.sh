#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Property: src/FORMAT.md says what archives are: its test vectors are true in both directions, and
# a decoder made from that page gives the same files and the same answers as the program.
# Method: decode_archive.py (the page's decoder) and compare_decoders.py, which draws archives of
# every predictor of the page, forges some that break one rule each with the digest right, and
# damages others.
# Environment: $TWOPART.
here=$(cd "$(dirname "$0")" && pwd) || exit 1
. "$here/lib.sh"
export PYTHONDONTWRITEBYTECODE=1
compare() { python3 "$here/compare_decoders.py" "$TWOPART" "$@"; }
if ! python3 -c 'import sys; sys.exit(sys.version_info < (3, 8))' 2>/dev/null; then
	echo 'ok - # SKIP no python3'
	exit 0
fi
echo 1..3
compare vectors "$here/../src/FORMAT.md"
compare archives 200 1
compare damaged 170 1
