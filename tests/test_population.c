/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_population.c - finite populations: the law, its entropy, and what n draws will show.
 *
 * Property: D(n), U(n) and H(p) are the sums that population.h states, agree with enumeration of
 * all sequences and with each other (D is the sum of U), and give the published tables; classes are
 * the quarters of the mass.
 * Method: golden numbers from an independent program, and full enumeration of small cases.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "options.h"
#include "population.h"

#include <cmocka.h> /* last: it defines a macro fail() */

static void assert_close(double a, double b, double slack)
{
	if (!(fabs(a - b) <= slack))
		fail_msg("%.12g and %.12g differ by more than %.3g", a, b, slack);
}

static double *law(size_t n, int64_t shift, double power)
{
	double *p = malloc(n * sizeof *p);

	assert_non_null(p);
	population_law(p, n, shift * OPTION_UNIT, (int64_t)(power * OPTION_UNIT + 0.5));
	return p;
}

/* As printed with so many digits, "0.0218" or "0.00105". */
static void assert_prints(double value, const char *printed)
{
	char text[32];
	const char *digits = printed;

	while (*digits == '0' || *digits == '.')
		digits++;
	snprintf(text, sizeof text, "%#.*g", (int)strlen(digits), value);
	if (strcmp(text, printed) != 0)
		fail_msg("%.9g does not print as %s", value, printed);
}

/* U(10^2) .. U(10^6), each digit.  The slopes are of U between neighbouring decades. */
static void new_mass_is_the_published_one(void **state)
{
	static const struct {
		size_t n;
		int64_t shift;
		double power;
		const char *mass[5];
		double slope[4];
	} golden[] = {
	    {100000,
	     1000,
	     1.35,
	     {"0.989", "0.900", "0.522", "0.180", "0.0205"},
	     {-.04, -.24, -.46, -.95}},
	    {100000,
	     1000,
	     1,
	     {"0.995", "0.956", "0.704", "0.253", "0.0087"},
	     {-.02, -.13, -.45, -1.46}},
	    {100000, 7, 0, {"0.999", "0.990", "0.905", "0.368", "4.5e-05"}, {0, -.04, -.39, -3.91}},
	    {10000,
	     10,
	     1.5,
	     {"0.491", "0.212", "0.0813", "0.0218", "0.00105"},
	     {-.37, -.42, -.57, -1.32}},
	    {100000,
	     1,
	     1.35,
	     {"0.300", "0.159", "0.0808", "0.0378", "0.0142"},
	     {-.28, -.29, -.33, -.42}},
	};

	(void)state;
	for (size_t g = 0; g < sizeof golden / sizeof *golden; g++) {
		double *p = law(golden[g].n, golden[g].shift, golden[g].power), before = 0;

		for (int i = 0; i < 5; i++) {
			double mass = population_new_mass(p, golden[g].n, pow(10, i + 2));

			if (strchr(golden[g].mass[i], 'e'))
				assert_close(mass, strtod(golden[g].mass[i], NULL), 5e-7);
			else
				assert_prints(mass, golden[g].mass[i]);
			if (i > 0)
				assert_close(log10(mass / before), golden[g].slope[i - 1], 0.0055);
			before = mass;
		}
		free(p);
	}
}

static int largest_first(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x < y) - (x > y);
}

/* Identities when member i occurs max(1, floor(50 N p_i)) times: entries in all, the largest,
 * median and smallest count, the shares of the four quarters of the members, the entropy. */
static void entropy_is_the_published_one(void **state)
{
	static const struct {
		size_t n;
		double power, entries, most, median, least, quarter[4], entropy;
	} golden[] = {
	    {100000, 0, 5000000, 50, 50, 50, {25, 25, 25, 25}, 16.610},
	    {100000, 1, 4949817, 1083, 21, 10, {71.1, 14.5, 8.5, 6.0}, 15.481},
	    {100000, 1.35, 4949663, 2183, 10, 4, {85.5, 8.2, 3.9, 2.4}, 14.455},
	    {10000, 1, 495031, 208, 34, 18, {52.5, 22.5, 14.4, 10.6}, 12.951},
	    {10000, 1.35, 495023, 308, 27, 12, {62.9, 19.5, 10.7, 7.0}, 12.664},
	};

	(void)state;
	for (size_t g = 0; g < sizeof golden / sizeof *golden; g++) {
		size_t n = golden[g].n;
		double *p = law(n, 1000, golden[g].power), entries = 0, quarter[4] = {0};

		for (size_t i = 0; i < n; i++) {
			/* 1e-9: 50 exactly may have come out a little smaller */
			p[i] = fmax(1, floor(p[i] * (double)n * 50 + 1e-9));
			entries += p[i];
			quarter[4 * i / n] += p[i];
		}
		assert_close(entries, golden[g].entries, 0);
		qsort(p, n, sizeof *p, largest_first);
		assert_close(p[0], golden[g].most, 0);
		assert_close(p[n / 2], golden[g].median, 0);
		assert_close(p[n - 1], golden[g].least, 0);
		for (size_t i = 0; i < n; i++)
			p[i] /= entries;
		for (int q = 0; q < 4; q++)
			assert_close(100 * quarter[q] / entries, golden[g].quarter[q], 0.052);
		assert_close(population_entropy_bits(p, n), golden[g].entropy, 0.0005);
		free(p);
	}
}

