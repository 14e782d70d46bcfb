#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Property: an object that is built in another folder at another time is the same to the last byte,
# debugging information included, and says nothing of where it was built.
# Method: a few objects - assertions, recorded flags, the version, generated text - in two copies of
# the sources, whose files have different dates.  `make trust` does it with the whole program.
# Environment: $CC.
here=$(cd "$(dirname "$0")/.." && pwd) || exit 1
# shellcheck source=tests/lib.sh
. "$here/tests/lib.sh"
unset MAKEFLAGS MAKELEVEL MFLAGS
objects="src/dist.o bench/machine.o src/cmd_version.o bench/page.o"

for folder in one another/folder; do
	mkdir -p $folder
	cp -r "$here"/{Makefile,src,coders,models,corpora,bench} $folder
	[ $folder = one ] || find $folder -name '*.c' -exec touch -d '2001-02-03 04:05' {} +
	# shellcheck disable=SC2046
	make -s -C $folder CC="${CC:-cc}" $(printf 'build/%s ' $objects) >log 2>&1 ||
		report "objects in $folder" "$(head -n 3 log)"
done
for object in $objects; do
	report "$object is the same in both folders" \
		"$(cmp one/build/$object another/folder/build/$object 2>&1)"
	report "$object does not name the folder" "$(grep -aoF "$work" one/build/$object | head -n 1)"
done
