/* SPDX-License-Identifier: BSD-2-Clause
 *
 * simd.h - which set of vector instructions the numeric kernels use.
 *
 * Every form gives the same bits (models/kernels.h says why), so the choice is one of speed alone.
 * It is made once, at first use: the best form that this program was compiled with, that the
 * processor has, and that passes a short comparison with the plain form here and now; the
 * environment variable TWOPART_SIMD or simd_force() name another.
 */
#ifndef TWOPART_SIMD_H
#define TWOPART_SIMD_H

#include <stdbool.h>

#include "status.h"

enum simd {
	SIMD_PLAIN,  /* C as it stands: every target */
	SIMD_AVX2,   /* AVX2 and FMA */
	SIMD_AVX512, /* AVX-512 F, BW, VL, DQ and VNNI */
	SIMD_FORMS
};

const char *simd_name(enum simd form); /* "plain", "avx2", "avx512" */

/* Compiled in, and the processor and its system have it? */
bool simd_available(enum simd form);

/* The form to be tried first: the one that was forced, or else the best that is available. */
enum simd simd_wanted(void);

/*
 * From now on use this form, by name; "auto" is the best one.  To be called before any other thread
 * uses a kernel.
 * Errors  STATUS_BAD_ARGUMENT: no such form.  STATUS_UNSUPPORTED: not on this machine.
 */
MUST_CHECK enum status simd_force(const char *name);

/* What TWOPART_SIMD asks for, as simd_force(): for the start of a program, which can then say what
 * is wrong with it.  Without the variable nothing changes. */
MUST_CHECK enum status simd_from_environment(void);

#endif
