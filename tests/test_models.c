/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Property  every registered predictor that needs no world (a random model file is at hand), with
 *           every registered coder, brings back every input through the one loop; it is a
 *           function of the past only (compressing twice gives the same bytes, asking twice the
 *           same distribution, whatever the distribution held before); the bytes meet the ideal
 *           bits that the loop reports.
 * Method    the registries x named inputs x alphabets.  A new registry entry is tested unasked.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "coder.h"
#include "model.h"
#include "predictor.h"
#include "rng.h"
#include "run.h"

#include <cmocka.h> /* after status.h: it defines a macro fail() */

#define N_MAX 6000

/* Fill symbol[0..n-1] over the alphabet. */
static void all_same(uint16_t *symbol, size_t n, uint32_t n_symbols)
{
	for (size_t i = 0; i < n; i++)
		symbol[i] = (uint16_t)(n_symbols - 1);
}

static void all_different(uint16_t *symbol, size_t n, uint32_t n_symbols)
{
	for (size_t i = 0; i < n; i++) /* 40503 is odd and prime: a walk through the alphabet */
		symbol[i] = (uint16_t)(i * 40503 % n_symbols);
}

static void random_symbols(uint16_t *symbol, size_t n, uint32_t n_symbols)
{
	struct rng rng = rng_stream(20, 0, n_symbols);

	for (size_t i = 0; i < n; i++)
		symbol[i] = (uint16_t)rng_below(&rng, n_symbols);
}

static void skewed(uint16_t *symbol, size_t n, uint32_t n_symbols)
{
	struct rng rng = rng_stream(21, 0, n_symbols);

	for (size_t i = 0; i < n; i++) {
		uint64_t bound = 1 + rng_below(&rng, n_symbols);

		symbol[i] = (uint16_t)rng_below(&rng, 1 + rng_below(&rng, bound));
	}
}

static void periodic(uint16_t *symbol, size_t n, uint32_t n_symbols)
{
	for (size_t i = 0; i < n; i++)
		symbol[i] = (uint16_t)(i % 7 * 9001 % n_symbols);
}

static void nearly_constant(uint16_t *symbol, size_t n, uint32_t n_symbols)
{
	for (size_t i = 0; i < n; i++)
		symbol[i] = (uint16_t)(i % 1000 == 999 ? n_symbols - 1 : n_symbols / 2);
}

static const struct input {
	const char *name;
	void (*fill)(uint16_t *symbol, size_t n, uint32_t n_symbols);
	size_t n;
} inputs[] = {
    {"empty", all_same, 0},
    {"one symbol", all_same, 1},
    {"all same", all_same, N_MAX},
    {"all different", all_different, N_MAX},
    {"random", random_symbols, N_MAX},
    {"skewed", skewed, N_MAX},
    {"periodic", periodic, N_MAX},
    {"nearly constant", nearly_constant, N_MAX},
};

static const uint32_t alphabets[] = {1, 2, 17, 256, 257, 65536};

/* Open the predictor with its default options, and a random model if it needs one. */
static struct predictor *open_default(const struct predictor_ops *model, uint32_t n_symbols)
{
	int64_t option[OPTIONS_MAX] = {0};
	struct predictor_setup setup = {.n_symbols = n_symbols,
					.n_total = N_MAX,
					.n_max = N_MAX,
					.option = option,
					.transformer = model_for(model, true, n_symbols)};
	struct predictor *p;

	options_defaults(model->options, option);
	assert_true(model->memory_bytes(&setup, N_MAX) > 0);
	assert_int_equal(model->open(&p, &setup), STATUS_OK);
	assert_true(p->outcomes_max <= DIST_SYMBOLS_MAX);
	return p;
}

/* A network answers each question with all of the alphabet: fewer questions do. */
static size_t length_for(const struct predictor_ops *model, size_t n, uint32_t n_symbols)
{
	size_t most = n_symbols > 1000 ? 50 : 1000;

	return model->needs_model && n > most ? most : n;
}

