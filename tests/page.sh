#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# page.sh BUILD - the page of `twopart report` in a real browser (page.mjs): one of made-up results with
# names that try to do harm, one of 10,000 results, and that of reports/ where its results are there.
# Installs what is missing through apt; screenshots and pages are in BUILD/page-test.
set -u
here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "$1" && pwd) || exit 1
out=$build/page-test

as_root=
[ "$(id -u)" = 0 ] || as_root='sudo -n'
if ! command -v chromium >/dev/null || ! command -v node >/dev/null; then
	{ $as_root apt-get update -q && $as_root env DEBIAN_FRONTEND=noninteractive \
		apt-get install -y -q --no-install-recommends chromium nodejs npm ca-certificates; } >&2
fi
if ! command -v chromium >/dev/null || ! command -v node >/dev/null; then
	echo "missing: a browser or node; on Debian: apt-get install chromium nodejs npm" >&2
	exit 5
fi
"$here/../bench/npm.sh" "$here/../bench/vega.lock" "$build/vega" || exit
"$here/../bench/npm.sh" "$here/page.lock" "$build/playwright" || exit
export VEGA=$build/vega PLAYWRIGHT=$build/playwright/playwright-core
CHROMIUM=$(command -v chromium)
export CHROMIUM

mkdir -p "$out"
failed=0
# look PAGE: in the browser
look() {
	echo "# $1"
	node "$here/page.mjs" "$out/$1.html" "$out/$1" || failed=1
}

"$build/tests/test_page" --sample 200 "$out/sample.html" && look sample || failed=1
"$build/tests/test_page" --sample 10000 "$out/many.html" && look many || failed=1
if [ -f "$here/../reports/bench.jsonl" ]; then
	"$build/twopart" report -q -o "$out/report" "$here/../reports/bench.jsonl" &&
		cp "$out/report/bench.html" "$out/reference.html" && look reference || failed=1
fi
exit $failed
