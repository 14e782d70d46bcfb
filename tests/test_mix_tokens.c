/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_mix_tokens.c - the token half of `mix`.
 *
 * Property  what a source has planted is learnt: topics with words of their own, and facts that
 *           are stated of named things in many words, cost little more than the source's entropy.
 *           Every form of instructions gives the same bits; odd alphabets and inputs come back;
 *           damaged streams decode to something; memory is what was announced.  All with subjects
 *           and without; where sentences name whom they are about last, subjects save bits.
 * Method    a planted source; run.h with and without a coder.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "buffer.h"
#include "coder.h"
#include "kernels_forms.h"
#include "predictor.h"
#include "rng.h"
#include "run.h"
#include "simd.h"

#include <cmocka.h> /* last: it has a macro called fail */

#define TOPICS 3u
#define WORDS 12u /* of a topic and position */
#define POSITIONS 5u
#define ELEMENTS 40u
#define VALUES 50u
#define SENTENCES 8000u
#define SENTENCE_MAX (POSITIONS + 5)
#define END 11u
#define SYMBOLS 700u
#define N_SMALL 6000u
#define LEARNT_MAX 1.04
#define LEARNT_SECOND_MAX 1.01

/* Sentences of a topic: words, one at each position; then a name of two parts and its value. */
struct planted {
	uint16_t token[SENTENCES * SENTENCE_MAX];
	size_t n;
	double bits; /* of somebody who knows everything but values not stated yet */
};

static uint16_t word_of(uint32_t topic, uint32_t position, uint32_t i)
{
	return (uint16_t)(20 + (topic * POSITIONS + position) * WORDS + i);
}

static struct planted *plant(uint64_t seed)
{
	struct planted *p = calloc(1, sizeof *p);
	struct rng rng = rng_stream(seed, 0, 0);
	uint32_t value[ELEMENTS];
	bool stated[ELEMENTS] = {false};

	assert_non_null(p);
	for (uint32_t e = 0; e < ELEMENTS; e++)
		value[e] = (uint32_t)rng_below(&rng, VALUES);
	for (uint32_t i = 0; i < SENTENCES; i++) {
		uint32_t e = (uint32_t)rng_below(&rng, ELEMENTS), t = e % TOPICS;

		for (uint32_t k = 0; k < POSITIONS; k++)
			p->token[p->n++] = word_of(t, k, (uint32_t)rng_below(&rng, WORDS));
		p->token[p->n++] = (uint16_t)(300 + e);
		p->token[p->n++] = (uint16_t)(400 + e * 7 % ELEMENTS);
		p->token[p->n++] = (uint16_t)(500 + value[e]);
		p->token[p->n++] = END;
		p->bits += log2(ELEMENTS) + POSITIONS * log2(WORDS);
		p->bits += stated[e] ? 0 : log2(VALUES);
		stated[e] = true;
	}
	return p;
}

static bool subjects; /* the group of tests that runs */

static struct predictor *open_mix(uint32_t n_symbols, size_t n, int64_t level)
{
	const struct predictor_ops *model = predictor_by_name("mix");
	int64_t option[OPTIONS_MAX] = {0};
	struct predictor_setup setup = {
	    .n_symbols = n_symbols, .n_total = n, .n_max = n, .option = option};
	struct predictor *p;

	options_defaults(model->options, option);
	assert_int_equal(options_set(model->options, option, "subjects", subjects ? "1" : "2"),
			 STATUS_OK);
	option[0] = level;
	assert_int_equal(model->open(&p, &setup), STATUS_OK);
	return p;
}

static struct run open_run(uint32_t n_symbols, size_t n, int64_t level)
{
	struct run r = {.model = predictor_by_name("mix"), .coder = coders[0],
			.p = open_mix(n_symbols, n, level)};

	assert_int_equal(run_open(&r), STATUS_OK);
	return r;
}

static double score(uint32_t n_symbols, uint16_t *symbol, size_t n, int64_t level)
{
	struct run r = open_run(n_symbols, n, level);
	double bits;

	assert_int_equal(run_symbols(&r, symbol, n), STATUS_OK);
	bits = r.ideal_bits;
	run_close(&r);
	r.model->close(r.p);
	return bits;
}

static struct buffer encode(uint32_t n_symbols, uint16_t *symbol, size_t n)
{
	struct run r = open_run(n_symbols, n, 5);
	struct buffer out = {0};

	assert_int_equal(r.coder->encoder_open(&r.enc, &out), STATUS_OK);
	assert_int_equal(run_symbols(&r, symbol, n), STATUS_OK);
	assert_int_equal(r.coder->encoder_close(r.enc), STATUS_OK);
	run_close(&r);
	r.model->close(r.p);
	return out;
}

