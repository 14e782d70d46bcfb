/* SPDX-License-Identifier: BSD-2-Clause
 *
 * mixer_twin.h - the steps of mixing_steps.h that work on vectors, against twins in plain loops.
 *
 * A test program that defines VEC_FORM and includes mixing_steps.h includes this after cmocka.h and
 * runs MIXER_TWIN_TESTS: one program for each form, as a file holds one form only.
 */
#ifndef TWOPART_TESTS_MIXER_TWIN_H
#define TWOPART_TESTS_MIXER_TWIN_H

#include <math.h>

#include "mixing_steps.h"
#include "rng.h"

#define TWIN_VECS 6
#define TWIN_SETS 8
#define TWIN_INPUTS (TWIN_VECS * MIXING_LANES)
#define TWIN_ROUNDS 300

struct twin_case {
	unsigned n_sets, n_vecs;
	float input[TWIN_INPUTS];
	float weight[TWIN_SETS][TWIN_INPUTS];
	float *set[TWIN_SETS];
};

/* Of either sign and many sizes, so that another order of additions would show. */
static float twin_number(struct rng *rng)
{
	int exponent = (int)rng_below(rng, 12) - 8;

	return ldexpf((float)rng_unit(rng) - 0.5f, exponent);
}

static void twin_draw(struct twin_case *c, struct rng *rng)
{
	c->n_sets = 1 + (unsigned)rng_below(rng, TWIN_SETS);
	c->n_vecs = 1 + (unsigned)rng_below(rng, TWIN_VECS);
	for (unsigned i = 0; i < TWIN_INPUTS; i++)
		c->input[i] = twin_number(rng);
	for (unsigned s = 0; s < TWIN_SETS; s++) {
		c->set[s] = c->weight[s];
		for (unsigned i = 0; i < TWIN_INPUTS; i++)
			c->weight[s][i] = twin_number(rng);
	}
}

/* Sets first; then each lane over all vectors; then lane l + 8 to l, l + 4, l + 2, l + 1. */
static float twin_sum(const struct twin_case *c)
{
	float lane[MIXING_LANES] = {0};

	for (unsigned i = 0; i < c->n_vecs * MIXING_LANES; i++) {
		float w = c->weight[0][i], product;

		for (unsigned s = 1; s < c->n_sets; s++)
			w += c->weight[s][i];
		product = w * c->input[i];
		lane[i % MIXING_LANES] += product;
	}
	for (unsigned half = MIXING_LANES / 2; half; half /= 2)
		for (unsigned l = 0; l < half; l++)
			lane[l] += lane[l + half];
	return lane[0];
}

static void twin_sums_are_equal(void **state)
{
	struct rng rng = rng_stream(1, 0, 0);
	struct twin_case c;

	(void)state;
	for (unsigned round = 0; round < TWIN_ROUNDS; round++) {
		float expected, sum;

		twin_draw(&c, &rng);
		expected = twin_sum(&c);
		sum = mixer_sum(c.set, c.n_sets, c.input, c.n_vecs);
		assert_memory_equal(&sum, &expected, sizeof sum);
	}
}

/* Each weight in use moves by step x input, rounded before it is added; no other one does. */
static void twin_weights_are_equal(void **state)
{
	struct rng rng = rng_stream(2, 0, 0);
	struct twin_case c, expected;

	(void)state;
	for (unsigned round = 0; round < TWIN_ROUNDS; round++) {
		float step = twin_number(&rng);

		twin_draw(&c, &rng);
		expected = c;
		for (unsigned s = 0; s < c.n_sets; s++)
			for (unsigned i = 0; i < c.n_vecs * MIXING_LANES; i++) {
				float change = step * c.input[i];

				expected.weight[s][i] += change;
			}
		mixer_learn(c.set, c.n_sets, c.input, c.n_vecs, step);
		assert_memory_equal(c.weight, expected.weight, sizeof c.weight);
	}
}

/* All of it: the nearest cell of the table, for log-odds of any size. */
static void twin_squash_is_equal(void **state)
{
	static struct mixing_tables t;
	struct rng rng = rng_stream(3, 0, 0);

	(void)state;
	mixing_tables_build(&t);
	for (unsigned round = 0; round < 100 * TWIN_ROUNDS; round++) {
		float x = ldexpf((float)rng_unit(&rng) - 0.5f, (int)rng_below(&rng, 12));
		float limited = x > MIXING_STRETCH_MAX    ? MIXING_STRETCH_MAX
				: x < -MIXING_STRETCH_MAX ? -MIXING_STRETCH_MAX
							  : x;
		int cell = (int)((limited + MIXING_STRETCH_MAX) * MIXING_SQUASH_SCALE);

		assert_true(limit_stretch(x) == limited);
		assert_true(squash(&t, x) == t.squash[cell]);
	}
}

/* Two inputs speak the truth, more and less loudly, the others at random: what is learnt predicts
 * the bit, and the weights of noise stay small beside those of the truth. */
static void twin_mixer_learns(void **state)
{
	static struct mixing_tables t;
	struct rng rng = rng_stream(4, 0, 0);
	struct twin_case c = {.n_sets = 3, .n_vecs = 2};
	double bits = 0;

	(void)state;
	mixing_tables_build(&t);
	for (unsigned s = 0; s < TWIN_SETS; s++)
		c.set[s] = c.weight[s];
	mixer_start(c.weight[0], TWIN_SETS, TWIN_INPUTS, 0);
	for (unsigned round = 0; round < 20000; round++) {
		unsigned truth = (unsigned)rng_below(&rng, 2);
		unsigned bit = rng_below(&rng, 10) ? truth : !truth;
		float p;

		for (unsigned i = 0; i < 2 * MIXING_LANES; i++)
			c.input[i] = (float)rng_unit(&rng) - 0.5f;
		c.input[3] = truth ? 1 : -1;
		c.input[20] = truth ? -0.5f : 0.5f;
		p = squash(&t, mixer_sum(c.set, c.n_sets, c.input, c.n_vecs));
		if (round >= 10000)
			bits -= log2(bit ? p : 1 - p) / 10000;
		mixer_learn(c.set, c.n_sets, c.input, c.n_vecs, ((float)bit - p) * 0.003f);
	}
	assert_true(bits < 0.4690 * 1.03); /* entropy of 1 in 10 */
	for (unsigned i = 0; i < 2 * MIXING_LANES; i++)
		assert_true(i == 3 || i == 20 || fabsf(c.weight[0][i]) < c.weight[0][3] / 2);
	assert_true(c.weight[0][20] < 0);
	assert_memory_equal(c.weight[0], c.weight[2], sizeof c.weight[0]);
}

#define MIXER_TWIN_TESTS                                                                           \
	cmocka_unit_test(twin_sums_are_equal), cmocka_unit_test(twin_weights_are_equal),           \
	    cmocka_unit_test(twin_squash_is_equal), cmocka_unit_test(twin_mixer_learns)

#endif
