/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_word_law.c - the words of a text and the laws they follow.
 *
 * Property  words are the runs that the header says; different ones are counted exactly at every
 *           position; on a text that was drawn from a Pitman-Yor process the fit finds its
 *           parameters, and no others on a grid make the partition more probable; the fit expects
 *           as many different words as there are; the statistics of findings are right.
 * Method    texts made by hand; texts drawn by the restaurant rule with several parameters;
 *           a naive count as the slow twin.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buffer.h"
#include "finding.h"
#include "pitman_yor.h"
#include "rng.h"
#include "word_law.h"

#include <cmocka.h> /* after status.h: it defines a macro fail() */

static struct word_text read_text(const char *text)
{
	struct word_text t;

	assert_int_equal(word_text_read(&t, (const uint8_t *)text, strlen(text)), STATUS_OK);
	return t;
}

static void test_words(void **state)
{
	struct word_text t = read_text("The cat's tail, the-cat's TALE -- the 'cat' "
				       "\xc3\xa9t\xc3\xa9.");
	static const uint32_t id[] = {0, 1, 2, 3, 4, 0, 5, 6};

	(void)state;
	assert_int_equal(t.n_words, 8);
	assert_int_equal(t.n_distinct, 7);
	assert_memory_equal(t.id, id, sizeof id);
	assert_int_equal(t.count[0], 2);
	assert_int_equal(t.spelt_bytes, 3 + 5 + 4 + 9 + 4 + 3 + 5);
	word_text_free(&t);

	t = read_text(" .,- '");
	assert_int_equal(t.n_words, 0);
	word_text_free(&t);
}

/* Words "w0", "w1", .. by the Chinese restaurant rule. */
static void draw_text(struct buffer *out, double a, double b, uint32_t n, uint64_t seed)
{
	struct rng rng = rng_stream(seed, 0, 0);
	uint32_t *of = malloc(n * sizeof *of), k = 0;
	double unit = 1.0 / (1 << 30);

	for (uint32_t i = 0; i < n; i++) {
		double u = (double)rng_below(&rng, 1 << 30) * unit * (i + b);
		char word[16];

		/* An old one in proportion to its count less a: a draw from the past, which is
		 * kept as one of its n_k with probability 1 - a / n_k in all. */
		if (i == 0 || u < b + a * k) {
			of[i] = k++;
		} else {
			uint32_t pick;
			double kept;

			do {
				uint32_t n_same = 0;

				pick = of[rng_below(&rng, i)];
				for (uint32_t j = 0; j < i && n_same < 64; j++)
					n_same += of[j] == pick;
				kept = 1 - (n_same < 64 ? a / n_same : 0);
			} while ((double)rng_below(&rng, 1 << 30) * unit >= kept);
			of[i] = pick;
		}
		buffer_append(out, word, (size_t)sprintf(word, "w%u ", of[i]));
	}
	free(of);
}

static void check_fit(const struct word_text *t, double a)
{
	struct word_fit fit;
	struct py_partition p;

	assert_int_equal(word_fit(t, t->n_words, &fit), STATUS_OK);
	assert_int_equal(fit.n_distinct, t->n_distinct);
	assert_true(fabs(fit.alpha - a) < 0.1);
	assert_int_equal(py_partition_make(&p, t->count, t->n_distinct), STATUS_OK);
	for (double x = 0; x < 1; x += 0.05)
		for (double y = 0.05; y < 1000; y *= 1.5)
			assert_true(py_partition_bits(&p, x, y) >= fit.partition_bits - 1e-6);
	assert_true(fabs(py_elements_expected(t->n_words, fit.alpha, fit.beta) / t->n_distinct -
			 1) < 0.05);
	py_partition_free(&p);
}

static void test_fit(void **state)
{
	static const double alpha[] = {0.3, 0.5, 0.7};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct buffer text = {0};
		struct word_text t;

		draw_text(&text, alpha[i], 10, 8000, 5 + i);
		assert_int_equal(word_text_read(&t, text.data, text.size_bytes), STATUS_OK);
		assert_int_equal(t.n_words, 8000);
		check_fit(&t, alpha[i]);
		word_text_free(&t);
		buffer_free(&text);
	}
}

static void test_distinct(void **state)
{
	struct buffer text = {0};
	struct word_text t;
	uint64_t at[] = {0, 1, 7, 100, 777, 2000};
	double distinct[6];

	(void)state;
	draw_text(&text, 0.5, 3, 2000, 9);
	assert_int_equal(word_text_read(&t, text.data, text.size_bytes), STATUS_OK);
	assert_int_equal(word_distinct(&t, at, 6, distinct), STATUS_OK);
	for (size_t i = 0; i < 6; i++) {
		uint32_t n = 0;

		for (uint64_t k = 0; k < at[i]; k++) {
			bool old = false;

			for (uint64_t j = 0; j < k; j++)
				old = old || t.id[j] == t.id[k];
			n += !old;
		}
		assert_true(distinct[i] == n);
	}
	at[0] = 2001;
	assert_int_equal(word_distinct(&t, at, 1, distinct), STATUS_BAD_ARGUMENT);
	word_text_free(&t);
	buffer_free(&text);
}

/* An exact power law: word k of 400 as often as 40000 / k. */
static void test_zipf(void **state)
{
	struct buffer text = {0};
	struct word_power law;
	struct word_text t;
	char word[16];

	(void)state;
	for (int k = 1; k <= 400; k++)
		for (int i = 0; i < 40000 / k; i++)
			buffer_append(&text, word, (size_t)sprintf(word, "w%d ", k));
	assert_int_equal(word_text_read(&t, text.data, text.size_bytes), STATUS_OK);
	assert_int_equal(word_zipf(&t, &law), STATUS_OK);
	assert_true(fabs(law.exponent + 1) < 0.002);
	assert_true(law.from == 10 && law.to > 300);
	assert_int_equal(word_heaps(&t, &law), STATUS_OK);
	assert_true(law.exponent > 0);
	word_text_free(&t);
	buffer_free(&text);
}

static void test_too_little(void **state)
{
	struct word_text t = read_text("one two three");
	struct word_fit fit;

	(void)state;
	assert_int_equal(word_fit(&t, t.n_words, &fit), STATUS_BAD_ARGUMENT);
	assert_int_equal(word_fit(&t, 1, &fit), STATUS_BAD_ARGUMENT);
	word_text_free(&t);
}

static void test_statistics(void **state)
{
	static const double value[] = {1, 2, 3}, x[] = {1, 10, 100, 0}, y[] = {8, 0.8, 0.08, 5};
	struct finding_mean m = finding_mean(value, 3);
	struct finding_slope s = finding_slope(x, y, 4);

	(void)state;
	assert_true(m.mean == 2 && m.n == 3);
	assert_true(fabs(m.half_width - 4.303 / sqrt(3)) < 1e-3);
	assert_true(isnan(finding_mean(value, 1).half_width));
	assert_true(isnan(finding_mean(value, 0).mean));
	assert_true(fabs(s.slope + 1) < 1e-12 && s.half_width < 1e-6 && s.n == 3);
	assert_true(isnan(finding_slope(x, y, 1).slope));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_words),     cmocka_unit_test(test_fit),
	    cmocka_unit_test(test_distinct),  cmocka_unit_test(test_zipf),
	    cmocka_unit_test(test_too_little), cmocka_unit_test(test_statistics),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
