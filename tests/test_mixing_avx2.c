/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Property  the mixing core in AVX2 computes the bits of its definition.
 * Method    mixer_twin.h, in a program of its own because a file holds one form; test_mixing.c has
 *           the plain form and all that is not a vector.  Where target or machine lack AVX2 the
 *           tests are skipped.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "simd.h"

#include <cmocka.h>

#if defined(__AVX2__) && defined(__FMA__)
#define VEC_FORM VEC_AVX2
#include "mixer_twin.h"

int main(void)
{
	const struct CMUnitTest tests[] = {MIXER_TWIN_TESTS};

	if (!simd_available(SIMD_AVX2)) {
		print_message("1..1\nok 1 # SKIP this machine does not have AVX2\n");
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
#else
static void not_compiled(void **state)
{
	(void)state;
	skip();
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(not_compiled)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
#endif