static struct buffer compress(const struct predictor_ops *model, const struct coder_ops *coder,
			      uint32_t n_symbols, uint16_t *symbol, size_t n, double *ideal_bits)
{
	struct buffer out = {0};
	struct run r = {.model = model, .coder = coder, .p = open_default(model, n_symbols)};

	assert_int_equal(run_open(&r), STATUS_OK);
	assert_int_equal(coder->encoder_open(&r.enc, &out), STATUS_OK);
	assert_int_equal(run_symbols(&r, symbol, n), STATUS_OK);
	assert_int_equal(coder->encoder_close(r.enc), STATUS_OK);
	*ideal_bits = r.ideal_bits;
	run_close(&r);
	model->close(r.p);
	return out;
}

static void decompress(const struct predictor_ops *model, const struct coder_ops *coder,
		       uint32_t n_symbols, uint16_t *symbol, size_t n, const struct buffer *from,
		       double ideal_bits)
{
	struct run r = {.model = model, .coder = coder, .p = open_default(model, n_symbols)};

	assert_int_equal(run_open(&r), STATUS_OK);
	assert_int_equal(coder->decoder_open(&r.dec, from->data, from->size_bytes), STATUS_OK);
	assert_int_equal(run_symbols(&r, symbol, n), STATUS_OK);
	assert_int_equal(coder->decoder_close(r.dec), STATUS_OK);
	assert_true(r.ideal_bits == ideal_bits);
	run_close(&r);
	model->close(r.p);
}

static void check(const struct predictor_ops *model, const struct coder_ops *coder,
		  const struct input *input, uint32_t n_symbols)
{
	static uint16_t symbol[N_MAX], back[N_MAX];
	double ideal_bits, again_bits;
	size_t n = length_for(model, input->n, n_symbols);

	input->fill(symbol, n, n_symbols);
	struct buffer out = compress(model, coder, n_symbols, symbol, n, &ideal_bits);
	struct buffer again = compress(model, coder, n_symbols, symbol, n, &again_bits);

	input->fill(back, n, n_symbols);
	assert_memory_equal(back, symbol, n * sizeof *symbol); /* encoding has changed none */

	assert_true(isfinite(ideal_bits) && ideal_bits >= 0 && ideal_bits == again_bits);
	assert_int_equal(out.size_bytes, again.size_bytes);
	if (out.size_bytes)
		assert_memory_equal(out.data, again.data, out.size_bytes);
	if (8 * (double)out.size_bytes > ideal_bits * (1 + 1e-5) + 8 * 16)
		fail_msg("%s, %s, %s, alphabet %u: %zu bytes for %.1f ideal bits", model->name,
			 coder->name, input->name, n_symbols, out.size_bytes, ideal_bits);
	memset(back, 0xa5, sizeof back);
	decompress(model, coder, n_symbols, back, n, &out, ideal_bits);
	assert_memory_equal(back, symbol, n * sizeof *symbol);
	buffer_free(&out);
	buffer_free(&again);
}

static void every_pair_on_every_input(void **state)
{
	(void)state;
	for (size_t m = 0; predictors[m]; m++)
		for (size_t c = 0; coders[c]; c++)
			for (size_t a = 0; a < sizeof alphabets / sizeof *alphabets; a++)
				for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++)
					if (!predictors[m]->needs_world)
						check(predictors[m], coders[c], &inputs[i],
						      alphabets[a]);
}

static void same_distribution(const struct dist *a, const struct dist *b)
{
	assert_int_equal(a->n_symbols, b->n_symbols);
	assert_int_equal(a->n_listed, b->n_listed);
	assert_int_equal(a->total, b->total);
	for (uint32_t j = 0; j < a->n_listed; j++) {
		assert_int_equal(a->freq[j], b->freq[j]);
		assert_int_equal(a->below[j], b->below[j]);
		if (a->n_listed < a->n_symbols)
			assert_int_equal(a->symbol[j], b->symbol[j]);
	}
}

