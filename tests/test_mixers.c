/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Properties of the mixers (models/mixers.h) and of the predictor `ensemble`, which uses them:
 *   - bayes gives a sequence the mean of the experts' products, so at most lg K bits more than the
 *     best one; switching gives it the mean over all sequences of experts by their prior, so at
 *     most that prior's bits more than the best sequence of m switches, for every m; linear at most
 *     lg K / rate more than the best one.  Exactly, on random, periodic and adversarial bits;
 *   - linear finds a combination, and logistic a product, that no expert comes near;
 *   - every probability is above 0 and below 1, asking moves nothing, and two runs are equal;
 *     sets of weights do not touch each other;
 *   - the bounds hold for the predictor, each of whose experts can be coded alone, its archives are
 *     what they always were, and every row of `twopart mixers` keeps its bound.
 * Method: sums and best sequences by plain arithmetic and dynamic programming here.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "archive.h"
#include "bit_spelling.h"
#include "experts.h"
#include "mixer_report.h"
#include "mixers.h"
#include "rng.h"
#include "run.h"
#include "tokens.h"

#include <cmocka.h> /* after status.h: it defines a macro fail() */

#define N_MAX 20000
#define K_MAX 5
#define SWITCHES_MAX 4
#define SLACK 1e-6 /* bits, of sums of so many logarithms */

enum { LOGISTIC, BAYES, SWITCHING, LINEAR, N_MIXERS };

/* What K experts said of each bit, and the bits. */
struct game {
	unsigned n_experts;
	size_t n;
	uint16_t p1[N_MAX][K_MAX];
	uint8_t bit[N_MAX];
};

static struct mixer *open_mixer(unsigned kind, unsigned n_experts, uint32_t n_sets)
{
	struct mixer_setup setup = {.n_experts = n_experts, .n_sets = n_sets};
	struct mixer *m;

	assert_true(mixers[kind]->memory_bytes(&setup) > 0);
	assert_int_equal(mixers[kind]->open(&m, &setup), STATUS_OK);
	return m;
}

/* One bit: its cost. */
static double play_bit(unsigned kind, struct mixer *m, const uint16_t *p1, unsigned bit,
		       uint32_t set)
{
	double p = mixers[kind]->mix(m, p1, set);

	assert_true(p > 0 && p < 1);
	assert_true(spelling_probability(p) >= 1 && spelling_probability(p) < BIT_PROBABILITY_ONE);
	assert_true(mixers[kind]->mix(m, p1, set) == p);
	mixers[kind]->learn(m, bit);
	return -log2(bit ? p : 1 - p);
}

static double play(unsigned kind, const struct game *g)
{
	struct mixer *m = open_mixer(kind, g->n_experts, 1);
	double bits = 0;

	for (size_t i = 0; i < g->n; i++)
		bits += play_bit(kind, m, g->p1[i], g->bit[i], 0);
	mixers[kind]->close(m);
	return bits;
}

static double expert_cost(const struct game *g, size_t i, unsigned k)
{
	double p1 = g->p1[i][k] / (double)MIXER_ONE;

	return -log2(g->bit[i] ? p1 : 1 - p1);
}

static double best_expert(const struct game *g)
{
	double best = INFINITY;

	for (unsigned k = 0; k < g->n_experts; k++) {
		double bits = 0;

		for (size_t i = 0; i < g->n; i++)
			bits += expert_cost(g, i, k);
		best = fmin(best, bits);
	}
	return best;
}

/* Games ------------------------------------------------------------------------------------ */

static uint16_t any_p(struct rng *rng)
{
	switch (rng_below(rng, 4)) {
	case 0:
		return 1;
	case 1:
		return MIXER_ONE - 1;
	default:
		return (uint16_t)(1 + rng_below(rng, MIXER_ONE - 1));
	}
}

/* Everybody says anything. */
static void random_game(struct game *g, struct rng *rng)
{
	for (size_t i = 0; i < g->n; i++) {
		g->bit[i] = rng_below(rng, 2);
		for (unsigned k = 0; k < g->n_experts; k++)
			g->p1[i][k] = any_p(rng);
	}
}

