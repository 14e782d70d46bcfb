/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Property  a sealed distribution tiles [0, total) in symbol order; dist_find() and dist_locate()
 *           are inverse to each other; dist_frequency() loses no more than its comment says.
 * Method    every frequency pattern over small alphabets, dense and sparse, and then every target
 *           and every symbol of it; a plain table of all frequencies is the reference.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include "dist.h"
#include "rng.h"

#include <cmocka.h> /* after status.h: it defines a macro fail() */

/* Compare *d with the table of all its frequencies: every symbol and every target. */
static void check_against(const struct dist *d, const uint64_t *freq)
{
	uint64_t below = 0;

	for (uint32_t s = 0; s < d->n_symbols; s++) {
		struct interval iv = dist_find(d, s), back;

		assert_int_equal(iv.freq, freq[s]);
		assert_int_equal(iv.low, below);
		assert_int_equal(iv.total, d->total);
		for (uint64_t target = below; target < below + freq[s]; target++) {
			assert_int_equal(dist_locate(d, target, &back), s);
			assert_memory_equal(&back, &iv, sizeof iv);
		}
		below += freq[s];
	}
	assert_int_equal(below, d->total);
}

/* Fill *d with freq[], listing the symbols whose bit is set in `listed`; the others have floor. */
static void fill(struct dist *d, uint32_t n_symbols, const uint64_t *freq, unsigned listed,
		 uint64_t floor)
{
	d->n_symbols = n_symbols;
	d->floor = floor;
	d->n_listed = 0;
	for (uint32_t s = 0; s < n_symbols; s++) {
		if (!(listed >> s & 1))
			continue;
		d->symbol[d->n_listed] = s;
		d->freq[d->n_listed++] = freq[s];
	}
}

/* All patterns of frequencies 0..3 over up to 5 symbols x all sets of listed ones x floors. */
static void every_small_distribution(void **state)
{
	struct dist d;
	size_t n_checked = 0;

	(void)state;
	assert_int_equal(dist_alloc(&d, 5), STATUS_OK);
	for (uint32_t n = 1; n <= 5; n++)
		for (unsigned pattern = 0; pattern < 1u << (2 * n); pattern++)
			for (unsigned listed = 0; listed < 1u << n; listed++)
				for (uint64_t floor = 0; floor <= 2; floor++) {
					uint64_t freq[5], total = 0;

					for (uint32_t s = 0; s < n; s++) {
						freq[s] = listed >> s & 1 ? pattern >> (2 * s) & 3
									  : floor;
						total += freq[s];
					}
					if (total == 0)
						continue;
					fill(&d, n, freq, listed, floor);
					dist_seal(&d);
					check_against(&d, freq);
					n_checked++;
				}
	dist_free(&d);
	assert_true(n_checked > 50000);
}

/* Sealing twice gives the same, what the arrays held is no matter, dense ignores symbol[]. */
static void seal_is_repeatable(void **state)
{
	struct dist d;
	const uint64_t freq[4] = {7, 0, 1, 9};

	(void)state;
	assert_int_equal(dist_alloc(&d, 4), STATUS_OK);
	memset(d.symbol, 0xa5, 4 * sizeof *d.symbol);
	memset(d.below, 0xa5, 4 * sizeof *d.below);
	d.n_symbols = d.n_listed = 4;
	memcpy(d.freq, freq, sizeof freq);
	dist_seal(&d);
	check_against(&d, freq);
	dist_seal(&d);
	check_against(&d, freq);
	dist_free(&d);
}

static void uniform_over_large_alphabets(void **state)
{
	static const uint32_t sizes[] = {1, 2, 255, 256, 257, 65535, 65536};
	struct dist d;

	(void)state;
	assert_int_equal(dist_alloc(&d, 1), STATUS_OK);
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		d.n_symbols = sizes[i];
		d.n_listed = 0;
		d.floor = 1 + i;
		dist_seal(&d);
		assert_int_equal(d.total, sizes[i] * (1 + i));
		for (uint64_t target = 0; target < d.total; target++) {
			struct interval iv;

			assert_int_equal(dist_locate(&d, target, &iv), target / (1 + i));
			assert_int_equal(iv.low, target - target % (1 + i));
		}
	}
	dist_free(&d);
}

