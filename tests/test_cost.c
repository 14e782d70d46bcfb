/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_cost.c - the cost of a token is -lg of the probability that it was coded with, and sums of
 * costs are exact.
 *
 * Property  with every predictor of the registry, any block size and any number of threads, the
 *           costs that come from making an archive are those of asking the predictor by hand, they
 *           leave the archive as it is and sum to its ideal bits; when decoding they are the same;
 *           rounded costs add up by role, by class and in total to the same integer, and so do
 *           regrets, which are the difference of the two totals; stretches of a corpus add up to
 *           it; files that are no corpus with roles are refused.
 * Method    a small Syntax-Knowledge corpus of the product, which has every role and class.
 */
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "archive.h"
#include "cost.h"
#include "file.h"
#include "model.h"
#include "run.h"
#include "streams.h"
#include "world.h"

#include "fixture.h" /* last: it brings cmocka.h, which defines a macro fail() */

static const char corpus_options[] = "alpha=0.5,noise=0.5,sentences=300,seed=3";
static const uint64_t block_sizes[] = {0, 1000, 333};

#define N_BLOCK_SIZES (sizeof block_sizes / sizeof *block_sizes)

static struct world *world;
static struct cost_corpus corpus;
static size_t n_tokens;

static int draw_corpus(void **state)
{
	if (fixture_open(state) != 0)
		return -1;
	assert_int_equal(fixture_generate("sk", "", corpus_options), STATUS_OK);
	assert_int_equal(world_load(&world, fixture_path(".json")), STATUS_OK);
	assert_int_equal(
	    cost_corpus_read(&corpus, fixture_path(".bin"), fixture_path(".roles")), STATUS_OK);
	n_tokens = corpus.tokens.n_tokens;
	return 0;
}

static int remove_corpus(void **state)
{
	cost_corpus_free(&corpus);
	world_free(world);
	return fixture_close(state);
}

static struct archive_settings settings_of(const struct predictor_ops *model, uint64_t block,
					   int threads)
{
	struct archive_settings s;

	assert_int_equal(archive_settings_parse(&s, model_text_for(model)), STATUS_OK);
	s.world = model->needs_world ? world : NULL;
	s.transformer = model_for(model, true, world->vocab);
	s.block_symbols = block;
	s.threads = threads;
	return s;
}

/* ---- Costs as they are. ---- */

static struct buffer archive_of(struct archive_settings s, double *cost_bits,
				struct archive_stats *stats)
{
	struct buffer out = {0};

	s.cost_bits = cost_bits;
	assert_int_equal(
	    archive_compress(&s, corpus.bin.data, corpus.bin.size_bytes, &out, stats), STATUS_OK);
	return out;
}

static unsigned score_bit(struct bit_channel *c, uint32_t p1, unsigned bit)
{
	bit_channel_account(c, p1, bit);
	return bit;
}

/* Costs by hand: a fresh predictor for each block, asked, sealed, looked up, told. */
static void ask_costs(const struct archive_settings *s, double *cost_bits)
{
	const struct predictor_ops *m = s->model;
	size_t block = s->block_symbols && !m->whole_stream ? s->block_symbols : n_tokens;
	struct predictor_setup setup = {
	    .n_symbols = m->needs_world || m->needs_model == MODEL_MUST
			     ? world->vocab
			     : tokens_alphabet(corpus.tokens.data, n_tokens),
	    .option = s->option,
	    .world = s->world,
	    .transformer = s->transformer,
	    .n_total = n_tokens,
	};
	uint32_t n_streams = m->n_streams ? m->n_streams(&setup) : 1;
	struct predictor *p = NULL;
	struct dist d = {0};

	for (size_t i = 0; i < n_tokens; i++) {
		size_t start = i / block * block;
		size_t size = n_tokens - start < block ? n_tokens - start : block;
		size_t at = start + streams_position(size, n_streams, i - start);
		uint32_t symbol = tokens_get(corpus.tokens.data, at), outcome, told;

		if (i % block == 0) {
			m->close(p);
			dist_free(&d);
			setup.n_max = size;
			assert_int_equal(m->open(&p, &setup), STATUS_OK);
			assert_int_equal(dist_alloc(&d, p->outcomes_max), STATUS_OK);
		}
		cost_bits[at] = 0;
		if (m->code) {
			struct bit_channel channel = {score_bit, NULL, 1};

			assert_int_equal(m->code(p, &channel, symbol), symbol);
			cost_bits[at] = -log2(channel.probability);
			continue;
		}
		do {
			m->ask(p, &d);
			dist_seal(&d);
			outcome = m->spell ? m->spell(p, symbol) : symbol;
			struct interval iv = dist_find(&d, outcome);

			cost_bits[at] += log2((double)iv.total / (double)iv.freq);
		} while (!m->tell(p, outcome, &told));
	}
	m->close(p);
	dist_free(&d);
}