/* Expert k is right in every K-th stretch of some length, and wrong in the others. */
static void changing_game(struct game *g, struct rng *rng)
{
	size_t stretch = 1 + rng_below(rng, 2000);

	for (size_t i = 0; i < g->n; i++) {
		g->bit[i] = rng_below(rng, 2);
		for (unsigned k = 0; k < g->n_experts; k++) {
			bool right = i / stretch % g->n_experts == k;

			g->p1[i][k] = g->bit[i] == right ? 60000 : 5000;
		}
	}
}

/* One expert is all but certain and wrong once in a while; the others know nothing. */
static void certain_game(struct game *g, struct rng *rng)
{
	for (size_t i = 0; i < g->n; i++) {
		g->bit[i] = rng_below(rng, 1000) == 0;
		for (unsigned k = 0; k < g->n_experts; k++)
			g->p1[i][k] = k == 1 ? 1 : MIXER_ONE / 2;
	}
}

/* One expert falls behind by thousands of bits, and catches up with the other. */
static void returning_game(struct game *g, struct rng *rng)
{
	for (size_t i = 0; i < g->n; i++) {
		bool early = i < g->n / 2 - rng_below(rng, 3);

		g->bit[i] = i & 1;
		for (unsigned k = 0; k < g->n_experts; k++)
			g->p1[i][k] = g->bit[i] == ((k == 0) == early) ? 60000 : 5000;
	}
}

/* Constant experts; the bit is always the one that the mixture believes less. */
static void adversarial_game(struct game *g, struct rng *rng, unsigned kind)
{
	struct mixer *m = open_mixer(kind, g->n_experts, 1);

	(void)rng;
	for (size_t i = 0; i < g->n; i++) {
		for (unsigned k = 0; k < g->n_experts; k++)
			g->p1[i][k] = (uint16_t)((k + 1) * MIXER_ONE / (g->n_experts + 1));
		g->bit[i] = mixers[kind]->mix(m, g->p1[i], 0) < 0.5;
		mixers[kind]->learn(m, g->bit[i]);
	}
	mixers[kind]->close(m);
}

static void fill_game(struct game *g, unsigned which, unsigned kind, uint64_t seed)
{
	struct rng rng = rng_stream(seed, which, 0);

	g->n_experts = 1 + (unsigned)((seed + which) % K_MAX);
	g->n = seed % 3 == 0 ? N_MAX : 1 + rng_below(&rng, 3000);
	switch (which) {
	case 0:
		random_game(g, &rng);
		return;
	case 1:
		changing_game(g, &rng);
		return;
	case 2:
		certain_game(g, &rng);
		return;
	case 3:
		returning_game(g, &rng);
		return;
	default:
		adversarial_game(g, &rng, kind);
	}
}

#define N_GAMES 5
#define N_SEEDS 6

/* Bounds ------------------------------------------------------------------------------------- */

/* -lg of the mean of 2^-bits[k]. */
static double mean_bits(const double *bits, size_t n)
{
	double least = INFINITY, sum = 0;

	for (size_t k = 0; k < n; k++)
		least = fmin(least, bits[k]);
	for (size_t k = 0; k < n; k++)
		sum += exp2(least - bits[k]);
	return least - log2(sum / (double)n);
}

static void bayes_is_the_mean_of_products(void **state)
{
	static struct game g;

	(void)state;
	for (unsigned which = 0; which < N_GAMES; which++)
		for (uint64_t seed = 0; seed < N_SEEDS; seed++) {
			double product[K_MAX] = {0}, bits;

			fill_game(&g, which, BAYES, seed);
			for (unsigned k = 0; k < g.n_experts; k++)
				for (size_t i = 0; i < g.n; i++)
					product[k] += expert_cost(&g, i, k);
			bits = play(BAYES, &g);
			assert_true(fabs(bits - mean_bits(product, g.n_experts)) < SLACK);
			assert_true(bits <= best_expert(&g) + log2(g.n_experts) + SLACK);
		}
}

