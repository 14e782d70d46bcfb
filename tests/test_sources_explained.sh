#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Property: no file of the tree is binary without a script that makes it again; and none that is text
# hides long lines of what nobody can read.  Method: every file that git knows (or, without git, that
# is there) is tried as UTF-8 text without control characters; what is not has to be in golden/, whose
# files test_golden_archives.sh makes again.  No line of text outside of reports holds 200 characters
# of base64 or of hexadecimal digits in a row.
cd "$(dirname "$0")/.." || exit 1
files() {
	git ls-files -z 2>/dev/null | grep -qz . && git ls-files -z && return
	find . \( -name .git -o -name 'build*' \) -prune -o -type f -printf '%P\0'
}

report() { if [ -z "$2" ]; then echo "ok - $1"; else printf 'not ok - %s\n# %s\n' "$1" "$2"; fi; }

# Not UTF-8, or with control characters that are neither tab nor line feed.
binaries() {
	files | LC_ALL=C xargs -0 grep -laP '[\x00-\x08\x0b-\x1f\x7f]'
	files | LC_ALL=C.UTF-8 xargs -0 grep -laxv '.*'
}

report 'there are files' "$([ "$(files | tr -cd '\0' | wc -c)" -gt 300 ] || echo 'too few')"
report 'every binary file is made again by a script' "$(
	binaries | sort -u | while read -r file; do
		case $file in
		tests/golden/*.2p | tests/golden/*.tpm)
			grep -qF " ${file##*/} " tests/golden/MANIFEST && continue ;;
		esac
		echo "$file"
	done)"
report 'no text hides another file' "$(
	files | LC_ALL=C xargs -0 grep -lIE '[A-Za-z0-9+/=]{200}' | grep -vE '^reports/|\.lock$')"