static void check_costs(const struct archive_settings *s, const double *cost_bits,
			const double *asked, double ideal_bits)
{
	double sum = 0;

	for (size_t i = 0; i < n_tokens; i++) {
		if (!(cost_bits[i] >= 0 && fabs(cost_bits[i] - asked[i]) < 1e-12))
			fail_msg("%s, blocks of %llu: token %zu costs %.17g, not %.17g",
				 s->model->name, (unsigned long long)s->block_symbols, i,
				 cost_bits[i], asked[i]);
		sum += cost_bits[i];
	}
	assert_true(fabs(sum - ideal_bits) <= 1e-11 * ideal_bits);
}

/* A predictor that stores a model has decisions that depend on it: asking by hand would need the
 * model, and the sum alone is compared. */
static void check_block_size(const struct predictor_ops *model, uint64_t block)
{
	struct archive_settings s = settings_of(model, block, 1);
	double *cost_bits = calloc(n_tokens + 1, sizeof *cost_bits);
	double *asked = calloc(n_tokens, sizeof *asked);
	struct archive_stats plain, stats;
	struct buffer without = archive_of(s, NULL, &plain);

	assert_non_null(cost_bits);
	assert_non_null(asked);
	if (!model->fit)
		ask_costs(&s, asked);
	for (int threads = 1; threads <= 3; threads += 2) {
		memset(cost_bits, 0xff, (n_tokens + 1) * sizeof *cost_bits);
		s.threads = threads;
		struct buffer with = archive_of(s, cost_bits, &stats);

		assert_int_equal(with.size_bytes, without.size_bytes);
		assert_memory_equal(with.data, without.data, with.size_bytes);
		assert_true(stats.ideal_bits == plain.ideal_bits);
		check_costs(&s, cost_bits, model->fit ? cost_bits : asked,
			    stats.ideal_bits - 8 * (double)stats.model_bytes);
		assert_true(isnan(cost_bits[n_tokens])); /* nothing behind the end */
		buffer_free(&with);
	}
	buffer_free(&without);
	free(cost_bits);
	free(asked);
}

static void test_costs_are_those_asked_for(void **state)
{
	(void)state;
	for (const struct predictor_ops *const *p = predictors; *p; p++)
		for (size_t i = 0; i < N_BLOCK_SIZES; i++)
			if (i == 0 || !(*p)->whole_stream)
				check_block_size(*p, block_sizes[i]);
}

/* In two calls of run_symbols(): the first with costs wanted, the second without. */
static void test_decoding_costs_the_same(void **state)
{
	const struct predictor_ops *model = predictor_by_name("ngram");
	struct archive_settings s = settings_of(model, 0, 1);
	struct predictor_setup setup = {
	    .n_symbols = tokens_alphabet(corpus.tokens.data, n_tokens), .option = s.option};
	double *written = calloc(n_tokens, sizeof *written);
	double *read = calloc(n_tokens, sizeof *read);
	uint16_t *symbol = calloc(n_tokens, sizeof *symbol);
	struct archive_stats stats;
	struct buffer archive = archive_of(s, written, &stats);
	struct run r = {.model = model, .coder = s.coder, .cost_bits = read};
	size_t half = n_tokens / 2;

	(void)state;
	assert_int_equal(model->open(&r.p, &setup), STATUS_OK);
	assert_int_equal(run_open(&r), STATUS_OK);
	assert_int_equal(r.coder->decoder_open(&r.dec, archive.data + stats.container_bytes,
					       stats.payload_bytes),
			 STATUS_OK);
	assert_int_equal(run_symbols(&r, symbol, half), STATUS_OK);
	assert_ptr_equal(r.cost_bits, read + half);
	r.cost_bits = NULL;
	assert_int_equal(run_symbols(&r, symbol + half, n_tokens - half), STATUS_OK);
	assert_int_equal(r.coder->decoder_close(r.dec), STATUS_OK);
	assert_memory_equal(read, written, half * sizeof *read);
	for (size_t i = half; i < n_tokens; i++)
		assert_true(read[i] == 0);
	for (size_t i = 0; i < n_tokens; i++)
		assert_int_equal(symbol[i], tokens_get(corpus.tokens.data, i));
	run_close(&r);
	model->close(r.p);
	buffer_free(&archive);
	free(written);
	free(read);
	free(symbol);
}