/* All 4^6 sequences of 6 draws: how many different members, and how likely is a new one next? */
static void enumeration_agrees(void **state)
{
	enum { MEMBERS = 4, DRAWS = 6 };
	double *p = law(MEMBERS, 1, 1.7), distinct = 0, new_mass = 0;

	(void)state;
	for (int sequence = 0; sequence < 1 << (2 * DRAWS); sequence++) {
		double probability = 1, seen_mass = 0;
		unsigned seen = 0;

		for (int i = 0; i < DRAWS; i++) {
			probability *= p[sequence >> (2 * i) & 3];
			seen |= 1u << (sequence >> (2 * i) & 3);
		}
		for (int k = 0; k < MEMBERS; k++)
			seen_mass += seen >> k & 1 ? p[k] : 0;
		distinct += probability * __builtin_popcount(seen);
		new_mass += probability * (1 - seen_mass);
	}
	assert_close(population_distinct(p, MEMBERS, DRAWS), distinct, 1e-12);
	assert_close(population_new_mass(p, MEMBERS, DRAWS), new_mass, 1e-12);
	free(p);
}

/* D(n + 1) - D(n) = U(n), from an empty corpus to a full one; and one who is certain. */
static void distinct_sums_new_mass(void **state)
{
	double *p = law(500, 3, 1.2), sum = 0, certain = 1;

	(void)state;
	for (int n = 0; n < 3000; n++) {
		assert_close(population_distinct(p, 500, n), sum, 1e-9);
		sum += population_new_mass(p, 500, n);
	}
	assert_close(population_new_mass(p, 500, 0), 1, 1e-12);
	assert_close(population_distinct(p, 500, 1e12), 500, 1e-9);
	free(p);
	assert_close(population_distinct(&certain, 1, 0), 0, 0);
	assert_close(population_new_mass(&certain, 1, 0), 1, 0);
	assert_close(population_distinct(&certain, 1, 1), 1, 0);
	assert_close(population_new_mass(&certain, 1, 1), 0, 0);
	assert_close(population_entropy_bits(&certain, 1), 0, 0);
}

/* The law is the C library's power to its last digits. */
static void law_is_the_power_law(void **state)
{
	double *p = law(1000, 17, 2.25), sum = 0;

	(void)state;
	for (int i = 0; i < 1000; i++)
		sum += pow(i + 17, -2.25);
	for (int i = 0; i < 1000; i++)
		assert_close(p[i] * sum / pow(i + 17, -2.25), 1, 1e-12);
	free(p);
}

static void classes_are_quarters_of_the_mass(void **state)
{
	/* By falling weight: 4, 3, 3, 2, 2, 1, 1 of 16, which begin at 0, 4, 7, 10, 12, 14, 15. */
	static const double weight[] = {1, 3, 2, 4, 3, 2, 1};
	static const uint8_t want[] = {3, 1, 2, 0, 1, 3, 3};
	uint8_t class[7];

	(void)state;
	assert_int_equal(population_classes(weight, 7, class), STATUS_OK);
	assert_memory_equal(class, want, sizeof want);
	assert_int_equal(population_classes(weight, 0, class), STATUS_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(new_mass_is_the_published_one),
	    cmocka_unit_test(entropy_is_the_published_one),
	    cmocka_unit_test(enumeration_agrees),
	    cmocka_unit_test(distinct_sums_new_mass),
	    cmocka_unit_test(law_is_the_power_law),
	    cmocka_unit_test(classes_are_quarters_of_the_mass),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
