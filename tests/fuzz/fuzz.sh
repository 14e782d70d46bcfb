#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# fuzz.sh ENGINE BUILD - run every fuzz target under an engine (libfuzzer, afl) for FUZZ_SECONDS each
# and print a line a target: its name, executions, edges reached, edges there are, findings.
#
# Starts from the seeds of BUILD/fuzz/seeds and from what earlier runs have kept, libfuzzer also from
# what AFL++ has, so that it is tried under sanitizers: corpora grow in
# BUILD-ENGINE/corpus, and what crashed, hung or took too much memory is in BUILD-ENGINE/findings,
# one file a finding, which BUILD-ENGINE/fuzz-engine/TARGET FILE tries again.  Exit code 1 if there
# is any.  What the targets' code was reached with stays in BUILD-libfuzzer/profile (llvm-cov).
#
# A finding is whatever ends the target: a sanitizer's report (libfuzzer), HOLDS(), a run above a gigabyte or 256
# MiB at once, or one of more than 25 seconds - which under sanitizers, on a shared processor, is
# one of a second or two without.
# Environment: FUZZ_SECONDS (60), TARGETS (all).
engine=$1
source=$(cd "$(dirname "$0")/../.." && pwd) || exit 1
build=$(cd "$2" && pwd) || exit 1
engine_build=$build-$engine
seconds=${FUZZ_SECONDS:-60}
all="$(cd "$source/tests/fuzz" && echo target_*.c | sed 's/target_//g; s/\.c//g')"
all="$all decode-unsealed model_file-unsealed"
targets=${TARGETS:-$all}
export OMP_NUM_THREADS=1
export ASAN_OPTIONS=allocator_may_return_null=1:detect_leaks=1:abort_on_error=1:symbolize=0
export UBSAN_OPTIONS=print_stacktrace=1

cd "$source" || exit 1
"$source/tests/fuzz/build.sh" "$engine" "$build" fuzz-engine || exit 1
seeds=$engine_build/seeds
rm -rf "$seeds"
"$build/fuzz/seeds" "$seeds" "$source/reports/bench.jsonl" || exit 1
mkdir -p "$engine_build/corpus" "$engine_build/findings" "$engine_build/log" \
	"$engine_build/profile" || exit 1

# The last number behind NAME in a log or a table of statistics; 0 when there is none.
figure() {
	local found
	found=$(sed -n "s/.*$1[ :]*\([0-9][0-9]*\).*/\1/p" "$2" | tail -n 1)
	echo "${found:-0}"
}

# open_findings TARGET: how many there still are; a finding is open until it passes.
open_findings() {
	local finding limit=
	[ "$engine" != libfuzzer ] || limit=-malloc_limit_mb=256
	for finding in "$engine_build/findings/$1"/*; do
		[ ! -e "$finding" ] || ! timeout 60 "$engine_build/fuzz-engine/$1" $limit \
			"$finding" >/dev/null 2>&1 || rm "$finding"
	done
	find "$engine_build/findings/$1" -type f | wc -l
}

run_libfuzzer() { # TARGET
	local corpus=$engine_build/corpus/$1 log=$engine_build/log/$1
	local other=$build-afl/corpus/$1/default/queue
	mkdir -p "$corpus" "$engine_build/findings/$1"
	[ -d "$other" ] || other=
	LLVM_PROFILE_FILE=$engine_build/profile/$1.profraw \
		"$engine_build/fuzz-engine/$1" -max_total_time="$seconds" -seed=1 -timeout=25 \
		-rss_limit_mb=1024 -malloc_limit_mb=256 -close_fd_mask=1 -print_final_stats=1 \
		-reload=0 -max_len=65536 -artifact_prefix="$engine_build/findings/$1/" \
		"$corpus" "$seeds/${1%-unsealed}" ${other:+"$other"} >"$log" 2>&1
	rm -f "$engine_build/findings/$1"/slow-unit-*
	echo "$1 $(figure stat::number_of_executed_units "$log") $(figure cov "$log")" \
		"$(figure 'Loaded . modules *(' "$log") $(open_findings "$1")"
}

# What AFL++ took for a hang is often the processor's other work: what passes is no finding.
run_afl() { # TARGET
	local out=$engine_build/corpus/$1 log=$engine_build/log/$1 finding
	local from=$seeds/${1%-unsealed}
	[ ! -d "$out/default/queue" ] || from=-
	mkdir -p "$engine_build/findings/$1"
	AFL_NO_UI=1 AFL_SKIP_CPUFREQ=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_NO_AFFINITY=1 \
		AFL_FAST_CAL=1 AFL_MAP_SIZE=1000000 \
		afl-fuzz -i "$from" -o "$out" -V "$seconds" -t 5000+ -m none -s 1 \
		-- "$engine_build/fuzz-engine/$1" >"$log" 2>&1
	local stats=$out/default/fuzzer_stats
	[ -e "$stats" ] || { echo "$1 0 0 0 0" && return; }
	for finding in "$out"/default/{crashes,hangs}/id*; do
		[ ! -e "$finding" ] || cp "$finding" "$engine_build/findings/$1"
	done
	echo "$1 $(figure execs_done "$stats") $(figure edges_found "$stats")" \
		"$(figure total_edges "$stats") $(open_findings "$1")"
}

for target in $targets; do
	"run_$engine" "$target"
done | tee "$engine_build/table"
awk '{bad += $5} END {exit bad > 0 || NR == 0}' "$engine_build/table"