/* ---- Costs rounded and added up. ---- */

static double *measure(const struct predictor_ops *model, struct archive_stats *stats)
{
	struct archive_settings s = settings_of(model, model->whole_stream ? 0 : 1000, 2);
	double *bits = NULL;

	assert_int_equal(cost_measure(&corpus, &s, &bits, stats), STATUS_OK);
	return bits;
}

/* A whole number of units, as the array holds it. */
static int64_t whole_units(double bits)
{
	double units = bits * 0x1p24;

	assert_true(units == rint(units) && 0 <= units && units < 0x1p53);
	return (int64_t)units;
}

static void test_rounding(void **state)
{
	double *raw = calloc(n_tokens, sizeof *raw);

	(void)state;
	for (const struct predictor_ops *const *p = predictors; *p; p++) {
		struct archive_stats stats;
		double *bits = measure(*p, &stats), sum = 0;
		struct buffer archive = archive_of(
		    settings_of(*p, (*p)->whole_stream ? 0 : 1000, 1), raw, NULL);
		double tokens_bits = stats.ideal_bits - 8 * (double)stats.model_bytes;

		for (size_t i = 0; i < n_tokens; i++) {
			whole_units(bits[i]);
			assert_true(fabs(bits[i] - raw[i]) <= 0x1p-25);
			sum += bits[i];
		}
		assert_true(fabs(sum - tokens_bits) <=
			    (double)n_tokens * 0x1p-25 + 1e-11 * tokens_bits);
		buffer_free(&archive);
		free(bits);
	}
	free(raw);
}

/* The sum of some of the first n tokens, in integers, last token first. */
static struct cost_sum sum_by_hand(const double *bits, const double *against, size_t n, int role,
				   int class)
{
	struct cost_sum sum = {0};

	for (size_t i = n; i-- > 0;) {
		uint8_t byte = corpus.roles.data[i];

		if ((role != COST_ROLES && (byte & 15) != role) ||
		    (class != COST_CLASSES && byte >> 4 != class))
			continue;
		sum.n_tokens++;
		sum.units += whole_units(bits[i]);
		sum.regret_units += whole_units(bits[i]) - whole_units(against[i]);
	}
	return sum;
}

static void assert_sums_equal(struct cost_sum a, struct cost_sum b)
{
	assert_true(a.n_tokens == b.n_tokens);
	assert_true(a.units == b.units);
	assert_true(a.regret_units == b.regret_units);
}

static struct cost_sum plus(struct cost_sum a, struct cost_sum b)
{
	return (struct cost_sum){a.n_tokens + b.n_tokens, a.units + b.units,
				 a.regret_units + b.regret_units};
}

/* Each sum from the tokens; each margin from the cells. */
static void check_table(const struct cost_table *t, const double *bits, const double *against)
{
	struct cost_sum all = {0};

	for (int role = 0; role <= COST_ROLES; role++)
		for (int class = 0; class <= COST_CLASSES; class++)
			assert_sums_equal(t->sum[role][class],
					  sum_by_hand(bits, against, n_tokens, role, class));
	for (int role = 0; role < COST_ROLES; role++) {
		struct cost_sum row = {0};

		for (int class = 0; class < COST_CLASSES; class++)
			row = plus(row, t->sum[role][class]);
		assert_sums_equal(row, t->sum[role][COST_CLASSES]);
		assert_true(row.n_tokens > 0);
		all = plus(all, row);
	}
	assert_sums_equal(all, t->sum[COST_ROLES][COST_CLASSES]);
	assert_true(all.n_tokens == n_tokens);
	for (int class = 0; class < COST_CLASSES; class++) {
		struct cost_sum column = {0};

		for (int role = 0; role < COST_ROLES; role++)
			column = plus(column, t->sum[role][class]);
		assert_sums_equal(column, t->sum[COST_ROLES][class]);
	}
}

