#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# portability.sh [DIRECTORY] - the same corpora, models, archives and decoded files from every
# compiler, optimisation level and dialect of C, every form of vector instructions, every number of
# threads; under valgrind, another libm, every rounding mode; on 64 bits and 32, little-endian and
# big-endian.  What a cell does is written in golden/check.c: it decodes the archives in golden/ and
# codes them again, so each pair of cells reads what the other writes; and what clang and the foreign
# processors have written is also decoded by gcc's -O2 by itself.  One line a cell; exit code 1 unless
# all that ran agree.  About 20 minutes of one processor; builds stay in DIRECTORY (build-portability)
# for the next time.
# Environment: QUICK (1: one build, few cells, a minute), CELLS (some of: compilers emulated
# environments foreigners; all, with what they need).
#
# Cells without vector instructions make a fused multiply-add of many others, and emulated ones are
# slower still: but for one a compiler, they leave out the networks that learn (kind "few").
#
# A cell that this machine cannot run is printed as "not on this machine" and does not count.  Foreign
# processors need Debian's gcc-TARGET and qemu-user (or qemu-user-static); their libraries are fetched
# as Debian's packages into DIRECTORY and linked statically: neither root nor `dpkg
# --add-architecture` is needed, and nothing is installed.
here=$(cd "$(dirname "$0")" && pwd) || exit 1
cd "$here/.." || exit 1
mkdir -p "${1:-build-portability}" || exit 1
directory=$(cd "${1:-build-portability}" && pwd)
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
export OMP_WAIT_POLICY=passive # threads that wait for each other sleep
n_cells=0 n_bad=0 n_missing=0 n_comparisons=0 n_differences=0
reference=

row() { printf '%-26s %-11s %-7s %7s %-5s %11s %11s  %s\n' "$@"; }

missing() { # WHO HOW SIMD
	row "$1" "$2" "$3" - - - - 'not on this machine'
	n_missing=$((n_missing + 1))
}

