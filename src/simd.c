/* SPDX-License-Identifier: BSD-2-Clause
 *
 * simd.c - which vector instructions this processor has, and which the user wants.
 *
 * Knows nothing of kernels: those ask simd_wanted() and try that form.
 */
#include "simd.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define VARIABLE "TWOPART_SIMD"

static const char *const names[SIMD_FORMS] = {
    [SIMD_PLAIN] = "plain",
    [SIMD_AVX2] = "avx2",
    [SIMD_AVX512] = "avx512",
};

static atomic_int forced = SIMD_FORMS; /* SIMD_FORMS: the best */

const char *simd_name(enum simd form)
{
	return names[form];
}

/* The compiler's run-time library also asks whether the system saves the registers. */
bool simd_available(enum simd form)
{
#ifdef __x86_64__
	bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");

	if (form == SIMD_AVX2)
		return avx2;
	if (form == SIMD_AVX512)
		return avx2 && __builtin_cpu_supports("avx512f") &&
		       __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
		       __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vnni");
#endif
	return form == SIMD_PLAIN;
}

enum simd simd_wanted(void)
{
	int form = atomic_load_explicit(&forced, memory_order_relaxed);

	if (form == SIMD_FORMS)
		do
			form--;
		while (!simd_available((enum simd)form));
	return (enum simd)form;
}

static enum status force(const char *name, const char *asked_by)
{
	int form = 0;

	while (form < SIMD_FORMS && strcmp(name, names[form]) != 0)
		form++;
	if (form == SIMD_FORMS && strcmp(name, "auto") != 0)
		return fail(STATUS_BAD_ARGUMENT, "%s'%s' is not auto, plain, avx2 or avx512",
			    asked_by, name);
	if (form < SIMD_FORMS && !simd_available((enum simd)form))
		return fail(STATUS_UNSUPPORTED, "%sthis machine does not have %s", asked_by, name);
	atomic_store_explicit(&forced, form, memory_order_relaxed);
	return STATUS_OK;
}

enum status simd_force(const char *name)
{
	return force(name, "");
}

enum status simd_from_environment(void)
{
	const char *name = getenv(VARIABLE);

	return name ? force(name, VARIABLE ": ") : STATUS_OK;
}
