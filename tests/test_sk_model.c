/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_sk_model.c - the stored model of a two-part code: choice, bytes, lengths.
 *
 * Property: a description comes back from its bytes as it was; its bytes are its weighed bits
 * rounded up and keep within the limit; with everything stored model and data together are the
 * Bayes code but for the flags of facts; a larger limit never makes the data longer; the laws of
 * the sizes cost what their closed forms say, and the enumerative one exceeds the EPPF by what was
 * published; damaged bytes are refused or give another valid description.
 * Method: corpora written by the product into a private directory; partitions drawn here; libm's
 * lgamma as the other way to every length.
 */
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buffer.h"
#include "restaurant.h"
#include "sk_choice.h"
#include "sk_data.h"
#include "sk_lengths.h"
#include "special.h"
#include "world.h"

#include "fixture.h" /* last: it brings cmocka.h, which defines a macro fail() */

struct corpus {
	struct world *world;
	struct sk_prior *prior;
	struct sk_counts *counts;
};

static struct corpus make_corpus(const char *options)
{
	struct fixture_corpus drawn = fixture_draw("sk", "", options);
	struct corpus c = {.world = drawn.world};

	assert_int_equal(sk_prior_load(&c.prior, c.world->prior), STATUS_OK);
	assert_int_equal(sk_counts_open(&c.counts, c.prior), STATUS_OK);
	assert_int_equal(sk_counts_add_tokens(c.counts, drawn.token, drawn.n), STATUS_OK);
	free(drawn.token);
	return c;
}

static void free_corpus(struct corpus *c)
{
	sk_counts_free(c->counts);
	sk_prior_free(c->prior);
	world_free(c->world);
}

static const char *const settings[] = {
    "sentences=2000,seed=3",
    "sentences=3000,alpha=0.7,beta=10,seed=4",
    "sentences=500,alpha=0,beta=3,attributes=0,facts=0,seed=5",
    "sentences=2000,noise=0.3,seed=6",
    ("sentences=400,types=1,templates=1,classes=4,class-words=1,words=4,middle-names=3,seed=7,"
     "max-tokens=8"),
    "sentences=1,seed=8",
};

#define N_SETTINGS (sizeof settings / sizeof *settings)

static double sum(const double bits[BOUND_PARTS])
{
	return bits[BOUND_WEIGHTS] + bits[BOUND_NAMES] + bits[BOUND_FACTS] + bits[BOUND_SYNTAX];
}

static void assert_same_description(const struct sk_description *a, const struct sk_description *b)
{
	const struct sk_prior *p = a->prior;

	assert_true(a->n_sentences == b->n_sentences && a->n_escapes == b->n_escapes);
	assert_int_equal(a->n_elements, b->n_elements);
	assert_int_equal(a->noise, b->noise);
	for (uint32_t k = 0; k < a->n_elements; k++) {
		assert_true(a->element[k].name == b->element[k].name);
		assert_true(a->element[k].n == b->element[k].n);
		assert_int_equal(a->element[k].type, b->element[k].type);
	}
	for (size_t i = 0; i < (size_t)a->n_elements * p->n_attributes; i++)
		assert_int_equal(a->value[i], b->value[i]);
	for (uint32_t t = 0; t < p->n_types; t++) {
		for (uint32_t s = 0; s < p->cluster[t].n_states; s++) {
			const struct sk_state *from = &p->cluster[t].state[s];

			for (uint32_t j = 0; from->n_next > 1 && j < from->n_next; j++)
				assert_true(a->row[t][from->first_next + j] ==
					    b->row[t][from->first_next + j]);
		}
		for (uint32_t i = 0; p->n_class_words > 1 && i < p->n_classes * p->n_class_words;
		     i++)
			assert_true(a->word[t][i] == b->word[t][i]);
	}
}

