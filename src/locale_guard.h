/* SPDX-License-Identifier: BSD-2-Clause
 *
 * locale_guard.h - numbers with a decimal point, whatever the caller has set.
 *
 * Where a number is printed into what is stored or hashed, the locale is "C": a program that uses
 * the library may have called setlocale(), and half of the world writes 0,5.  The locale that is
 * changed belongs to the thread; the process's is left alone.
 */
#ifndef TWOPART_LOCALE_GUARD_H
#define TWOPART_LOCALE_GUARD_H

#include <locale.h>

#include "status.h"

struct locale_guard {
	locale_t callers, plain;
};

/* Errors  STATUS_NO_MEMORY, and then there is nothing to leave. */
MUST_CHECK static inline enum status locale_guard_enter(struct locale_guard *g)
{
	g->callers = (locale_t)0;
	g->plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
	if (!g->plain)
		return fail_no_memory();
	g->callers = uselocale(g->plain);
	return STATUS_OK;
}

static inline void locale_guard_leave(const struct locale_guard *g)
{
	uselocale(g->callers);
	freelocale(g->plain);
}

#endif