/* Whatever becomes of it, each symbol is one of the alphabet. */
static enum status decode(uint32_t n_symbols, uint16_t *symbol, size_t n, const struct buffer *in)
{
	struct run r = open_run(n_symbols, n, 5);
	enum status status;

	assert_int_equal(r.coder->decoder_open(&r.dec, in->data, in->size_bytes), STATUS_OK);
	status = run_symbols(&r, symbol, n);
	if (r.coder->decoder_close(r.dec) != STATUS_OK && status == STATUS_OK)
		status = STATUS_CORRUPT;
	run_close(&r);
	r.model->close(r.p);
	return status;
}

static void planted_structure_is_learnt(void **state)
{
	struct planted *p = plant(1);
	double bits = score(SYMBOLS, p->token, p->n, 5);

	(void)state;
	print_message("%.0f bits, the source's %.0f: %.4f\n", bits, p->bits, bits / p->bits);
	assert_true(bits > p->bits * 0.99);
	assert_true(bits < p->bits * LEARNT_MAX);
	free(p);
}

/* The second half alone costs what the source says: the values are known, the words and topics
 * are. */
static void what_is_learnt_stays(void **state)
{
	struct planted *p = plant(2);
	double half = score(SYMBOLS, p->token, p->n / 2, 5), all;

	(void)state;
	all = score(SYMBOLS, p->token, p->n, 5);
	print_message("second half %.4f\n", (all - half) / (p->bits / 2));
	assert_true(all - half < p->bits / 2 * LEARNT_SECOND_MAX);
	free(p);
}

static void little_memory_costs_little(void **state)
{
	struct planted *p = plant(3);
	double much = score(SYMBOLS, p->token, p->n, 9), little;

	(void)state;
	little = score(SYMBOLS, p->token, p->n, 1);
	assert_true(little < much * 1.05);
	free(p);
}

static void forms_agree(void **state)
{
	struct planted *p = plant(4);
	size_t n = p->n / 4;
	double plain;

	(void)state;
	assert_int_equal(simd_force("plain"), STATUS_OK);
	plain = score(SYMBOLS, p->token, n, 5);
	for (enum simd form = SIMD_AVX2; form < SIMD_FORMS; form++) {
		if (!simd_available(form))
			continue;
		assert_int_equal(simd_force(simd_name(form)), STATUS_OK);
		assert_true(score(SYMBOLS, p->token, n, 5) == plain);
	}
	assert_int_equal(simd_force("auto"), STATUS_OK);
	free(p);
}

/* What an input is made of: the cases that a lexicon could stumble over. */
static void fill(uint16_t *symbol, uint32_t n, uint32_t n_symbols, unsigned kind)
{
	struct rng rng = rng_stream(5, kind, n_symbols);

	for (uint32_t i = 0; i < n; i++) {
		uint32_t any = (uint32_t)rng_below(&rng, n_symbols);
		uint32_t choice[] = {
		    any,                                      /* nothing to learn */
		    i % 2 ? n_symbols - 1 : any,              /* sentences of one word */
		    i < n / 2 ? i % 5 : n_symbols - 1 - i % 5, /* new words, late */
		    i % 700 ? any % 3 : n_symbols - 1,        /* few words, long sentences */
		    i % n_symbols,                            /* each word follows another */
		};

		symbol[i] = (uint16_t)choice[kind];
	}
}

static void odd_inputs_come_back(void **state)
{
	static const uint32_t alphabet[] = {257, 300, 65535, 65536};
	static uint16_t symbol[N_SMALL], back[N_SMALL];

	(void)state;
	for (unsigned a = 0; a < 4; a++)
		for (unsigned kind = 0; kind < 5; kind++) {
			uint32_t n = kind == 0 ? 1 + 97 * a : N_SMALL;
			struct buffer out;

			fill(symbol, n, alphabet[a], kind);
			out = encode(alphabet[a], symbol, n);
			memset(back, 0xa5, sizeof back);
			assert_int_equal(decode(alphabet[a], back, n, &out), STATUS_OK);
			assert_memory_equal(back, symbol, n * sizeof *back);
			buffer_free(&out);
		}
}

/* In the last of `parts` parts of the archive. */
static void damage(uint32_t n_symbols, uint16_t *symbol, size_t n, unsigned parts)
{
	struct rng rng = rng_stream(6, 0, 0);
	uint16_t *back = calloc(n, sizeof *back);

	assert_non_null(back);
	for (unsigned round = 0; round < 20; round++) {
		struct buffer out = encode(n_symbols, symbol, n);
		uint64_t part = out.size_bytes / parts;

		for (unsigned k = 0; k < 1 + round; k++)
			out.data[out.size_bytes - 1 - rng_below(&rng, part)] ^=
			    (uint8_t)(1u << rng_below(&rng, 8));
		(void)decode(n_symbols, back, n, &out);
		for (size_t i = 0; i < n; i++)
			assert_true(back[i] < n_symbols);
		buffer_free(&out);
	}
	free(back);
}

