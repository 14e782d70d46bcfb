#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# build.sh ENGINE BUILD GOAL... - make these goals in BUILD-ENGINE with the flags of an engine:
# libfuzzer, with ASan and UBSan, or afl, without, which is built and runs several times as fast (what
# it keeps is tried under libfuzzer, too).  "@" in a goal stands for that directory.  One build at a
# time, whoever else asks meanwhile.
# Environment: JOBS (a job a processor).
engine=$1
source=$(cd "$(dirname "$0")/../.." && pwd) || exit 1
directory=$(cd "$2" && pwd)-$engine || exit 1
shift 2
export AFL_DONT_OPTIMIZE=1 AFL_QUIET=1 # the level is ours
flags='-fsanitize=address,undefined,float-cast-overflow -fno-sanitize-recover=undefined,float-cast-overflow'
case $engine in
libfuzzer)
	compiler=clang
	flags="$flags -fsanitize=fuzzer-no-link -fprofile-instr-generate -fcoverage-mapping" ;;
afl) compiler=afl-clang-fast flags= ;;
*)
	echo "build.sh: no engine '$engine': libfuzzer, afl" >&2
	exit 1 ;;
esac
goals=$(printf '%s ' "$@")
exec flock "$directory.lock" make -s -C "$source" -j"${JOBS:-$(nproc)}" B="$directory" CC=$compiler \
	CFLAGS='-O1 -g' SAN_FLAGS="$flags" ${goals//@/$directory} >&2
