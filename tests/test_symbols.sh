#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Property: nothing that decides a coded byte calls the C library's mathematics, whose last bits
# differ from machine to machine, or a library of linear algebra.  Method: the undefined symbols of
# the object files on the coding path against the symbols that libm exports, but for those of
# <fenv.h>, which compute nothing.  (src/run.c takes logarithms, for reports only.)
cd "$BUILD" || exit 1
libm=$(for libm in /lib/*/libm.so.6 /usr/lib/*/libm.so.6 /lib64/libm.so.6; do
	[ -e "$libm" ] && nm -D --defined-only "$libm"
done | awk '{sub(/@.*/, "", $NF); print $NF}' | grep -E '^[a-z]' |
	grep -vE '^fe(get|set|hold|update|clear|raise|test|enable|disable)' | sort -u)

[ "$(grep -cxE 'exp|log|log2|pow|lgamma|tanh|expf|tanhf|sqrtf|fmaf' <<<"$libm")" = 10 ] &&
	echo "ok - libm's symbols are known" || echo "not ok - libm's symbols are not known"

undefined() { nm -u "$1" | awk '{sub(/@.*/, "", $NF); print $NF}' | sort -u; }

for object in models/*.o coders/range_coder.o \
	src/{archive,buffer,container,dist,elementary,model_file,options,scribe,simd}.o \
	corpora/{sk_{description,model_code,choice,table,data,count_law,prior,patterns},bound}.o; do
	used=$(undefined "$object" | comm -12 - <(echo "$libm"))
	if [ ! -e "$object" ]; then
		echo "not ok - $object is not there"
	elif [ -z "$used" ]; then
		echo "ok - $object"
	else
		echo "not ok - $object uses" $used
	fi
done

algebra=$(for object in {src,coders,models,corpora,bench}/*.o; do
	undefined "$object" | grep -E '^(cblas_|LAPACKE_|[sdcz]ge(mm|mv)_?$|mkl_|dnnl_)' |
		sed "s|^|$object: |"
done)
[ -z "$algebra" ] && echo "ok - no library of linear algebra" ||
	printf 'not ok - linear algebra\n%s\n' "$algebra"