/* Bits of the model once stored, after checks on the way there and back. */
static double check_bytes(const struct corpus *c, const struct sk_description *d, uint64_t limit)
{
	struct sk_description *again;
	struct buffer bytes = {0};
	double bits[BOUND_PARTS];

	assert_int_equal(sk_model_write(d, &bytes), STATUS_OK);
	assert_int_equal(sk_model_weigh(d, bits), STATUS_OK);
	assert_true((double)bytes.size_bytes <= ceil(sum(bits) / 8 + 1e-3));
	assert_true((double)bytes.size_bytes >= sum(bits) / 8 - 1e-3 - 8); /* zeros at the end */
	assert_true(8 * bytes.size_bytes <= limit || d->n_elements == 0);
	assert_int_equal(sk_model_read(&again, c->prior, d->n_sentences, bytes.data,
				       bytes.size_bytes),
			 STATUS_OK);
	assert_same_description(d, again);
	sk_description_free(again);
	buffer_free(&bytes);
	return sum(bits);
}

static void test_there_and_back(void **state)
{
	static const uint64_t limits[] = {SK_MODEL_BITS_ANY, 0,    50,   100,   250,
					  700,               2000, 6000, 20000, 100000};

	(void)state;
	for (size_t i = 0; i < N_SETTINGS; i++) {
		struct corpus c = make_corpus(settings[i]);

		for (size_t l = 0; l < sizeof limits / sizeof *limits; l++) {
			struct sk_description *d;
			double law_bits[SK_COUNT_LAWS];

			assert_int_equal(sk_choose(&d, c.counts, limits[l], law_bits), STATUS_OK);
			check_bytes(&c, d, limits[l]);
			sk_description_free(d);
		}
		free_corpus(&c);
	}
}

/* More bits of model, fewer of data; the shortest total is not beaten, nor is the Bayes code. */
static void test_limits(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_SETTINGS; i++) {
		struct corpus c = make_corpus(settings[i]);
		struct sk_description *d;
		double law_bits[SK_COUNT_LAWS], data[BOUND_PARTS], least, before = INFINITY;
		json_t *lengths;

		assert_int_equal(sk_choose(&d, c.counts, SK_MODEL_BITS_ANY, law_bits), STATUS_OK);
		sk_data_bits(d, c.counts, data);
		least = check_bytes(&c, d, SK_MODEL_BITS_ANY) + sum(data);
		sk_description_free(d);
		assert_int_equal(sk_code_lengths(c.counts, NULL, &lengths), STATUS_OK);
		assert_true(least > json_number_value(json_object_get(lengths, "bayes_bits")));
		json_decref(lengths);
		for (uint64_t limit = 64; limit < 60000; limit += limit / 2) {
			assert_int_equal(sk_choose(&d, c.counts, limit, law_bits), STATUS_OK);
			sk_data_bits(d, c.counts, data);
			assert_true(sum(data) <= before + 1e-6);
			before = sum(data);
			assert_true(check_bytes(&c, d, limit) + before >= least - 1e-6);
			sk_description_free(d);
		}
		free_corpus(&c);
	}
}

/* Everything stored: weights, names and syntax are those of the Bayes code, part by part. */
static void test_sufficient(void **state)
{
	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct corpus c = make_corpus(settings[i]);
		struct sk_description *d;
		double law_bits[SK_COUNT_LAWS], model[BOUND_PARTS], data[BOUND_PARTS], names = 0;
		json_t *l;

		assert_int_equal(sk_choose(&d, c.counts, SK_MODEL_BITS_ANY, law_bits), STATUS_OK);
		assert_int_equal(sk_model_weigh(d, model), STATUS_OK);
		sk_data_bits(d, c.counts, data);
		assert_int_equal(sk_code_lengths(c.counts, NULL, &l), STATUS_OK);
		assert_int_equal(d->n_escapes, 0);
		names = c.counts->n_elements * (log2((double)c.prior->n_names) +
						log2((double)c.prior->n_types));
		assert_true(fabs(model[BOUND_NAMES] + data[BOUND_NAMES] - names) < 1e-6);
		/* n, no escapes, which law: about 5 + lg n + 3 + 2 bits */
		assert_true(fabs(model[BOUND_WEIGHTS] + data[BOUND_WEIGHTS] -
				 json_number_value(json_object_get(l, "partition_bits")) - 10 -
				 log2((double)c.counts->n_sentences)) < 3);
		assert_true(fabs(model[BOUND_SYNTAX] + data[BOUND_SYNTAX] -
				 json_number_value(json_object_get(l, "syntax_bits"))) <
			    20 + 3 * log2((double)c.counts->n_sentences));
		json_decref(l);
		sk_description_free(d);
		free_corpus(&c);
	}
}