/* Regret by role adds up to the difference of what both predictors' tokens cost in total, and
 * floating-point sums of the arrays agree with it, forwards and backwards. */
static void check_pair(const struct predictor_ops *a, const struct predictor_ops *b)
{
	double *bits = measure(a, NULL), *against = measure(b, NULL), forwards = 0, backwards = 0;
	struct cost_table table, own, other;

	cost_add_up(&corpus, bits, against, &table);
	check_table(&table, bits, against);
	cost_add_up(&corpus, bits, NULL, &own);
	cost_add_up(&corpus, against, NULL, &other);

	const struct cost_sum *all = &table.sum[COST_ROLES][COST_CLASSES];
	int64_t difference = own.sum[COST_ROLES][COST_CLASSES].units -
			     other.sum[COST_ROLES][COST_CLASSES].units;

	assert_true(all->regret_units == difference);
	assert_true(own.sum[COST_ROLES][COST_CLASSES].regret_units == 0);
	for (size_t i = 0; i < n_tokens; i++) {
		forwards += bits[i];
		backwards += bits[n_tokens - 1 - i];
	}
	assert_true(forwards == backwards && forwards == cost_to_bits(all->units));
	free(bits);
	free(against);
}

static void test_sums_are_exact(void **state)
{
	(void)state;
	for (const struct predictor_ops *const *a = predictors; *a; a++)
		for (const struct predictor_ops *const *b = predictors; *b; b++)
			check_pair(*a, *b);
}

/* Up to each place where it is cut, a corpus costs what its tokens do, and in the end all. */
static void test_stretches(void **state)
{
	const size_t cut[] = {0, 1, 2, n_tokens / 3, n_tokens / 3, n_tokens - 1, n_tokens};
	double *bits = measure(predictor_by_name("ngram"), NULL);
	double *against = measure(predictor_by_name("bayes"), NULL);
	struct cost_table table = {0}, all;
	size_t from = 0;

	(void)state;
	for (size_t i = 0; i < sizeof cut / sizeof *cut; from = cut[i++]) {
		cost_add_range(&corpus, bits, against, from, cut[i], &table);
		for (int role = 0; role <= COST_ROLES; role++)
			for (int class = 0; class <= COST_CLASSES; class++)
				assert_sums_equal(
				    table.sum[role][class],
				    sum_by_hand(bits, against, cut[i], role, class));
	}
	cost_add_up(&corpus, bits, against, &all);
	assert_memory_equal(&table, &all, sizeof all);
	free(bits);
	free(against);
}

/* cost_compare() is the parts above together; a predictor has no regret against itself, and one of
 * other options is another predictor. */
static void test_compare(void **state)
{
	struct archive_settings bayes = settings_of(predictor_by_name("bayes"), 0, 1), s, changed;
	struct archive_stats plain;
	struct cost_pair pair;

	(void)state;
	for (const struct predictor_ops *const *p = predictors; *p; p++) {
		struct cost_table expected;
		double *own, *reference;

		s = settings_of(*p, (*p)->whole_stream ? 0 : 1000, 1);
		assert_int_equal(cost_compare(&corpus, &s, &bayes, &pair), STATUS_OK);
		own = measure(*p, &plain);
		reference = measure(predictor_by_name("bayes"), NULL);
		cost_add_up(&corpus, own, reference, &expected);
		assert_memory_equal(pair.bits, own, n_tokens * sizeof *own);
		assert_memory_equal(pair.against_bits, reference, n_tokens * sizeof *own);
		assert_memory_equal(&pair.table, &expected, sizeof expected);
		assert_true(pair.stats.ideal_bits == plain.ideal_bits);
		if (strcmp((*p)->name, "bayes") == 0)
			assert_true(pair.table.sum[COST_ROLES][COST_CLASSES].regret_units == 0);
		cost_pair_free(&pair);
		free(own);
		free(reference);
	}
	s = settings_of(predictor_by_name("ngram"), 0, 1);
	assert_int_equal(archive_settings_parse(&changed, "ngram:order=1"), STATUS_OK);
	changed.block_symbols = s.block_symbols;
	assert_int_equal(cost_compare(&corpus, &changed, &s, &pair), STATUS_OK);
	assert_true(pair.table.sum[COST_ROLES][COST_CLASSES].regret_units > 0);
	cost_pair_free(&pair);
}

