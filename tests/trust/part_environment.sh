#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# minutes: 4
#
# part_environment.sh BUILD - the same bytes and reports in every environment (G14), and sources that
# explain all that is built of them (G15).  About four minutes of one processor, most of them two
# builds of the whole program.
#
# A comparison is of a corpus, a model, an archive, or of what an archive decodes to, with what is
# kept in tests/golden, by tests/golden/check.c.
here=$(cd "$(dirname "$0")" && pwd) || exit 1
# shellcheck source=tests/trust/lib.sh
. "$here/lib.sh"
# shellcheck source=tests/preload.sh
. "$source/tests/preload.sh"
export OMP_WAIT_POLICY=passive
unset MAKEFLAGS MAKELEVEL MFLAGS

make -s -C "$source" B="$BUILD" "$BUILD/tests/golden/check" >&2
# Readable by everyone, for the user nobody.
chmod 755 . && mkdir golden made bin && chmod 777 made && cp "$source"/tests/golden/* golden &&
	cp "$BUILD/tests/golden/check" "$TWOPART" bin && chmod -R a+rX golden bin
preload_make "$work" >&2

# way PROMISE COMMAND...: what `COMMAND... check GOLDEN MADE 3` finds.
way() {
	local promise=$1 got code
	shift
	rm -rf made/*
	got=$("$@" "$work/bin/check" "$work/golden" "$work/made" 3 2>err)
	code=$?
	cat err >&2
	set -- $got
	row G14 "$promise" "${1:-0} comparisons, ${2:-all} differences" none \
		"$(holds [ "$code${1:+ran}" = 0ran ])"
}

with_stack() { (ulimit -s "$1" && shift && "$@"); }
with_umask() { (umask "$1" && shift && "$@"); }
elsewhere() { (mkdir -p "$work/gone" && cd "$work/gone" && rmdir "$work/gone" && "$@"); }

need localedef locales
if preload_locale "$work"; then
	way 'in a process whose locale has decimal commas' env LOCPATH="$work" LC_ALL=de_DE.UTF-8 \
		LD_PRELOAD="$work/locale.so"
else
	row G14 'in a process whose locale has decimal commas' 'no such locale' none 'not here'
fi
way 'time zone Pacific/Chatham' env TZ=Pacific/Chatham
way 'umask 077' with_umask 077
way 'a stack of 256 KiB, for each thread' with_stack 256
way 'an empty environment' env -i
way 'an environment of 100 KB' env PADDING="$(head -c 100000 /dev/zero | tr '\0' x)"
way 'in a working directory that was removed' elsewhere
way 'on one processor' taskset -c 0
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
	way 'as the user nobody' setpriv --reuid=65534 --regid=65534 --clear-groups
else
	row G14 'as the user nobody' 'only root can try' none 'not here'
fi

# The order of names on a command line.
for i in $(seq 400); do echo "line $i of $((i * i % 97))"; done >text
cp golden/world.json other
"$TWOPART" compress -q text other >&2 && mkdir first && mv text.2p other.2p first
"$TWOPART" compress -q other text >&2
row G14 'the order of the files that are named' \
	"$(cmp text.2p first/text.2p && cmp other.2p first/other.2p && echo '2 archives the same')" none \
	"$(holds eval 'cmp -s text.2p first/text.2p && cmp -s other.2p first/other.2p')"

# permissions MASK: of what is written then.
permissions() { (umask "$1" && "$TWOPART" compress -qf -m uniform -o p.2p text && stat -c %a p.2p); }
got="$(permissions 022) $(permissions 077) $(chmod 600 text && permissions 022)"
row G14 'permissions of outputs: umask 022, 077, of a private input' "$got" \
	'zstd: wide ones at first (CVE-2021-24031)' "$(holds [ "$got" = '644 600 600' ])"

# Reports twice, the second time elsewhere.
"$source/.ci/gnuplot" >&2
"$TWOPART" report "$source/reports/bench.jsonl" -o one >&2
with_umask 077 env TZ=Pacific/Chatham LC_ALL=de_DE.UTF-8 LOCPATH="$work" \
	"$TWOPART" report "$source/reports/bench.jsonl" -o two >&2
row G14 'reports made twice from the same results' \
	"$(find one -type f | wc -l) files, $(diff -rq one two | wc -l) differences" none \
	"$(holds eval '[ -s one/bench.md ] || [ "$(find one -type f | wc -l)" -gt 3 ] && diff -rq one two >&2')"

# build FOLDER: the sources of the commit, and the program.
build() {
	mkdir -p "$1" && git -C "$source" archive HEAD | tar -x -C "$1" &&
		make -s -C "$1" CC="${CC:-cc}" build/twopart build/libtwopart.a >&2
}
if [ -n "$QUICK" ]; then
	CC=${CC:-cc} TWOPART=$TWOPART "$source/tests/test_reproducible.sh" >objects
	row G15 'objects built in two folders' "$(grep -c '^ok' objects) tests" none \
		"$(holds eval '! grep -v ^ok objects >&2')"
elif git -C "$source" archive HEAD >/dev/null 2>&1; then
	build "$work/a" && build "$work/another/folder"
	size=$(cat a/build/twopart a/build/libtwopart.a | wc -c)
	row G15 'program and library built twice, in two folders, from git archive' \
		"$size bytes, $(cmp -l a/build/twopart another/folder/build/twopart | wc -l) +\
 $(cmp -l a/build/libtwopart.a another/folder/build/libtwopart.a | wc -l) differ" none \
		"$(holds eval '[ "$size" -gt 100000 ] && cmp -s a/build/twopart another/folder/build/twopart &&
			cmp -s a/build/libtwopart.a another/folder/build/libtwopart.a')"
	row G15 'neither names the folder it was built in' \
		"$(grep -caF "$work" a/build/twopart a/build/libtwopart.a | tr '\n' ' ')" none \
		"$(holds eval '! grep -qaF "$work" a/build/twopart a/build/libtwopart.a')"
else
	row G15 'program built twice, in two folders' 'no git here' none 'not here'
fi

"$source/tests/test_sources_explained.sh" >explained
TWOPART=$TWOPART "$source/tests/test_golden_archives.sh" >again
row G15 'binary files of the tree: all made again by a script' \
	"$(grep -c 'is made again' again) files made again, $(cat again explained |
		grep -c '^not ok') mistakes" 'xz: test files were the way in (CVE-2024-3094)' \
	"$(holds eval '! grep -h "^not ok" again explained >&2 && [ -s again ]')"