/* Cost of the prior of a change after bit t, and of none. */
static double change_bits(const struct game *g, uint64_t t)
{
	return log2((g->n_experts - 1) / switching_share(t));
}

static double stay_bits(const struct game *g, uint64_t t)
{
	return g->n_experts > 1 ? -log2(1 - switching_share(t)) : 0;
}

/* Least cost of a sequence of experts with exactly m switches and of its prior, for each m. */
static void best_sequences(const struct game *g, double best[SWITCHES_MAX + 1])
{
	double at[SWITCHES_MAX + 1][K_MAX], before[SWITCHES_MAX + 1][K_MAX];

	for (unsigned m = 0; m <= SWITCHES_MAX; m++)
		for (unsigned k = 0; k < g->n_experts; k++)
			at[m][k] = m == 0 ? log2(g->n_experts) + expert_cost(g, 0, k) : INFINITY;
	for (size_t i = 1; i < g->n; i++) {
		memcpy(before, at, sizeof at);
		for (unsigned m = 0; m <= SWITCHES_MAX; m++)
			for (unsigned k = 0; k < g->n_experts; k++) {
				double least = before[m][k] + stay_bits(g, i);

				for (unsigned j = 0; m > 0 && j < g->n_experts; j++)
					if (j != k)
						least = fmin(least,
							     before[m - 1][j] + change_bits(g, i));
				at[m][k] = least + expert_cost(g, i, k);
			}
	}
	for (unsigned m = 0; m <= SWITCHES_MAX; m++) {
		best[m] = INFINITY;
		for (unsigned k = 0; k < g->n_experts; k++)
			best[m] = fmin(best[m], at[m][k]);
	}
}

static void switching_is_within_its_prior_of_any_sequence(void **state)
{
	static struct game g;

	(void)state;
	for (unsigned which = 0; which < N_GAMES; which++)
		for (uint64_t seed = 0; seed < N_SEEDS; seed++) {
			double best[SWITCHES_MAX + 1], bits;

			fill_game(&g, which, SWITCHING, seed);
			best_sequences(&g, best);
			bits = play(SWITCHING, &g);
			for (unsigned m = 0; m <= SWITCHES_MAX; m++)
				assert_true(bits <= best[m] + SLACK);
		}
}

/* The prior's part in the words of the head comment of mixer_switching.c. */
static void the_prior_of_switching_is_small(void **state)
{
	double sum = 0;

	(void)state;
	for (uint64_t t = 1; t <= 1000000; t++) {
		sum -= log2(1 - switching_share(t));
		assert_true(log2(1 / switching_share(t)) <= 10);
		assert_true(sum <= 10 + 0.00141 * (double)t + SLACK);
	}
}

/* All K^n sequences. */
static void switching_is_the_mean_over_sequences(void **state)
{
	static struct game g;
	struct rng rng = rng_stream(3, 3, 3);
	double bits[729], expected, sum = 0;

	(void)state;
	g.n_experts = 3;
	g.n = 6;
	random_game(&g, &rng);
	for (size_t sequence = 0; sequence < 729; sequence++) {
		size_t rest = sequence;
		unsigned before = 0;

		for (size_t i = 0; i < g.n; i++, rest /= 3) {
			unsigned k = (unsigned)(rest % 3);

			if (i == 0)
				bits[sequence] = log2(3);
			else
				bits[sequence] +=
				    k == before ? stay_bits(&g, i) : change_bits(&g, i);
			sum += i == 5 ? exp2(-bits[sequence]) : 0; /* the prior alone */
			before = k;
		}
		for (size_t i = 0, r = sequence; i < g.n; i++, r /= 3)
			bits[sequence] += expert_cost(&g, i, (unsigned)(r % 3));
	}
	assert_true(fabs(sum - 1) < SLACK);
	expected = mean_bits(bits, 729) - log2(729);
	assert_true(fabs(play(SWITCHING, &g) - expected) < SLACK);
}

static void linear_is_near_the_best_expert(void **state)
{
	static struct game g;

	(void)state;
	for (unsigned which = 0; which < N_GAMES; which++)
		for (uint64_t seed = 0; seed < N_SEEDS; seed++) {
			fill_game(&g, which, LINEAR, seed);

			double regret = log2(g.n_experts) / MIXER_LINEAR_RATE;

			assert_true(play(LINEAR, &g) <= best_expert(&g) + regret + SLACK);
		}
}

