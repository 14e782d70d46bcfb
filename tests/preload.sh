# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
#
# preload.sh - two libraries for LD_PRELOAD that change what a program computes with, for tests that
# its archives stay the same: libm.so shifts every result of libm by one unit in the last place (not
# fmaf and sqrt, which IEEE 754 defines to the last bit), modes.so rounds upwards (or as
# $PRELOAD_ROUND says: down, zero, nearest) and flushes subnormal numbers to zero before main() begins.
# Environment: $CC.

# preload_make DIRECTORY: DIRECTORY/libm.so and DIRECTORY/modes.so.
preload_make() {
	{
		echo '#include <dlfcn.h>'
		echo 'double nextafter(double, double); float nextafterf(float, float);'
		for f in exp exp2 expm1 log log2 log10 log1p sin cos tan tanh atan lgamma tgamma \
			cbrt erf; do
			echo "double $f(double x) {"
			echo "	double (*real)(double) = (double (*)(double))dlsym(RTLD_NEXT, \"$f\");"
			echo "	return nextafter(real(x), 1e308); }"
			echo "float ${f}f(float x) {"
			echo "	float (*real)(float) = (float (*)(float))dlsym(RTLD_NEXT, \"${f}f\");"
			echo "	return nextafterf(real(x), 1e38f); }"
		done
		echo 'double pow(double x, double y) {'
		echo '	double (*real)(double, double);'
		echo '	real = (double (*)(double, double))dlsym(RTLD_NEXT, "pow");'
		echo '	return nextafter(real(x, y), 1e308); }'
		echo 'float powf(float x, float y) {'
		echo '	float (*real)(float, float);'
		echo '	real = (float (*)(float, float))dlsym(RTLD_NEXT, "powf");'
		echo '	return nextafterf(real(x, y), 1e38f); }'
		echo 'void sincosf(float x, float *s, float *c) { *s = sinf(x); *c = cosf(x); }'
		echo 'void sincos(double x, double *s, double *c) { *s = sin(x); *c = cos(x); }'
	} >"$1/libm.c"
	cat >"$1/modes.c" <<-'C'
		#include <fenv.h>
		#include <stdlib.h>
		#if defined(__x86_64__)
		#include <xmmintrin.h>
		#endif
		__attribute__((constructor)) static void change(void)
		{
			const char *way = getenv("PRELOAD_ROUND");

			fesetround(!way ? FE_UPWARD : *way == 'd' ? FE_DOWNWARD : *way == 'z' ?
				   FE_TOWARDZERO : *way == 'n' ? FE_TONEAREST : FE_UPWARD);
		#if defined(__x86_64__)
			_mm_setcsr(_mm_getcsr() | 0x8040); /* flush to zero, denormals are zero */
		#endif
		}
	C
	local library
	for library in libm modes; do
		${CC:-cc} -D_GNU_SOURCE -fno-builtin -w -shared -fPIC -o "$1/$library.so" \
			"$1/$library.c" -ldl -lm || return
	done
}