/* ---- Files. ---- */

static void refuse(const struct buffer *bin, const struct buffer *roles, enum status expected,
		   const char *sentence)
{
	const char *bin_path = fixture_path(".bad-bin"), *roles_path = fixture_path(".bad-roles");
	struct cost_corpus c;

	assert_int_equal(file_write(bin_path, bin->data, bin->size_bytes, 0600, true), STATUS_OK);
	if (roles)
		assert_int_equal(
		    file_write(roles_path, roles->data, roles->size_bytes, 0600, true), STATUS_OK);
	assert_int_equal(cost_corpus_read(&c, bin_path, roles_path), expected);
	if (!strstr(status_message(), sentence))
		fail_msg("'%s' does not say '%s'", status_message(), sentence);
	cost_corpus_free(&c);
	unlink(bin_path);
	unlink(roles_path);
}

static struct buffer copy_of(const struct buffer *b)
{
	struct buffer copy = {0};

	buffer_append(&copy, b->data, b->size_bytes);
	assert_int_equal(buffer_status(&copy), STATUS_OK);
	return copy;
}

static void test_bad_files(void **state)
{
	static const uint8_t no_roles[] = {0x04, 0x0f, 0x40, 0xf0, 0x34, 0xff};
	struct buffer bin = copy_of(&corpus.bin), roles = copy_of(&corpus.roles);

	(void)state;
	refuse(&bin, NULL, STATUS_IO, ".bad-roles: cannot open");
	for (size_t i = 0; i < sizeof no_roles; i++) {
		char sentence[64];

		roles.data[17] = no_roles[i];
		snprintf(sentence, sizeof sentence, ".bad-roles: byte 17 is 0x%02x", no_roles[i]);
		refuse(&bin, &roles, STATUS_CORRUPT, sentence);
	}
	roles.data[17] = corpus.roles.data[17];
	roles.size_bytes--;
	refuse(&bin, &roles, STATUS_CORRUPT, " roles for ");
	roles.size_bytes++;
	buffer_append_byte(&roles, 0);
	refuse(&bin, &roles, STATUS_CORRUPT, " roles for ");
	roles.size_bytes--;
	bin.data[500] = 1;
	refuse(&bin, &roles, STATUS_CORRUPT, ".bad-bin: the unused words");
	bin.data[500] = 0;
	bin.data[0] ^= 1;
	refuse(&bin, &roles, STATUS_CORRUPT, ".bad-bin: not a token file");
	bin.data[0] ^= 1;
	bin.size_bytes -= 2;
	refuse(&bin, &roles, STATUS_CORRUPT, ".bad-bin: truncated corpus");
	buffer_free(&bin);
	buffer_free(&roles);
}

/* Nothing costs nothing. */
static void test_no_tokens(void **state)
{
	struct archive_settings s = settings_of(predictor_by_name("order0"), 0, 1);
	struct buffer bin = {0};
	const char *bin_path = fixture_path(".none-bin"), *roles_path = fixture_path(".none-roles");
	struct cost_corpus c;
	struct cost_pair pair;

	(void)state;
	tokens_write_header(&bin, 0);
	assert_int_equal(file_write(bin_path, bin.data, bin.size_bytes, 0600, true), STATUS_OK);
	assert_int_equal(file_write(roles_path, "", 0, 0600, true), STATUS_OK);
	assert_int_equal(cost_corpus_read(&c, bin_path, roles_path), STATUS_OK);
	assert_int_equal(cost_compare(&c, &s, &s, &pair), STATUS_OK);
	assert_true(pair.table.sum[COST_ROLES][COST_CLASSES].n_tokens == 0);
	assert_true(pair.table.sum[COST_ROLES][COST_CLASSES].units == 0);
	cost_pair_free(&pair);
	cost_corpus_free(&c);
	buffer_free(&bin);
	unlink(bin_path);
	unlink(roles_path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_costs_are_those_asked_for),
	    cmocka_unit_test(test_decoding_costs_the_same),
	    cmocka_unit_test(test_rounding),
	    cmocka_unit_test(test_sums_are_exact),
	    cmocka_unit_test(test_stretches),
	    cmocka_unit_test(test_compare),
	    cmocka_unit_test(test_bad_files),
	    cmocka_unit_test(test_no_tokens),
	};

	return cmocka_run_group_tests(tests, draw_corpus, remove_corpus);
}