/* What mixing gains -------------------------------------------------------------------------- */

/* At random one of two experts knows the bit and the other says the opposite, half as surely: the
 * best mean gains, a posterior does not. */
static void linear_finds_a_combination(void **state)
{
	static struct game g = {.n_experts = 2, .n = N_MAX};
	struct rng rng = rng_stream(4, 0, 0);

	(void)state;
	for (size_t i = 0; i < g.n; i++) {
		unsigned knows = (unsigned)rng_below(&rng, 2);

		g.bit[i] = rng_below(&rng, 2);
		g.p1[i][knows] = g.bit[i] ? 65000 : 536;
		g.p1[i][!knows] = g.bit[i] ? 1000 : 64536;
	}
	assert_true(play(BAYES, &g) > 2.5 * N_MAX);
	assert_true(play(LINEAR, &g) < 1.02 * N_MAX);
}

/* Four experts with independent evidence: together they are surer than each. */
static void logistic_finds_a_product(void **state)
{
	static struct game g = {.n_experts = 4, .n = N_MAX};
	struct rng rng = rng_stream(5, 0, 0);
	double best, ideal = 0;

	(void)state;
	for (size_t i = 0; i < g.n; i++) {
		double odds = 0;

		g.bit[i] = rng_below(&rng, 2);
		for (unsigned k = 0; k < 4; k++) {
			bool right = rng_below(&rng, 4) != 0; /* 3 of 4 */

			g.p1[i][k] = g.bit[i] == right ? 49152 : 16384;
			odds += right ? log(3) : -log(3);
		}
		ideal += log2(1 + exp(-odds));
	}
	best = best_expert(&g);
	assert_true(play(LINEAR, &g) > 1.05 * ideal && play(BAYES, &g) > 1.2 * ideal);
	assert_true(play(LOGISTIC, &g) < 1.02 * ideal && ideal < 0.8 * best);
}

static void switching_follows_changes(void **state)
{
	static struct game g = {.n_experts = 3, .n = N_MAX};

	(void)state;
	for (size_t i = 0; i < g.n; i++) {
		g.bit[i] = i & 1;
		for (unsigned k = 0; k < 3; k++)
			g.p1[i][k] = g.bit[i] == (i / 2000 % 3 == k) ? 65000 : 536;
	}
	assert_true(play(SWITCHING, &g) < 0.1 * play(BAYES, &g));
}

/* Conduct ------------------------------------------------------------------------------------ */

static void runs_are_equal_and_finite(void **state)
{
	static struct game g;

	(void)state;
	assert_null(mixers[N_MIXERS]);
	for (unsigned kind = 0; kind < N_MIXERS; kind++)
		for (unsigned which = 0; which < N_GAMES; which++) {
			double bits;

			fill_game(&g, which, kind, 9);
			bits = play(kind, &g);
			assert_true(isfinite(bits) && bits == play(kind, &g));
			mixers[kind]->close(NULL);
		}
}

static void sets_are_independent(void **state)
{
	static struct game a, b;

	(void)state;
	for (unsigned kind = 0; kind < N_MIXERS; kind++) {
		double bits = 0;

		fill_game(&a, 1, kind, 3);
		fill_game(&b, 0, kind, 4);
		assert_true(a.n_experts == b.n_experts);

		struct mixer *m = open_mixer(kind, a.n_experts, 3);

		for (size_t i = 0; i < a.n; i++) {
			bits += play_bit(kind, m, a.p1[i], a.bit[i], 2);
			play_bit(kind, m, b.p1[i % b.n], b.bit[i % b.n], 0);
		}
		mixers[kind]->close(m);
		assert_true(bits == play(kind, &a));
	}
}

/* The predictor ------------------------------------------------------------------------------ */

#define CODED 6000

