/* SPDX-License-Identifier: BSD-2-Clause
 *
 * float_guard.h - floating-point arithmetic as IEEE says, whatever the caller has set.
 *
 * Where real numbers decide a byte, rounding is to the nearest, subnormal numbers are neither
 * flushed nor read as zero (x86 and ARM flush at different moments, so archives would differ), and
 * no exception traps.  The control register belongs to a thread: every thread that computes enters
 * and leaves by itself.
 */
#ifndef TWOPART_FLOAT_GUARD_H
#define TWOPART_FLOAT_GUARD_H

#include <fenv.h>

struct float_guard {
	fenv_t callers;
};

static inline struct float_guard float_guard_enter(void)
{
	struct float_guard g;

	fegetenv(&g.callers);
	fesetenv(FE_DFL_ENV);
	return g;
}

static inline void float_guard_leave(const struct float_guard *g)
{
	fesetenv(&g->callers);
}

#endif
