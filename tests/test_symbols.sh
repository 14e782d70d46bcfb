#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Property: nothing that decides a coded byte calls the C library's mathematics, whose last bits
# differ from machine to machine.  Method: the undefined symbols of the object files on the coding
# path against the symbols that libm exports, but for those of <fenv.h>, which compute nothing.
# (src/run.c takes logarithms, for reports only.)
cd "$BUILD" || exit 1
libm=$(for libm in /lib/*/libm.so.6 /usr/lib/*/libm.so.6 /lib64/libm.so.6; do
	[ -e "$libm" ] && nm -D --defined-only "$libm"
done | awk '{sub(/@.*/, "", $NF); print $NF}' | grep -E '^[a-z]' |
	grep -vE '^fe(get|set|hold|update|clear|raise|test|enable|disable)' | sort -u)

[ "$(grep -cxE 'exp|log|log2|pow|lgamma|tanh' <<<"$libm")" = 6 ] &&
	echo "ok - libm's symbols are known" || echo "not ok - libm's symbols are not known"

for object in models/*.o coders/range_coder.o src/{dist,options,buffer,elementary,scribe}.o \
	corpora/{sk_{description,model_code,choice,table,data,count_law,prior,patterns},bound}.o; do
	used=$(nm -u "$object" | awk '{sub(/@.*/, "", $NF); print $NF}' | sort -u |
		comm -12 - <(echo "$libm"))
	if [ -z "$used" ]; then
		echo "ok - $object"
	else
		echo "not ok - $object uses" $used
	fi
done