/* Options of ensemble: mixer, gate, expert, memory. */
static double score(uint16_t *symbol, uint32_t n_symbols, int mixer, int gate, int expert)
{
	int64_t option[OPTIONS_MAX] = {mixer, gate, expert, 64};
	struct predictor_setup setup = {.n_symbols = n_symbols, .option = option, .n_total = CODED};
	struct run r = {.model = predictor_by_name("ensemble")};

	assert_int_equal(r.model->open(&r.p, &setup), STATUS_OK);
	assert_int_equal(run_open(&r), STATUS_OK);
	assert_int_equal(run_symbols(&r, symbol, CODED), STATUS_OK);
	run_close(&r);
	r.model->close(r.p);
	return r.ideal_bits;
}

/* Something for each expert: order 2 with noise, and repetitions. */
static void fill_symbols(uint16_t *symbol, uint32_t n_symbols, uint64_t seed)
{
	struct rng rng = rng_stream(seed, 6, n_symbols);

	for (size_t i = 0; i < CODED; i++) {
		uint32_t next = i > 1 ? symbol[i - 1] * 5u + symbol[i - 2] * 3u + 1 : 1;

		if (i > 2000 && i % 500 < 200)
			next = symbol[i - 1500];
		if (rng_below(&rng, 10) == 0)
			next = (uint32_t)rng_below(&rng, n_symbols);
		symbol[i] = (uint16_t)(next % n_symbols);
	}
}

static void archives_keep_the_bounds(void **state)
{
	static const uint32_t alphabets[] = {2, 40, 256, 5000};
	static uint16_t symbol[CODED];

	(void)state;
	for (size_t a = 0; a < sizeof alphabets / sizeof *alphabets; a++) {
		uint32_t n_symbols = alphabets[a];
		unsigned n_experts = experts_count(n_symbols), n_bits = spelling_bits(n_symbols);
		double n = (double)CODED * n_bits, loss = n * SPELLING_LOSS_BITS + SLACK;
		double best = INFINITY, k = log2(n_experts);
		double n_sets = fmin(n_symbols - 1, 256 + 8);

		fill_symbols(symbol, n_symbols, a);
		for (unsigned e = 0; e < n_experts; e++) {
			assert_non_null(experts_name(n_symbols, e));
			best = fmin(best, score(symbol, n_symbols, 0, 0, (int)e));
		}
		assert_true(score(symbol, n_symbols, BAYES, 0, -1) <= best + k + loss);
		assert_true(score(symbol, n_symbols, BAYES, 1, -1) <= best + n_sets * k + loss);
		assert_true(score(symbol, n_symbols, SWITCHING, 0, -1) <=
			    best + k + 10 + 0.00141 * n + loss);
		assert_true(score(symbol, n_symbols, LINEAR, 0, -1) <=
			    best + k / MIXER_LINEAR_RATE + loss);
		assert_true(score(symbol, n_symbols, LOGISTIC, 0, -1) < best);
	}
}

/* The same archives from every compiler and level of optimisation, and in later versions. */
static void archives_are_golden(void **state)
{
	static const struct {
		const char *model;
		uint64_t hash;
	} golden[] = {
	    {"ensemble:mixer=0", 0x87eefa2cfb5af4bd},
	    {"ensemble:mixer=0,gate=0", 0x805f0bf9c1eb95ea},
	    {"ensemble:mixer=1", 0x1a23432dbb94267a},
	    {"ensemble:mixer=1,gate=0", 0x0be7635ccf5be548},
	    {"ensemble:mixer=2", 0xd8f87e290fbcbe70},
	    {"ensemble:mixer=2,gate=0", 0x7d25c57b66763ec2},
	    {"ensemble:mixer=3", 0x56fa6378d8b072c1},
	    {"ensemble:mixer=3,gate=0", 0x8bda0c08c00e8fe0},
	    {"ensemble:expert=8", 0x6e83a6cf5fabe7aa},
	};
	static uint16_t symbol[CODED];
	static uint8_t byte[CODED];
	bool all_right = true;

	(void)state;
	fill_symbols(symbol, 256, 9);
	for (size_t i = 0; i < CODED; i++)
		byte[i] = (uint8_t)symbol[i];
	for (size_t i = 0; i < sizeof golden / sizeof *golden; i++) {
		struct archive_settings settings;
		struct buffer archive = {0};
		uint64_t hash;

		assert_int_equal(archive_settings_parse(&settings, golden[i].model), STATUS_OK);
		assert_int_equal(archive_compress(&settings, byte, CODED, &archive, NULL),
				 STATUS_OK);
		hash = XXH3_64bits(archive.data, archive.size_bytes);
		buffer_free(&archive);
		if (hash == golden[i].hash)
			continue;
		print_message("    {\"%s\", 0x%016llx},\n", golden[i].model,
			      (unsigned long long)hash);
		all_right = false;
	}
	assert_true(all_right);
}