# What slow cells do: networks learn only where there is little to learn, and one model is trained.
manifests() {
	mkdir -p "$work/all" "$work/few" && cp "$here"/golden/* "$work/all" &&
		cp "$here"/golden/* "$work/few" || exit 1
	awk '!/^model transformer/ && (!/-m (neural|transformer:online)/ || /-(one|random|s_bin).2p/)' \
		"$here/golden/MANIFEST" >"$work/few/MANIFEST"
}

# cell WHO HOW SIMD THREADS KIND COMMAND...: KIND is a directory of $work; what is made is left in
# $work/made.
cell() {
	local who=$1 how=$2 simd=$3 threads=$4 kind=$5 got code verdict=same
	shift 5
	rm -rf "$work/made" && mkdir "$work/made" || exit 1
	got=$(TWOPART_SIMD=$simd "$@" "$work/$kind" "$work/made" "$threads" 2>"$work/err")
	code=$?
	set -- $got
	n_comparisons=$((n_comparisons + ${1:-0})) n_differences=$((n_differences + ${2:-0}))
	n_cells=$((n_cells + 1))
	if [ "$code" != 0 ] || [ "${1:-0}" = 0 ]; then
		verdict="FAILED ($code): $(head -n 1 "$work/err")"
		n_bad=$((n_bad + 1))
	fi
	row "$who" "$how" "$simd" "$threads" "$kind" "${1:--}" "${2:--}" "$verdict"
}

# What the last cell made, read by the reference.
cross() { # WHO HOW KIND
	local file
	[ -n "$reference" ] && mkdir -p "$work/theirs" || return
	cp "$work/$3/MANIFEST" "$work/$3"/*.tpm "$work/$3/world.json" "$work/theirs"
	for file in "$work"/made/*.2p "$work"/made/*.tpm; do
		cp "$file" "$work/theirs"
	done
	cell "  theirs, by the reference" "$2" auto 1 theirs "$reference"
	rm -rf "$work/theirs"
}

# build NAME VARIABLE=VALUE...: quietly; says why it failed.
build() {
	local name=$1
	shift
	make -s B="$directory/$name" "$@" "$directory/$name/tests/golden/check" >"$work/make.log" 2>&1 ||
		{
			row "$name" "$2" - - - - - "FAILED: $(grep -m 1 -E 'error|undefined' "$work/make.log")"
			n_bad=$((n_bad + 1))
			return 1
		}
}

native() { # COMPILER LEVEL DIALECT THREADS...
	local cc=$1 how="$2 $3" name=$1$2-$3 who simd threads check
	who="$cc $($cc -dumpversion)"
	build "$name" CC="$cc" CFLAGS="$2 -std=$3" || return
	check=$directory/$name/tests/golden/check
	shift 3
	[ -n "$reference" ] || reference=$check
	for simd in plain avx2 avx512; do
		if TWOPART_SIMD=$simd "$check" "$work/none" "$work" 1 2>&1 | grep -q 'does not have'; then
			missing "$who" "$how" $simd
			continue
		fi
		for threads in "$@"; do
			cell "$who" "$how" $simd "$threads" \
				"$([ $simd = plain ] || [ "${how%% *}" = -O0 ] && echo few || echo all)" "$check"
		done
	done
}

# The first build, which reads what others write, with every number of threads.
reference() {
	if [ -n "$QUICK" ]; then
		native gcc -O0 c11 1 16
	else
		native gcc -O2 c11 1 2 3 4 5 8 12 16
	fi
}

compilers() {
	local cc level
	[ -z "$QUICK" ] || return
	cell "gcc $(gcc -dumpversion)" '-O2 c11' plain 1 all "$reference"
	for level in -O0 -O1 -O3 -Os; do
		native gcc $level c11 1 3 16
	done
	native gcc -O2 gnu17 1 3 16
	if ! command -v clang >/dev/null; then
		missing clang - -
		return
	fi
	native clang -O2 c11 1 2 3 4 5 8 12 16
	cross clang '-O2 c11' few
	for level in -O0 -O1 -O3 -Os; do
		native clang $level c11 1 3 16
	done
	native clang -O3 gnu17 1 3 16
}

emulated() {
	local simd
	for simd in plain avx2; do
		if command -v valgrind >/dev/null && [ -z "$QUICK" ] && [ -n "$reference" ]; then
			cell "$(valgrind --version)" '-O2 c11' $simd 2 few \
				valgrind -q --tool=none "$reference"
		else
			missing valgrind - $simd
		fi
	done
}

# A promise of G5 is worth nothing if the other libm is not in use: then the bounds that a world file
# tells, which are for people, would be the same as ever.
environments() {
	local mode hwcaps=glibc.cpu.hwcaps=-AVX2,-FMA,-FMA4,-AVX2_Usable,-FMA_Usable
	# shellcheck source=tests/preload.sh
	. "$here/preload.sh"
	preload_make "$work" || return
	cell 'no change' '' auto 3 few "$reference"
	cp "$work/made/c.json" "$work/plain.json"
	cell 'libm shifted by an ulp' '' auto 3 few env LD_PRELOAD="$work/libm.so" "$reference"
	if cmp -s "$work/plain.json" "$work/made/c.json"; then
		echo 'libm was not shifted' && n_bad=$((n_bad + 1))
	fi
	for mode in up down zero nearest; do
		cell "rounding $mode, FTZ, DAZ" '' auto 3 few \
			env LD_PRELOAD="$work/modes.so" PRELOAD_ROUND=$mode "$reference"
	done
	cell "libm without FMA, AVX2" '' auto 3 few env GLIBC_TUNABLES=$hwcaps "$reference"
}

# fetch ARCHITECTURE ROOT: Debian's packages of the libraries.  An index that a mirror has not got in
# order is left out; apt checks the signatures of the others.
fetch() {
	local root=$2 own package
	[ -e "$root/usr/include/jansson.h" ] && return
	mkdir -p "$root/apt/lists/partial" "$root/apt/cache/archives/partial" || return
	own=(-o APT::Architecture="$1" -o APT::Architectures::="$1" -o Debug::NoLocking=1
		-o Dir::State::lists="$root/apt/lists" -o Dir::State::status=/dev/null
		-o Dir::Cache="$root/apt/cache" -o APT::Sandbox::User="$(id -un)"
		-o APT::Update::Post-Invoke-Success::=)
	{
		apt-get "${own[@]}" update
		(cd "$root" && apt-get "${own[@]}" download libjansson-dev libxxhash-dev libssl-dev) ||
			return
	} >"$work/apt.log" 2>&1
	for package in "$root"/*.deb; do
		dpkg-deb -x "$package" "$root" || return
	done
	rm -rf "$root/apt" "$root"/*.deb
}

# foreign NAME ARCHITECTURE COMPILER TRIPLET EMULATOR LEVELS THREADS.  32-bit x86 runs by itself where
# the kernel allows.
foreign() {
	local who=$1 arch=$2 cc=$3 triplet=$4 qemu level threads check root=$directory/$2-libraries
	qemu=$(command -v "$5" || command -v "$5-static")
	if [ -z "$qemu" ] || ! command -v "$cc" >/dev/null || ! command -v apt-get >/dev/null ||
		! fetch "$arch" "$root"; then
		missing "$who" - -
		return
	fi
	for level in $6; do
		check=$directory/$arch$level/tests/golden/check
		build "$arch$level" CC="$cc" CFLAGS="$level" \
			LDFLAGS="-static -L$root/usr/lib/$triplet" CPPFLAGS="-isystem $root/usr/include \
			-isystem $root/usr/include/$triplet -idirafter /usr/include" || continue
		[ "$arch" = i386 ] && "$check" 2>&1 | grep -q DIRECTORY && qemu=env
		for threads in $7; do
			cell "$who gcc $($cc -dumpversion)" "$level c11" plain "$threads" few "$qemu" "$check"
		done
		cross "$who" "$level" few
	done
}

foreigners() {
	foreign 'i686 (32-bit)' i386 i686-linux-gnu-gcc i386-linux-gnu qemu-i386 -O2 '1 3 16'
	[ -z "$QUICK" ] || return
	foreign 's390x (big-endian)' s390x s390x-linux-gnu-gcc s390x-linux-gnu qemu-s390x -O2 '1 3'
	foreign 'armhf (32-bit)' armhf arm-linux-gnueabihf-gcc arm-linux-gnueabihf qemu-arm -O2 1
	foreign aarch64 arm64 aarch64-linux-gnu-gcc aarch64-linux-gnu qemu-aarch64 '-O2 -O0' '1 3'
}

manifests
row compiler 'flags, C' simd threads kind comparisons differences ''
reference
for part in ${CELLS:-compilers emulated environments foreigners}; do
	$part
done
echo "$n_cells cells, $n_comparisons comparisons, $n_differences differences," \
	"$n_bad cells disagree or failed, $n_missing not on this machine"
[ "$n_bad" = 0 ] && [ "$n_differences" = 0 ] && [ "$n_cells" -gt 1 ]