static void damage_is_survived(void **state)
{
	static uint16_t symbol[N_SMALL];
	struct planted *p = plant(5);

	(void)state;
	fill(symbol, N_SMALL, 300, 3);
	damage(300, symbol, N_SMALL, 1);
	damage(SYMBOLS, p->token, p->n / 4, 2); /* when topics are known, and who has what value */
	free(p);
}

#define GUESTS 300u

/* Sentences that state two values of somebody before they come to the name. */
static struct planted *plant_names_last(void)
{
	struct planted *p = calloc(1, sizeof *p);
	struct rng rng = rng_stream(7, 0, 0);
	uint16_t fact[GUESTS][4];

	assert_non_null(p);
	for (uint32_t g = 0; g < GUESTS; g++)
		for (uint32_t k = 0; k < 4; k++)
			fact[g][k] = (uint16_t)(300 + 100 * k + rng_below(&rng, 100));
	for (uint32_t i = 0; i < SENTENCES; i++) {
		uint32_t g = (uint32_t)rng_below(&rng, GUESTS);

		for (uint32_t k = 0; k < 4; k++) {
			p->token[p->n++] = word_of(g % TOPICS, k, (uint32_t)rng_below(&rng, WORDS));
			if (k == 3)
				p->token[p->n++] = fact[g][2];
			p->token[p->n++] = fact[g][k];
		}
		p->token[p->n++] = END;
	}
	return p;
}

static void subjects_are_worth_it(void **state)
{
	struct planted *p = plant_names_last();
	double with, without;

	(void)state;
	subjects = false;
	without = score(SYMBOLS, p->token, p->n, 5);
	subjects = true;
	with = score(SYMBOLS, p->token, p->n, 5);
	print_message("%.0f bits with subjects, %.0f without\n", with, without);
	assert_true(with < 0.96 * without);
	free(p);
}

/* New archives of many tokens get subjects unless told otherwise. */
static void what_is_open_is_settled(void **state)
{
	static const struct {
		uint32_t n_symbols;
		uint64_t n_total;
		const char *told, *settled;
	} cases[] = {
	    {257, 16384, "", "subjects=1"}, {257, 16383, "", ""},
	    {256, 16384, "", ""},           {257, 16384, "subjects=2", "subjects=2"},
	    {257, 1, "subjects=1", "subjects=1"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		for (unsigned neural = 0; neural < 2; neural++) {
			const struct predictor_ops *ops =
			    predictor_by_name(neural ? "neural" : "mix");
			int64_t option[OPTIONS_MAX] = {0};
			struct predictor_setup setup = {.n_symbols = cases[i].n_symbols,
							.n_total = cases[i].n_total,
							.option = option};
			struct buffer text = {0};

			options_defaults(ops->options, option);
			assert_int_equal(options_parse(ops->options, option, cases[i].told),
					 STATUS_OK);
			ops->settle(&setup, option);
			options_print(ops->options, option, &text);
			buffer_append_byte(&text, 0);
			assert_string_equal((char *)text.data, cases[i].settled);
			buffer_free(&text);
		}
}

static void memory_is_scaled(void **state)
{
	const struct predictor_ops *model = predictor_by_name("mix");
	int64_t option[OPTIONS_MAX] = {0};
	struct predictor_setup setup = {.n_symbols = 4000, .option = option};
	uint64_t tiny, large;

	(void)state;
	options_defaults(model->options, option);
	assert_int_equal(options_set(model->options, option, "subjects", subjects ? "1" : "2"),
			 STATUS_OK);
	tiny = model->memory_bytes(&setup, 100);
	large = model->memory_bytes(&setup, 100000000);
	assert_true(tiny < (uint64_t)40 << 20);
	assert_true(large < (uint64_t)2 << 30);
	option[0] = 1;
	assert_true(model->memory_bytes(&setup, 100000000) < large);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(planted_structure_is_learnt),
	    cmocka_unit_test(what_is_learnt_stays),
	    cmocka_unit_test(little_memory_costs_little),
	    cmocka_unit_test(forms_agree),
	    cmocka_unit_test(odd_inputs_come_back),
	    cmocka_unit_test(damage_is_survived),
	    cmocka_unit_test(memory_is_scaled),
	};
	const struct CMUnitTest of_subjects[] = {
	    cmocka_unit_test(subjects_are_worth_it),
	    cmocka_unit_test(what_is_open_is_settled),
	};
	int failed = cmocka_run_group_tests_name("without subjects", tests, NULL, NULL);

	subjects = true;
	failed += cmocka_run_group_tests_name("with subjects", tests, NULL, NULL);
	return failed + cmocka_run_group_tests_name("both", of_subjects, NULL, NULL);
}