static void count_rows(void *context, uint64_t done, uint64_t n)
{
	assert_true(done <= n);
	++*(unsigned *)context;
}

static void check_report(const uint8_t *in, size_t size_bytes, unsigned n_experts)
{
	static struct mixer_report r;
	unsigned n_bounds = 0, n_shown = 0;
	json_t *json;

	assert_int_equal(mixer_report_make(&r, "x", in, size_bytes, count_rows, &n_shown),
			 STATUS_OK);
	assert_int_equal(r.n_experts, n_experts);
	assert_int_equal(r.n_rows, n_experts + 2 * N_MIXERS + 1);
	assert_int_equal(n_shown, r.n_rows);
	for (unsigned i = 0; i < r.n_rows; i++) {
		const struct mixer_row *row = &r.row[i];

		assert_true(8 * row->archive_bytes >= row->ideal_bits);
		assert_true(i >= n_experts || row->ideal_bits >= r.row[r.best_expert].ideal_bits);
		assert_true(isnan(row->bound_bits) == !row->bound);
		if (!row->bound)
			continue;
		assert_true(row->ideal_bits <= row->bound_bits + SLACK);
		n_bounds++;
	}
	assert_int_equal(n_bounds, 7);
	for (unsigned m = 0; m < MIXER_SWITCHES; m++)
		assert_true(mixer_bounds_switching(&r.bounds, false, m + 1) <=
			    mixer_bounds_switching(&r.bounds, false, m) + SLACK);
	for (unsigned k = 0; k < n_experts; k++)
		assert_true(r.row[k].stored ||
			    fabs(r.bounds.all.expert[k] - r.row[k].ideal_bits) < SLACK);
	json = mixer_report_json(&r);
	assert_int_equal(json_array_size(json_object_get(json, "rows")), r.n_rows);
	json_decref(json);
}

static void reports_keep_their_bounds(void **state)
{
	static uint16_t symbol[CODED];
	static uint8_t byte[CODED];
	struct buffer tokens = {0};

	(void)state;
	fill_symbols(symbol, 64, 3);
	for (size_t i = 0; i < CODED; i++)
		byte[i] = (uint8_t)symbol[i];
	check_report(byte, CODED, 9);
	check_report(NULL, 0, 9);
	fill_symbols(symbol, 3000, 4);
	tokens_write_header(&tokens, CODED);
	tokens_append(&tokens, symbol, CODED);
	check_report(tokens.data, tokens.size_bytes, 5);
	buffer_free(&tokens);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(bayes_is_the_mean_of_products),
	    cmocka_unit_test(switching_is_within_its_prior_of_any_sequence),
	    cmocka_unit_test(the_prior_of_switching_is_small),
	    cmocka_unit_test(switching_is_the_mean_over_sequences),
	    cmocka_unit_test(linear_is_near_the_best_expert),
	    cmocka_unit_test(linear_finds_a_combination),
	    cmocka_unit_test(logistic_finds_a_product),
	    cmocka_unit_test(switching_follows_changes),
	    cmocka_unit_test(runs_are_equal_and_finite),
	    cmocka_unit_test(sets_are_independent),
	    cmocka_unit_test(archives_keep_the_bounds),
	    cmocka_unit_test(archives_are_golden),
	    cmocka_unit_test(reports_keep_their_bounds),
	};

	return cmocka_run_group_tests_name("mixers", tests, NULL, NULL);
}
