#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# run.sh BUILD - run every test program BUILD/tests/test_* and every script tests/test_*.sh, some at
# a time; show what failed; end with "N passed, M failed".
#
# Each prints TAP: a line "ok ..." or "not ok ..." a test.  A program that ends with an error
# without a "not ok", or with fewer lines than its plan 1..N, crashed: one more failure.
# Scripts find the program in $TWOPART, the build in $BUILD, the compiler in $CC.
here=$(cd "$(dirname "$0")" && pwd) || exit 1
BUILD=$(cd "$1" && pwd) || exit 1
TWOPART=$BUILD/twopart
export BUILD TWOPART
export CMOCKA_MESSAGE_OUTPUT=TAP
# Threads that wait for each other sleep: tests share the processors with other work.
export OMP_WAIT_POLICY="${OMP_WAIT_POLICY:-passive}"
logs=$BUILD/tests/logs
seconds=600 # for one program

rm -rf "$logs"
mkdir -p "$logs" || exit 1
tests=()
for source in "$here"/test_*.c; do
	tests+=("$BUILD/tests/$(basename "$source" .c)")
done
for script in "$here"/test_*.sh; do
	tests+=("$script")
done

# shellcheck disable=SC2016
printf '%s\n' "${tests[@]}" | xargs -P "$(nproc)" -I TEST bash -c '
	name=$(basename "$1")
	timeout "$3" "$1" >"$2/$name.log" 2>&1
	echo $? >"$2/$name.status"' run TEST "$logs" "$seconds"

passed=0 failed=0
for test in "${tests[@]}"; do
	name=$(basename "$test")
	log=$logs/$name.log
	status=$(cat "$logs/$name.status" 2>/dev/null || echo 'not run')
	good=$(grep -c '^ok' "$log")
	bad=$(grep -c '^not ok' "$log")
	plan=$(sed -n 's/^1\.\.\([0-9]*\).*/\1/p' "$log" | awk '{n += $1} END {print n + 0}')
	if [ "$bad" = 0 ] && { [ "$status" != 0 ] || [ $((good + bad)) -lt "$plan" ] ||
		[ "$good" = 0 ]; }; then
		bad=1
		echo "not ok - $name: crashed or ended early (status $status)" >>"$log"
	fi
	passed=$((passed + good)) failed=$((failed + bad))
	if [ "$bad" != 0 ]; then
		echo "--- $name: $bad failed"
		grep -v '^ok' "$log"
	fi
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
