#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# minutes: 18
#
# part_tools.sh - what the tools say that look for mistakes: ASan with UBSan, MSan, TSan, valgrind's
# memcheck, gcc -fanalyzer, clang-tidy, cppcheck.
#
# What runs under the four that run programs: every fuzz target's seeds, among them archives and
# round trips of every predictor, with some mutations, and some unit tests of coding and format (the
# whole suite under ASan is `make SAN=1 test`, an hour).  What is left out, and each finding that is
# false, stands in tests/trust/suppressions with its reason; an entry without one is a NO here.
# The two analysers that follow paths look at coding and format, cppcheck at every file.
# Environment: TOOLS, some of: asan msan tsan memcheck analyzer tidy cppchecks (all).
. "$(dirname "$0")/lib.sh"
lists=$source/tests/trust/suppressions
tools=${TOOLS:-asan msan tsan memcheck analyzer tidy cppchecks}
peer='zstd, xz: ASan, UBSan, MSan in CI'
seeds=$work/seeds
export OMP_NUM_THREADS=1 OMP_WAIT_POLICY=passive CMOCKA_MESSAGE_OUTPUT=TAP

make -s -C "$source" -j"$(nproc)" B="$BUILD" fuzz-standalone >&2 || exit 1
"$BUILD/fuzz/seeds" "$seeds" "$source/reports/bench.jsonl" >&2 || exit 1

targets=$(cd "$source/tests/fuzz" && echo target_*.c | sed 's/target_//g; s/\.c//g')
targets="$targets decode-unsealed model_file-unsealed"
units='tokens options range_coder dist model_file safetensors outfile mixing'
[ -z "$QUICK" ] || targets='container options tokens' units='container options'