/* Means over drawn partitions of 1,000 and 10,000 sentences of the Bayes code and of the
 * enumerative two-part code (published for log* instead of our code of natural numbers: some bits
 * apart). */
static void test_enumerative(void **state)
{
	static const struct {
		int64_t alpha, beta; /* millionths */
		unsigned n;
		double mixture, two_part;
	} published[] = {{500000, 1000000, 1000, 3069.7, 3250.5},
			 {700000, 1000000, 1000, 3698.3, 4074.0},
			 {700000, 10000000, 10000, 61202, 64879}};
	struct corpus c = make_corpus("sentences=10,seed=1");

	(void)state;
	for (size_t i = 0; i < sizeof published / sizeof *published; i++) {
		const unsigned n = published[i].n, n_seeds = n > 1000 ? 60 : 1000;
		double mixture = 0, two_part = 0;

		for (uint64_t seed = 0; seed < n_seeds; seed++) {
			struct restaurant r =
			    restaurant_open(published[i].alpha, published[i].beta);
			struct sk_stored_element *element = calloc(n, sizeof *element);
			struct sk_description d = {.prior = c.prior, .element = element};
			struct rng rng = rng_stream(seed, 1, i);
			double alpha = 1e-6 * (double)published[i].alpha, left = n;
			double beta = 1e-6 * (double)published[i].beta;

			for (unsigned j = 0; j < n; j++)
				element[restaurant_seat(&r, &rng)].n++;
			d.n_elements = r.n_tables;
			mixture += special_lg_rising(beta + 1, n - 1);
			for (uint32_t k = 0; k < d.n_elements; k++) {
				double n_k = (double)element[k].n, others = d.n_elements - 1 - k;

				mixture -= special_lg_rising(1 - alpha, n_k - 1) +
					   (k ? log2(beta + k * alpha) : 0);
				/* uniform composition, sequence, order of first appearance */
				two_part += (lgamma(left) - lgamma(others + 1) -
					     lgamma(left - others)) / log(2) * (k == 0);
				two_part -= lgamma(n_k + 1) / log(2) + log2(left / n_k);
				left -= n_k;
			}
			two_part += lgamma(n + 1.0) / log(2) + log2(n) * 2 + 8;
			free(element);
			restaurant_close(&r);
		}
		mixture /= n_seeds;
		two_part /= n_seeds;
		assert_true(fabs(mixture / published[i].mixture - 1) < 0.05); /* it varies */
		assert_true(fabs((two_part - mixture) /
				     (published[i].two_part - published[i].mixture) -
				 1) < 0.08);
	}
	free_corpus(&c);
}

/* Every 5th bit flipped, every 3rd cut. */
static void test_damage(void **state)
{
	struct corpus c = make_corpus("sentences=300,noise=0.1,seed=2");
	struct sk_description *d;
	struct buffer bytes = {0};
	double law_bits[SK_COUNT_LAWS];

	(void)state;
	assert_int_equal(sk_choose(&d, c.counts, 1500, law_bits), STATUS_OK);
	assert_int_equal(sk_model_write(d, &bytes), STATUS_OK);
	for (size_t i = 0; i < 8 * bytes.size_bytes; i += 5) {
		size_t cut = i % 3 ? bytes.size_bytes : i / 8;
		struct sk_description *again = NULL;

		bytes.data[i / 8] ^= (uint8_t)(1 << i % 8);
		enum status s = sk_model_read(&again, c.prior, 300, bytes.data, cut);

		assert_true(s == STATUS_OK || s == STATUS_CORRUPT);
		if (s == STATUS_OK) {
			assert_true(again->n_sentences <= 300);
			sk_description_free(again);
		}
		bytes.data[i / 8] ^= (uint8_t)(1 << i % 8);
	}
	sk_description_free(d);
	buffer_free(&bytes);
	free_corpus(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_there_and_back), cmocka_unit_test(test_limits),
	    cmocka_unit_test(test_sufficient),     cmocka_unit_test(test_enumerative),
	    cmocka_unit_test(test_damage),
	};

	return cmocka_run_group_tests_name("sk_model", tests, fixture_open, fixture_close);
}
