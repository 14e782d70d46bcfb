#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# minutes: 8
#
# part_fuzz.sh - every fuzz target under AFL++, then under libFuzzer with ASan and UBSan, which begins
# with what AFL++ kept (tests/fuzz/fuzz.sh): executions, findings, and the lines of the code that
# reads which they reached.
#
# Corpora stay in the build's directories, so that another run goes on where this one ended.
# Environment: FUZZ_SECONDS, a target under libFuzzer (15); AFL++ has half of that.
. "$(dirname "$0")/lib.sh"
seconds=${FUZZ_SECONDS:-${QUICK:+1}}
seconds=${seconds:-10}
peer='zstd, xz: 600 s each a change; SQLite: 5e8 executions a day'

# What reads what others wrote: coverage is asked of it.
readers='src/archive.c src/buffer.c src/container.c src/model_file.c src/options.c src/safetensors.c
src/tokens.c coders/range_coder.c corpora/world.c corpora/sk_prior.c corpora/sk_model_code.c
corpora/dirichlet_table.c bench/spec.c bench/result.c bench/record.c bench/store.c'

make -s -C "$source" -j"$(nproc)" B="$BUILD" fuzz-standalone >&2 || exit 1

# rows ENGINE NAME HOW: of the table that fuzz.sh wrote.
rows() {
	local table=$BUILD-$1/table findings
	findings=$(awk '{n += $5} END {print n + 0}' "$table")
	row 2 "fuzzing with $2, executions a target" \
		"$(awk '{printf "%s%s %d", NR == 1 ? "" : ", ", $1, $2}' "$table")" "$peer" \
		"$(holds awk '$2 == 0 {bad = 1} END {exit bad || NR == 0}' "$table")"
	row 2 "fuzzing with $2, in all: no open finding" \
		"$(awk '{n += $2} END {printf "%d", n}' "$table") executions$3, \
edges $(awk '{printf "%s%s %d", NR == 1 ? "" : ", ", $1, $3}' "$table"); $findings findings" \
		"$peer" "$(holds test "$findings" = 0)"
}

if [ -z "$QUICK" ] && need afl-fuzz 'afl++' >/dev/null && need clang clang libomp-dev >/dev/null; then
	FUZZ_SECONDS=$((seconds / 2)) "$source/tests/fuzz/fuzz.sh" afl "$BUILD" >&2
	[ -s "$BUILD-afl/table" ] || exit 1
	rows afl AFL++
else
	row 2 'fuzzing with AFL++' "${QUICK:+not in a quick run}" "$peer" 'not here'
fi

if need clang clang libclang-rt-14-dev libomp-dev >/dev/null; then
	FUZZ_SECONDS=$seconds "$source/tests/fuzz/fuzz.sh" libfuzzer "$BUILD" >&2
	[ -s "$BUILD-libfuzzer/table" ] || exit 1
	rows libfuzzer libFuzzer " under ASan and UBSan"
else
	row 2 'fuzzing with libFuzzer' 'no clang' "$peer" 'not here'
fi

# Of the targets together, as far as they ended without a finding.
profile=$BUILD-libfuzzer/profile
if ls "$profile"/*.profraw >/dev/null 2>&1 && need llvm-cov llvm >/dev/null; then
	(cd "$source" && llvm-profdata merge -o "$profile/all" "$profile"/*.profraw &&
		objects=$(printf ' -object %s' "$BUILD-libfuzzer"/fuzz-engine/*) &&
		llvm-cov export -summary-only -instr-profile "$profile/all" ${objects# -object}) >coverage.json 2>>err
	lines=$(python3 - coverage.json $readers <<-'E'
		import json, os, sys
		files = [f["summary"] for f in json.load(open(sys.argv[1]))["data"][0]["files"]
		         if os.path.normpath(f["filename"]).endswith(tuple(sys.argv[2:]))]
		def reached(what):
		    count = sum(f[what]["count"] for f in files)
		    return 100 * sum(f[what]["covered"] for f in files) / count, count
		print("%.1f %% of %d lines, %.1f %% of %d branches" % (*reached("lines"), *reached("branches")))
	E
	)
	row 2 'what the targets reach of the code that reads' "${lines:-not measured}" 'none publishes it' \
		"$(if [ -n "$lines" ]; then echo yes; else echo 'not here'; fi)"
fi