# sources of coding and format, for those who follow paths
paths() {
	cd "$source" && ls src/{archive,buffer,container,digest,dist,file,model_file,noise,npy}.c \
		src/{options,outfile,run,safetensors,scribe,status,tokens,trainer_checkpoint}.c \
		src/{training_data,twopart,utf8,document}.c coders/*.c models/*.c \
		corpora/{world,sk_model_code,sk_description,sk_prior,dirichlet,santafe}.c |
		if [ -n "$QUICK" ]; then grep -E '/(options|tokens|container|range_coder)\.c'; else
			grep -v -e kernels_ -e 'mix_avx' -e 'mix_plain'; fi
}
includes='-Isrc -Icoders -Imodels -Icorpora -Ibench -Itests -std=c11 -D_GNU_SOURCE'

# build NAME MAKE-ARGUMENT...: program, targets and unit tests in a directory of their own.
build() {
	local name=$1 unit units_there=
	shift
	for unit in $units; do
		[ ! -e "$source/tests/test_$unit.c" ] ||
			units_there="$units_there $BUILD-$name/tests/test_$unit"
	done
	make -s -C "$source" -j"$(nproc)" B="$BUILD-$name" "$@" "$BUILD-$name/twopart" \
		${targets:+$(printf " $BUILD-$name/fuzz/%s" $targets)} $units_there >make.log 2>&1 || {
		tail -n 5 make.log >&2
		return 1
	}
}

# run_all NAME RUNS [COMMAND...]: the targets on their seeds with RUNS mutations, the unit tests.
# Sets n_run, n_bad; what a tool reports is on standard error.
run_all() {
	local name=$1 runs=$2 target unit seed left
	shift 2
	n_run=0 n_bad=0
	for target in $targets; do
		rm -rf these && mkdir these
		for seed in "$seeds/${target%-unsealed}"/*; do
			left_out "$name" "${target%-unsealed}" "$(basename "$seed")" || cp "$seed" these
		done
		left=$(find these -type f | wc -l)
		[ "$left" != 0 ] || continue
		[ "$left" = "$(find "$seeds/${target%-unsealed}" -type f | wc -l)" ] || runs=0
		one "$name $target" "$@" "$BUILD-$name/fuzz/$target" -m 600 -n "$runs" these
	done
	for unit in $units; do
		[ ! -e "$BUILD-$name/tests/test_$unit" ] ||
			left_out "$name" "test_$unit" '' ||
			one "$name test_$unit" "$@" "$BUILD-$name/tests/test_$unit"
	done
}

one() { # WHAT COMMAND...
	local what=$1 code
	shift
	n_run=$((n_run + 1))
	TIMEFORMAT="$what: %0U s"
	time timeout 900 "$@" >run.log 2>&1
	code=$?
	[ "$code" != 0 ] || return
	n_bad=$((n_bad + 1))
	echo "$what: exit code $code" >&2
	grep -v '^ok' run.log | grep -m 12 -E 'twopart|ERROR|error|WARNING|not ok|SUMMARY|==|#[0-4]' >&2
}

# left_out TOOL TARGET SEED: does the tool's list say so?
left_out() {
	local target pattern
	[ -e "$lists/$1.txt" ] && [ "$1" = msan ] || return 1
	while read -r target pattern; do
		# shellcheck disable=SC2254
		case $target in
		"$2") case $3 in $pattern) return 0 ;; esac ;;
		esac
	done < <(grep -v '^#' "$lists/$1.txt")
	return 1
}

# reasons: entries of all lists, and of .clang-tidy's, that no comment precedes.
reasons() {
	awk '
		FNR == 1 {reasoned = 0; inside = 0}
		/^#/ {reasoned = 1; next}
		/^ *$/ {if (!inside) reasoned = 0; next}
		/^\{/ {inside = 1}
		/^\}/ {inside = 0; next}
		!reasoned {print FILENAME ": " $0}' "$lists"/*.txt
	grep '^  -' "$source/.clang-tidy" | tr -d ' ' | tr , '\n' | sed -n 's/^-\([a-z]\)/\1/p' |
		while read -r check; do
		grep -q "^#.*$(sed 's/[*.]/./g; s/implicit-widening-of-multiplication-result/implicit-widening-../' <<<"$check")" \
			"$source/.clang-tidy" || echo ".clang-tidy: $check"
	done
}

ran() { # WHAT: the row of what run_all did
	row 13 "$1: nothing reported" "$n_run programs, $n_bad with reports$2" "$peer" \
		"$(holds test "$n_bad" = 0 -a "$n_run" -gt 0)"
}

clang_is_here() { need clang clang libclang-rt-14-dev libomp-dev libcmocka-dev >/dev/null; }

# ---- Those that run programs. ----

# The build of the fuzz targets' engine, with a main() of our own.
asan() {
	local goals unit
	clang_is_here || return 2
	goals=$(printf ' @/fuzz/%s' $targets)
	for unit in $units; do
		[ ! -e "$source/tests/test_$unit.c" ] || goals="$goals @/tests/test_$unit"
	done
	"$source/tests/fuzz/build.sh" libfuzzer "$BUILD" $goals || return 1
	LLVM_PROFILE_FILE=/dev/null run_all libfuzzer 20
	ran 'ASan and UBSan, clang'
}

# Without OpenMP, whose runtime is not instrumented, and with a form of it that has one thread.
msan() {
	clang_is_here || return 2
	cat >omp.c <<-'C'
		int omp_get_max_threads(void);
		int omp_get_max_threads(void) { return 1; }
		int omp_get_num_threads(void);
		int omp_get_num_threads(void) { return 1; }
		int omp_get_thread_num(void);
		int omp_get_thread_num(void) { return 0; }
		int omp_get_num_procs(void);
		int omp_get_num_procs(void) { return 1; }
		void omp_set_num_threads(int n);
		void omp_set_num_threads(int n) { (void)n; }
	C
	clang -O1 -c omp.c -o omp.o || return 1
	local targets_all=$targets units_all=$units
	targets='container decode decode-unsealed options round_trip tokens' units=
	[ -z "$QUICK" ] || targets='container options'
	build msan CC=clang CFLAGS='-O1 -g -fno-openmp -Wno-source-uses-openmp' LDFLAGS="$work/omp.o" \
		CPPFLAGS=-DXXH_INLINE_ALL \
		SAN_FLAGS="-fsanitize=memory -fno-omit-frame-pointer" && run_all msan 20
	local built=$?
	targets=$targets_all units=$units_all
	[ "$built" = 0 ] && ran MSan ", $(grep -c '^[a-z]' "$lists/msan.txt") kinds of seeds left out"
}

# Blocks in threads, threads inside a block, training: what runs at once.
tsan() {
	clang_is_here || return 2
	local archer=/usr/lib/llvm-14/lib/libarcher.so units_all=$units targets_all=$targets model
	targets= units=library
	build tsan CC=clang CFLAGS='-O1 -g' SAN_FLAGS='-fsanitize=thread -fno-omit-frame-pointer'
	local built=$?
	targets=$targets_all units=$units_all
	[ "$built" = 0 ] || return 1
	export TSAN_OPTIONS="suppressions=$lists/tsan.txt:ignore_noninstrumented_modules=1:exitcode=66"
	[ ! -e "$archer" ] || export OMP_TOOL_LIBRARIES=$archer
	local program=$BUILD-tsan/twopart
	n_run=0 n_bad=0
	cp "$source/README.md" in
	head -c 12000 in >short
	for model in uniform order0 ngram ctw ensemble mix mix:level=1 mix:level=9 \
		neural:layers=1,dim=16,ctx=16 transformer:online:layers=1,dim=32,ctx=16,streams=4; do
		[ -z "$QUICK" ] || [ $n_run -lt 2 ] || break
		OMP_NUM_THREADS=4 one "tsan $model" "$program" compress -q -f -T4 --block 3000 -m "$model" \
			-o out.2p short
		OMP_NUM_THREADS=4 one "tsan $model" "$program" decompress -q -f -T4 -o back out.2p
		cmp -s short back || n_bad=$((n_bad + 1))
	done
	if [ -z "$QUICK" ]; then
		OMP_NUM_THREADS=4 one 'tsan one block' "$program" compress -q -f -T4 \
			-m neural:layers=1,dim=32,ctx=32 -o out.2p short
		OMP_NUM_THREADS=4 one 'tsan train' "$program" train -q -T4 --layers 1 --dim 16 --ctx 16 \
			--batch 4 --steps 4 -o m.tpm short
		OMP_NUM_THREADS=4 one 'tsan library' "$BUILD-tsan/tests/test_library"
	fi
	unset OMP_TOOL_LIBRARIES
	ran 'TSan, 4 threads'
}

memcheck() {
	need valgrind valgrind >/dev/null || return 2
	local units_all=$units targets_all=$targets
	units='options range_coder tokens' targets='container decode model_file options tokens round_trip
	world'
	[ -z "$QUICK" ] || targets='container options' units=options
	make -s -C "$source" B="$BUILD" $(printf " $BUILD/tests/test_%s" $units) >&2 || return 1
	# The same build under the name that run_all knows; the form of instructions valgrind has.
	ln -sfn "$BUILD" "$work/link-valgrind"
	local build_all=$BUILD
	BUILD=$work/link
	[ -z "$QUICK" ] || find "$seeds" -type f -name '*-2*' -delete
	TWOPART_SIMD=avx2 run_all valgrind 0 valgrind -q --error-exitcode=9 --leak-check=full \
		--errors-for-leak-kinds=definite --suppressions="$lists/valgrind.txt"
	BUILD=$build_all units=$units_all targets=$targets_all
	ran 'valgrind memcheck'
}

# ---- Those that read the sources. ----

cat >planted.c <<-'C'
	#include <stdlib.h>
	int planted(int n);
	int planted(int n)
	{
		int *p = calloc(4, sizeof *p);

		if (!p)
			return 1;
		if (n > 3)
			free(p);
		n = p[1];
		free(p);
		return n;
	}
C

# counted WHAT FILES COMMAND...: the row, and the findings as they are, of COMMAND FILE..., whose
# output is a line a finding.  It has to find what is planted, or it did not look.
counted() {
	local what=$1 files=$2 n planted
	shift 2
	planted=$("$@" "$work/planted.c" | grep -c .)
	# shellcheck disable=SC2086
	"$@" $files >found
	n=$(grep -c . <found)
	head -n 40 found >&2
	files=$(cd "$source" && find $files -name '*.c' | wc -l)
	row 13 "$what: nothing open" "$files files, $n findings, the planted mistake $(
			[ "$planted" != 0 ] || echo 'not ')found" "$peer" \
		"$(holds test "$n" = 0 -a "$planted" != 0)"
}

analyzer_of() {
	local file
	for file in "$@"; do
		(cd "$source" && gcc -fanalyzer -O1 $includes -fopenmp -ffp-contract=off \
			-include tests/trust/analysis.h $(flags_of "$file") -c "$file" -o /dev/null 2>&1) |
			grep -E 'warning: .*-Wanalyzer' | sed "s|^cc1:|$file:|" | known fanalyzer
	done
}
analyzer() { counted 'gcc -fanalyzer, coding and format' "$(paths)" analyzer_of; }

# What the functions that tell of errors return is no news to status.c.
flags_of() { [ "$1" != src/status.c ] || echo '-DTWOPART_ANALYSIS_H'; }

# known TOOL: without the findings that its list names, "FILE WARNING".
known() {
	grep -v '^#' "$lists/$1.txt" | awk 'NF' >"$work/entries"
	awk 'FILENAME != "-" {file[NR] = $1; warning[NR] = $2; n = NR; next}
		{for (i = 1; i <= n; i++) if (index($0, file[i] ":") && index($0, warning[i])) next; print}' \
		"$work/entries" -
}

tidy_of() {
	local file
	for file in "$@"; do
		(cd "$source" && clang-tidy --quiet "$file" -- $includes -fopenmp \
			-include tests/trust/analysis.h $(flags_of "$file") 2>/dev/null)
	done | grep -E ': (warning|error): ' | known clang-tidy
}
tidy() {
	need clang-tidy clang-tidy >/dev/null || return 2
	counted 'clang-tidy, coding and format' "$(paths)" tidy_of
}

cppcheck_of() {
	(cd "$source" && cppcheck --include="$work/macros.h" -I"$BUILD" -I"$BUILD/bench" \
		--enable=warning,portability --quiet --std=c11 --inline-suppr \
		--suppressions-list="$work/cppcheck.list" --template='{file}:{line}: {id}: {message}' \
		-Isrc -Icoders -Imodels -Icorpora -Ibench -Itests "$@" 2>&1) | grep -v ': information:'
}
cppchecks() {
	need cppcheck cppcheck >/dev/null || return 2
	local folders='src coders models corpora bench tests'
	[ -z "$QUICK" ] || folders=coders
	grep -v '^#' "$lists/cppcheck.txt" | awk 'NF' >cppcheck.list
	cat >macros.h <<-'C'
		#define json_array_foreach(array, i, value) \
			for (i = 0; i < json_array_size(array) && (value = json_array_get(array, i)); i++)
		#define json_object_foreach(object, key, value) \
			for (key = first_key(object); key && (value = json_object_get(object, key)); \
			     key = next_key(object, key))
	C
	counted 'cppcheck, every file' "$folders" cppcheck_of
}

try() { # FUNCTION WHAT
	case " $tools " in *" $1 "*) ;; *) return ;; esac
	"$1"
	case $? in
	0) ;;
	2) row 13 "$2" 'the tool is not here' "$peer" 'not here' ;;
	*) row 13 "$2" 'what it needs could not be built' "$peer" NO ;;
	esac
}
try asan 'ASan and UBSan'
try msan MSan
try tsan TSan
try memcheck 'valgrind memcheck'
try analyzer 'gcc -fanalyzer'
try tidy clang-tidy
try cppchecks cppcheck
reasons >unreasoned
cat unreasoned >&2
row 13 'no suppression without a written reason' \
	"$(grep -hcv -e '^#' -e '^ *$' "$lists"/*.txt | awk '{n += $1} END {print n}') lines of suppression, $(grep -c . unreasoned) without" \
	'none publishes' "$(holds test ! -s unreasoned)"
