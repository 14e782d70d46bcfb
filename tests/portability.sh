#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# portability.sh [DIRECTORY] - the same model, the same archive and the same decoded file from every
# compiler, optimisation level, form of vector instructions, number of threads, from an emulated
# processor of the same kind (valgrind) and from one of another kind (aarch64 under qemu-user); under
# a changed libm and with another rounding mode in the caller.  What a cell does is written in
# portability_cell.sh.  One line a cell; exit code 1 unless all that ran agree.  About five minutes
# on two processors; builds stay in DIRECTORY (build-portability) for the next time.
#
# A cell that this machine cannot run is printed as "not on this machine" and does not count.
#
# For aarch64: apt-get install gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user (or
# qemu-user-static).  The libraries are fetched as Debian's arm64 packages into DIRECTORY and linked
# statically: neither root nor `dpkg --add-architecture` is needed, and nothing is installed.
here=$(cd "$(dirname "$0")" && pwd) || exit 1
cd "$here/.." || exit 1
mkdir -p "${1:-build-portability}" || exit 1
directory=$(cd "${1:-build-portability}" && pwd)
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
given=$here/golden/transformer.tpm
[ -e "$given" ] || given=-
reference='' n_same=0 n_bad=0 n_missing=0

row() { printf '%-22s %-4s %-7s %7s  %-16s %-16s %-16s  %s\n' "$@"; }

missing() { # WHO LEVEL SIMD
	row "$1" "$2" "$3" - - - - 'not on this machine'
	n_missing=$((n_missing + 1))
}

# cell WHO LEVEL SIMD THREADS COMMAND...
cell() {
	local who=$1 level=$2 simd=$3 threads=$4 got code verdict
	shift 4
	got=$(TWOPART_SIMD=$simd "$here/portability_cell.sh" "$work/c.bin" "$given" "$threads" "$@" \
		2>"$work/err")
	code=$?
	[ "$code" = 0 ] || got='- - -'
	if [ "$code" = 5 ]; then
		missing "$who" "$level" "$simd"
		return
	elif [ "$code" != 0 ]; then
		verdict="FAILED: $(head -n 1 "$work/err")"
	elif [ "${reference:=$got}" = "$got" ]; then
		verdict=same
	else
		verdict=DIFFERENT
	fi
	if [ "$verdict" = same ]; then n_same=$((n_same + 1)); else n_bad=$((n_bad + 1)); fi
	# shellcheck disable=SC2086
	set -- $got
	row "$who" "$level" "$simd" "$threads" "$1" "$2" "${3:--}" "$verdict"
}

# build NAME VARIABLE=VALUE...: the program, quietly; says why it failed.
build() {
	local b=$directory/$1
	shift
	make -s B="$b" "$@" "$b/twopart" >"$work/make.log" 2>&1 || {
		grep -m 1 -E 'error|undefined' "$work/make.log" >&2
		return 1
	}
}

compilers() {
	local cc level simd threads b
	for cc in gcc clang; do
		if ! command -v $cc >/dev/null; then
			missing $cc - -
			continue
		fi
		who="$cc $($cc -dumpversion)"
		for level in 0 2 3; do
			b=$directory/$cc-O$level
			if ! build "$cc-O$level" CC=$cc CFLAGS=-O$level; then
				row "$who" -O$level - - - - - 'FAILED: does not build'
				n_bad=$((n_bad + 1))
				continue
			fi
			[ -e "$work/c.bin" ] || make_corpus "$b/twopart"
			for simd in plain avx2 avx512; do
				if ! TWOPART_SIMD=$simd "$b/twopart" models >/dev/null 2>&1; then
					missing "$who" -O$level $simd
					continue
				fi
				for threads in 1 2 3 8; do
					cell "$who" -O$level $simd $threads "$b/twopart"
				done
			done
		done
	done
}

make_corpus() {
	"$1" generate sk -q -o "$work/c" --sentences 300 --seed 5 --words 90 --classes 4 \
		--class-words 8 --first-names 40 --last-names 40 --values 30
}

emulated() {
	local b=$directory/gcc-O2/twopart simd
	for simd in plain avx2; do
		if command -v valgrind >/dev/null && [ -x "$b" ] &&
			TWOPART_SIMD=$simd "$b" models >/dev/null 2>&1; then
			cell "valgrind $(valgrind --version | sed 's/valgrind-//')" -O2 $simd 2 \
				valgrind -q --tool=none "$b"
		else
			missing valgrind -O2 $simd
		fi
	done
}

environments() {
	local b=$directory/gcc-O2/twopart library
	# shellcheck source=tests/preload.sh
	. "$here/preload.sh"
	preload_make "$work" || return
	for library in libm modes; do
		cell "preloaded $library" -O2 auto 3 env LD_PRELOAD="$work/$library.so" "$b"
	done
}

# Debian's arm64 packages of the libraries, unpacked in $1.
fetch_arm64() {
	local root=$1 own
	[ -e "$root/usr/include/zstd.h" ] && return
	mkdir -p "$root/apt/lists/partial" "$root/apt/cache/archives/partial" || return
	own=(-o APT::Architecture=arm64 -o APT::Architectures::=arm64 -o Debug::NoLocking=1
		-o Dir::State::lists="$root/apt/lists" -o Dir::State::status=/dev/null
		-o Dir::Cache="$root/apt/cache" -o APT::Sandbox::User="$(id -un)"
		-o APT::Update::Post-Invoke-Success::=)
	{
		apt-get "${own[@]}" update &&
			(cd "$root" && apt-get "${own[@]}" download libzstd-dev liblzma-dev \
				libbrotli-dev libjansson-dev libxxhash-dev libssl-dev) || return
	} >"$work/apt.log" 2>&1
	local package
	for package in "$root"/*.deb; do
		dpkg-deb -x "$package" "$root" || return
	done
	rm -rf "$root/apt" "$root"/*.deb
}

aarch64() {
	local cc=aarch64-linux-gnu-gcc root=$directory/arm64-libraries qemu level threads
	qemu=$(command -v qemu-aarch64 || command -v qemu-aarch64-static)
	if [ -z "$qemu" ] || ! command -v $cc >/dev/null || ! command -v apt-get >/dev/null ||
		! fetch_arm64 "$root"; then
		missing 'aarch64 (qemu-user)' - -
		return
	fi
	for level in 0 2; do
		if ! build aarch64-O$level CC=$cc CFLAGS=-O$level LDFLAGS="-static \
			-L$root/usr/lib/aarch64-linux-gnu" CPPFLAGS="-isystem $root/usr/include \
			-isystem $root/usr/include/aarch64-linux-gnu -idirafter /usr/include"; then
			row "aarch64 gcc $($cc -dumpversion)" -O$level - - - - - 'FAILED: does not build'
			n_bad=$((n_bad + 1))
			continue
		fi
		for threads in 1 3; do
			cell "aarch64 gcc $($cc -dumpversion)" -O$level auto $threads \
				"$qemu" "$directory/aarch64-O$level/twopart"
		done
	done
}

row compiler '' simd threads model archive 'given model'
compilers
emulated
environments
aarch64
echo "$n_same cells agree, $n_bad do not, $n_missing not on this machine"
[ "$n_bad" = 0 ] && [ "$n_same" -gt 1 ]
