#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Property: the seeds are the same bytes every time, and no fuzz target finds anything in them or in
# some mutations of them.  Method: the targets with a main() of our own (tests/fuzz/standalone.c);
# `make fuzz` searches with an engine.
# Environment: $BUILD.
here=$(cd "$(dirname "$0")" && pwd) || exit 1
# shellcheck source=tests/lib.sh
. "$here/lib.sh"
export OMP_NUM_THREADS=1 # as many as the targets ask for anyway

"$BUILD/fuzz/seeds" seeds 2>err && "$BUILD/fuzz/seeds" again 2>>err
report 'seeds are drawn' "$([ -d again/world ] || cat err)"
report 'seeds are the same bytes every time' "$(diff -rq seeds again)"

try() { # TARGET RUNS
	"$BUILD/fuzz/$1" -n "$2" -k last "seeds/${1%-unsealed}" 2>err
	local code=$?
	report "$1: seeds and $2 mutations" "$([ "$code" = 0 ] ||
		echo "exit code $code, $(grep . err | tail -n 2), input: $(base64 -w 0 last | head -c 2000)")"
}
try container 20000
try tokens 2000
try model_file 1000
try model_file-unsealed 100
try safetensors 300
try options 3000
try results 50
try argv 300
try world 100
try decode 300
try decode-unsealed 100
try round_trip 20