/* Random sparse distributions over 65,536 symbols, totals up to the maximum: ends of intervals. */
static void sparse_over_the_full_alphabet(void **state)
{
	struct rng rng = rng_stream(1, 0, 0);
	struct dist d;

	(void)state;
	assert_int_equal(dist_alloc(&d, 40), STATUS_OK);
	for (unsigned round = 0; round < 200; round++) {
		uint32_t s = (uint32_t)rng_below(&rng, 3000);

		d.n_symbols = DIST_SYMBOLS_MAX;
		d.floor = rng_below(&rng, 1 << 20);
		for (d.n_listed = 0; d.n_listed < 40 && s < DIST_SYMBOLS_MAX; d.n_listed++) {
			d.symbol[d.n_listed] = s;
			d.freq[d.n_listed] = rng_below(&rng, 3) ? rng_below(&rng, 1ull << 34) : 0;
			s += 1 + (uint32_t)rng_below(&rng, rng_below(&rng, 2) ? 2 : 3000);
		}
		dist_seal(&d);

		uint64_t below = 0;

		for (uint32_t symbol = 0; symbol < DIST_SYMBOLS_MAX; symbol++) {
			struct interval iv = dist_find(&d, symbol), back;

			assert_int_equal(iv.low, below);
			below += iv.freq;
			if (iv.freq == 0)
				continue;
			assert_int_equal(dist_locate(&d, iv.low, &back), symbol);
			assert_memory_equal(&back, &iv, sizeof iv);
			assert_int_equal(dist_locate(&d, below - 1, &back), symbol);
		}
		assert_int_equal(below, d.total);
	}
	dist_free(&d);
}

/* Totals within the documented limits and no symbol above its documented loss. */
static void rounding_loss_is_bounded(void **state)
{
	enum { N = 65536 };
	static double mass[N];
	static const uint32_t sizes[] = {1, 2, 3, 256, 65536};
	struct rng rng = rng_stream(2, 0, 0);

	(void)state;
	for (unsigned shape = 0; shape < 4; shape++)
		for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
			uint32_t n = sizes[i];
			double sum = 0;
			uint64_t total = 0;

			for (uint32_t s = 0; s < n; s++) {
				mass[s] = shape == 0   ? 1
					  : shape == 1 ? 1.0 / (1 + s)
					  : shape == 2 ? rng_unit(&rng)
						       : (s ? 1e-30 * rng_unit(&rng) : 3e5);
				sum += mass[s];
			}
			for (uint32_t s = 0; s < n; s++) {
				uint64_t f = dist_frequency(mass[s], (double)DIST_SCALE / sum);

				assert_true(f >= 1);
				total += f;
			}
			assert_true(DIST_SCALE - 1 - n <= total && total <= DIST_SCALE + n);
			for (uint32_t s = 0; s < n; s++) {
				uint64_t f = dist_frequency(mass[s], (double)DIST_SCALE / sum);
				double loss = log2(mass[s] / sum) - log2((double)f / (double)total);

				assert_true(loss <= log2(1 + n / (double)DIST_SCALE) + 1e-12);
			}
		}
	assert_int_equal(dist_frequency(0, 1e9), 0);
	assert_int_equal(dist_frequency(1e-300, 1e9), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_small_distribution),
	    cmocka_unit_test(seal_is_repeatable),
	    cmocka_unit_test(uniform_over_large_alphabets),
	    cmocka_unit_test(sparse_over_the_full_alphabet),
	    cmocka_unit_test(rounding_loss_is_bounded),
	};

	return cmocka_run_group_tests_name("dist", tests, NULL, NULL);
}
