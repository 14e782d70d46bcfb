#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# minutes: 10
#
# part_coverage.sh - how much of the code that codes, and that reads and writes files, the tests run.
#
# A build of its own with gcc's counters (-O1: lines stay what they are in the source), the unit
# tests and the tests of the command line that touch that code, then gcov.  Counted are the files
# below, and, of each kernel's body, only what the processor at hand runs.  Not the whole suite: what
# the rest would add is not claimed.  What no test reached is left in coverage-missed of the build's
# directory, a line "FILE: LINE" each.
. "$(dirname "$0")/lib.sh"
directory=$BUILD-coverage

# Everything between an archive's bytes and a file's: format, files, coders, models.
files=$(cd "$source" && echo src/{archive,buffer,container,digest,dist,file,float_guard,model_file}.c \
	src/{noise,options,outfile,run,safetensors,scribe,status,streams,tokens,twopart,utf8,npy}.[ch] \
	coders/*.[ch] models/*.[ch] corpora/{world,sk_model_code,sk_description}.c)
tests="archive_limits bad_codecs byte_coder codecs container ctw damage dist golden hostile_bytes
kernels lexicon library memory mix_bytes mix_tokens mix_tokens_network mixers mixing mixing_avx2
model_archive model_file models network ngram noise online options outfile range_coder rounding
safetensors scribe shape sk_model sources tokens transformer twopart"
scripts="cli fuzz model_cli two_part"
if [ -n "$QUICK" ]; then
	tests="container dist options range_coder tokens" scripts=
	files=$(cd "$source" && echo src/{container,dist,options,run,tokens}.c coders/range_coder.[ch])
fi

need gcov gcc >/dev/null || {
	row 13 'coverage of codec and format code' 'no gcov' 'SQLite: 100 % of branches' 'not here'
	exit 0
}
present=
for test in $tests; do
	[ ! -e "$source/tests/test_$test.c" ] || present="$present $test"
done
goals=$(printf " $directory/tests/test_%s" $present)
make -s -C "$source" -j"$(nproc)" CC=gcc B="$directory" CFLAGS='-O1 -g' SAN_FLAGS=--coverage \
	"$directory/twopart" $goals ${scripts:+fuzz-standalone} >&2 || exit 1

find "$directory" -name '*.gcda' -delete
failed=0
export CMOCKA_MESSAGE_OUTPUT=TAP OMP_WAIT_POLICY=passive # waiting threads sleep
for test in $present; do
	timeout 600 "$directory/tests/test_$test" >test.log 2>&1 || {
		echo "test_$test failed:" >&2
		grep -v '^ok' test.log >&2
		failed=$((failed + 1))
	}
done
for script in $scripts; do
	(BUILD=$directory TWOPART=$directory/twopart CC=gcc timeout 600 \
		"$source/tests/test_$script.sh") >test.log 2>&1
	if grep -q '^not ok' test.log; then
		grep -A3 '^not ok' test.log >&2
		failed=$((failed + 1))
	fi
done

# count FILE: "lines run, lines, branches taken, branches" of all objects that hold the file; a line
# of a header counts as run when any of them ran it.
mkdir counts && cd counts || exit 1
objects=$(cd "$directory" && find src coders models corpora -name '*.gcda')
for object in $objects; do
	(cd "$source" && gcov -b -t -p -r -s "$source" -o "$directory/$(dirname "$object")" \
		"$directory/$object" 2>/dev/null) >>all.gcov
done
printf '%s\n' $files >wanted
awk '
	FNR == NR {wanted[$1]; next}
	/^ *-: *0:Source:/ {sub(/^ *-: *0:Source:/, ""); file = $0; line = 0; next}
	!(file in wanted) {next}
	/^branch/ {
		key = file ":" line ":" n++
		all_branches[key]
		if ($0 ~ /taken [1-9]/) taken[key]
		next
	}
	/^ *(#####|=====|[0-9]+\*?|-): *[0-9]+:/ {
		split($0, part, ":")
		gsub(/ /, "", part[1]); line = part[2] + 0; n = 0
		if (part[1] == "-") next
		key = file ":" line
		lines[key]
		if (part[1] ~ /^[0-9]/) run[key]
	}
	END {
		for (key in lines) if (!(key in run)) print key > "missed"
		print length(run) + 0, length(lines) + 0, length(taken) + 0, length(all_branches) + 0
	}' wanted all.gcov >total
sort -t: -k1,1 -k2,2n missed >"$directory/coverage-missed" 2>/dev/null
read -r run lines taken branches <total
percent() { awk -v a="$1" -v b="$2" 'BEGIN {printf "%.1f", b ? 100 * a / b : 0}'; }

echo "of codec and format code, tests that failed: $failed; not run, by file:" >&2
cut -d: -f1 "$directory/coverage-missed" | sort | uniq -c | sort -rn | head -n 40 >&2
row 3 'lines of codec and format code that tests run: above 95 %' \
	"$(percent "$run" "$lines") % of $lines lines in $(wc -w <<<"$files") files, by $(wc -w <<<"$present $scripts") test programs" \
	'SQLite: 100 % of branches; no compressor publishes any' \
	"$([ -z "$QUICK" ] || { echo 'not here' && exit; }
	holds test $((100 * run)) -gt $((95 * lines)) -a "$failed" = 0)"
row 3 'branches of the same, as measured' "$(percent "$taken" "$branches") % of $branches" \
	'SQLite: 100 %' yes