/* Ask into a clean and into a dirty distribution before every decision. */
static void ask_twice(const struct predictor_ops *model, const struct input *input,
		      uint32_t n_symbols)
{
	static uint16_t symbol[N_MAX];
	struct predictor *p = open_default(model, n_symbols);
	struct dist clean, dirty;

	input->fill(symbol, input->n, n_symbols);
	assert_int_equal(dist_alloc(&clean, p->outcomes_max), STATUS_OK);
	assert_int_equal(dist_alloc(&dirty, p->outcomes_max), STATUS_OK);
	for (size_t i = 0; i < length_for(model, input->n, n_symbols) && i < 300; i++) {
		uint32_t outcome, told = OUTCOME_NONE;

		do {
			model->ask(p, &clean);
			dist_seal(&clean);
			memset(dirty.symbol, 0xa5, dirty.capacity * sizeof *dirty.symbol);
			memset(dirty.freq, 0xa5, dirty.capacity * sizeof *dirty.freq);
			dirty.n_symbols = dirty.n_listed = 0xa5a5;
			dirty.floor = 0xa5;
			outcome = model->spell ? model->spell(p, symbol[i]) : symbol[i];
			model->ask(p, &dirty);
			dist_seal(&dirty);
			same_distribution(&clean, &dirty);
			assert_true(dist_find(&clean, outcome).freq > 0);
		} while (!model->tell(p, outcome, &told));
		assert_int_equal(told, symbol[i]);
	}
	dist_free(&clean);
	dist_free(&dirty);
	model->close(p);
}

static void asking_moves_nothing(void **state)
{
	(void)state;
	for (size_t m = 0; predictors[m]; m++)
		for (size_t a = 0; a < sizeof alphabets / sizeof *alphabets; a++)
			if (!predictors[m]->needs_world && predictors[m]->ask) {
				const struct input *skew = &inputs[5], *periods = &inputs[6];

				ask_twice(predictors[m], skew, alphabets[a]);
				ask_twice(predictors[m], periods, alphabets[a]);
			}
}

/* Ids and names are unique and within their ranges; lookups find the very entry. */
static void registries_are_consistent(void **state)
{
	(void)state;
	for (size_t m = 0; predictors[m]; m++) {
		assert_true(1 <= predictors[m]->id && predictors[m]->id <= 31);
		assert_ptr_equal(predictor_by_name(predictors[m]->name), predictors[m]);
		assert_ptr_equal(predictor_by_id(predictors[m]->id), predictors[m]);
		assert_true(options_count(predictors[m]->options) <= OPTIONS_MAX);
		predictors[m]->close(NULL);
	}
	for (size_t c = 0; coders[c]; c++)
		assert_ptr_equal(coder_by_id(coders[c]->id), coders[c]);
	assert_null(predictor_by_name("no such predictor"));
}

static double order0_bits(uint16_t *symbol, size_t n, uint32_t n_symbols)
{
	double ideal_bits;
	struct buffer out = compress(predictor_by_name("order0"), coders[0], n_symbols, symbol, n,
				     &ideal_bits);

	buffer_free(&out);
	return ideal_bits;
}

/* order0 on two symbols is Krichevsky-Trofimov: probability Gamma(a + 1/2) Gamma(b + 1/2) / (pi
 * Gamma(a + b + 1)), whatever the order. */
static void order0_is_kt_on_two_symbols(void **state)
{
	uint16_t symbol[1000];

	(void)state;
	for (size_t a = 0; a <= 1000; a += 125) {
		double expected = -(lgamma((double)a + 0.5) + lgamma(1000 - (double)a + 0.5) -
				    log(M_PI) - lgamma(1001)) /
				  M_LN2;

		for (size_t i = 0; i < 1000; i++)
			symbol[i] = i * 377 % 1000 < a;
		assert_true(fabs(order0_bits(symbol, 1000, 2) - expected) < 1e-6);
	}
}

/* n times the same symbol: each level is a KT node of m <= 16 children, (m - 1)/2 * lg n + O(1). */
static void order0_learns_certainty(void **state)
{
	static uint16_t symbol[60000];

	(void)state;
	for (size_t a = 0; a < sizeof alphabets / sizeof *alphabets; a++) {
		double levels = ceil(log2(alphabets[a]) / 4 - 1e-9);

		all_same(symbol, 60000, alphabets[a]);
		assert_true(order0_bits(symbol, 60000, alphabets[a]) <= levels * 7.5 * log2(60000));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(registries_are_consistent),
	    cmocka_unit_test(every_pair_on_every_input),
	    cmocka_unit_test(asking_moves_nothing),
	    cmocka_unit_test(order0_is_kt_on_two_symbols),
	    cmocka_unit_test(order0_learns_certainty),
	};

	return cmocka_run_group_tests_name("models", tests, NULL, NULL);
}
