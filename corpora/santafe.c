/* SPDX-License-Identifier: BSD-2-Clause */
#include "santafe.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bound.h"
#include "corpus.h"
#include "draw.h"
#include "elementary.h"
#include "population.h"
#include "words.h"

#define PURPOSE_BITS 1
#define PURPOSE_TOKENS 2
#define BLOCK_TOKENS 8192

enum { SANTAFE_KINDS, SANTAFE_TOKENS, SANTAFE_BETA, SANTAFE_SEED };

static const struct option_spec santafe_options[] = {
    [SANTAFE_KINDS] = {"kinds", 1, SANTAFE_KINDS_MAX, 10000, 1, "number of facts"},
    [SANTAFE_TOKENS] = {"tokens", 1, 1000000000, 100000, 1, "length in tokens"},
    [SANTAFE_BETA] = {"beta", OPTION_UNIT / 100, 99 * (OPTION_UNIT / 100), OPTION_UNIT / 2,
		      OPTION_UNIT, "fact k is mentioned with probability ~ k^(-1/beta)"},
    [SANTAFE_SEED] = {"seed", 0, INT64_MAX, 1, 1, "random seed"},
    {0},
};

void santafe_free(struct santafe *f)
{
	free(f->p);
	*f = (struct santafe){0};
}

static enum status set_law(struct santafe *f)
{
	double exponent = OPTION_UNIT / (double)f->beta_millionths, sum = 0;

	f->p = calloc(f->n_kinds, sizeof *f->p);
	if (!f->p)
		return fail_no_memory();
	for (uint32_t k = 0; k < f->n_kinds; k++) {
		f->p[k] = elementary_exp(-exponent * elementary_log(k + 1.0));
		sum += f->p[k];
	}
	for (uint32_t k = 0; k < f->n_kinds; k++)
		f->p[k] /= sum;
	return STATUS_OK;
}

enum status santafe_load(struct santafe *f, const struct world *w, bool truth)
{
	json_int_t kinds = json_integer_value(json_object_get(w->prior, "kinds"));
	json_int_t beta = json_integer_value(json_object_get(w->prior, "beta_millionths"));
	const char *bits =
	    json_string_value(json_object_get(json_object_get(w->root, "truth"), "bits"));

	*f = (struct santafe){0};
	if (kinds < 1 || kinds > SANTAFE_KINDS_MAX || 2 * kinds != w->vocab ||
	    beta < santafe_options[SANTAFE_BETA].min || beta > santafe_options[SANTAFE_BETA].max)
		return fail(STATUS_CORRUPT, "%s: its prior makes no sense", w->path);
	if (truth &&
	    (!bits || strlen(bits) != (size_t)kinds || strspn(bits, "01") != (size_t)kinds))
		return fail(STATUS_CORRUPT, "%s: its truth is not a bit a kind", w->path);
	f->n_kinds = (uint32_t)kinds;
	f->beta_millionths = beta;
	f->bits = truth ? bits : NULL;
	return set_law(f);
}

/* What corpora of n tokens cost in the mean, and how many kinds they have. */
static enum status put_expected(json_t *to, const struct santafe *f, double n)
{
	double distinct = population_distinct(f->p, f->n_kinds, n);
	struct bound expected = {
	    .part[BOUND_WEIGHTS] = n * population_entropy_bits(f->p, f->n_kinds),
	    .part[BOUND_FACTS] = distinct,
	};

	TRY(bound_put(to, BOUND_BAYES_EXPECTED, &expected));
	return bound_put_more(to, json_pack("{s:f, s:f}", "expected_elements", distinct,
					    "new_fact_mass",
					    population_new_mass(f->p, f->n_kinds, n)));
}

static enum status put_lengths(json_t *to, const struct bound *known, int elements, bool truth)
{
	struct bound bayes = *known;

	bayes.part[BOUND_FACTS] = elements;
	if (truth)
		TRY(bound_put(to, BOUND_KNOWN, known));
	TRY(bound_put(to, BOUND_KNOWN_EXPECTED, known));
	TRY(bound_put(to, BOUND_BAYES, &bayes));
	return bound_put_more(to, json_pack("{s:i}", "elements", elements));
}

/* known_bits only with `truth`. */
static enum status code_lengths(const struct santafe *f, const uint64_t *count, bool truth,
				json_t **out)
{
	struct bound known = {0};
	double n = 0;
	int elements = 0;

	for (uint32_t k = 0; k < f->n_kinds; k++) {
		if (!count[k])
			continue;
		if (f->p[k] <= 0)
			return fail(STATUS_IMPOSSIBLE, "kind %u occurs but has probability 0", k);
		known.part[BOUND_WEIGHTS] -= (double)count[k] * log2(f->p[k]);
		n += (double)count[k];
		elements++;
	}
	json_t *lengths = json_object();
	enum status s = lengths ? put_lengths(lengths, &known, elements, truth) : STATUS_OK;

	if (lengths && s == STATUS_OK)
		s = put_expected(lengths, f, n);
	return bound_finish(lengths, s, out);
}

/* How often every kind occurs; its bit is the truth's, or without truth that of its first time. */
static enum status count_kinds(const struct santafe *f, uint64_t *count, char *bits,
			       const struct world *w, const uint16_t *token, uint64_t n_tokens)
{
	if (f->bits)
		memcpy(bits, f->bits, f->n_kinds);
	for (uint64_t i = 0; i < n_tokens; i++) {
		uint32_t k = token[i] / 2u;
		char bit = (char)('0' + token[i] % 2u);

		if (k >= f->n_kinds)
			return fail(STATUS_CORRUPT, "%s: token %u at %llu is none of its alphabet",
				    w->path, token[i], (unsigned long long)i);
		if (!bits[k])
			bits[k] = bit;
		if (bits[k] != bit)
			return fail(STATUS_IMPOSSIBLE, "%s: token %llu contradicts %s", w->path,
				    (unsigned long long)i,
				    f->bits ? "the truth" : "an earlier one");
		count[k]++;
	}
	return STATUS_OK;
}

static enum status santafe_bounds(const struct world *w, const uint16_t *token, uint64_t n_tokens,
				  json_t **out)
{
	struct santafe f;

	TRY(santafe_load(&f, w, json_object_get(w->root, "truth") != NULL));

	uint64_t *count = calloc(f.n_kinds, sizeof *count);
	char *bits = calloc(f.n_kinds, 1);
	enum status s = count && bits ? STATUS_OK : fail_no_memory();

	if (s == STATUS_OK)
		s = count_kinds(&f, count, bits, w, token, n_tokens);
	if (s == STATUS_OK)
		s = code_lengths(&f, count, f.bits != NULL, out);
	free(bits);
	free(count);
	santafe_free(&f);
	return s;
}

struct generator {
	struct santafe f;
	char *bits;    /* (n_kinds + 1) */
	double *below; /* (n_kinds) running sums of the law */
	uint64_t *count;
	const char **word; /* (2 * n_kinds) */
	struct word_list *words;
};

static void generator_free(struct generator *g)
{
	santafe_free(&g->f);
	free(g->bits);
	free(g->below);
	free(g->count);
	free(g->word);
	words_close(g->words);
}

static enum status draw_world(struct generator *g, uint64_t seed)
{
	struct rng rng = rng_stream(seed, PURPOSE_BITS, 0);
	uint32_t n = g->f.n_kinds;
	double sum = 0;

	TRY(set_law(&g->f));
	g->bits = calloc((size_t)n + 1, 1);
	g->below = calloc(n, sizeof *g->below);
	g->count = calloc(n, sizeof *g->count);
	g->word = calloc(2 * (size_t)n, sizeof *g->word);
	if (!g->bits || !g->below || !g->count || !g->word)
		return fail_no_memory();
	for (uint32_t k = 0; k < n; k++) {
		g->bits[k] = (char)('0' + rng_below(&rng, 2));
		sum += g->f.p[k];
		g->below[k] = sum;
	}
	TRY(words_open(&g->words, seed));
	for (uint32_t i = 0; i < 2 * n; i++) {
		g->word[i] = words_next(g->words, WORD_SYMBOL);
		if (!g->word[i])
			return fail_no_memory();
	}
	return STATUS_OK;
}

/* Frequency class: the quarter of the probability mass that kind k begins in, 0 = most frequent. */
static unsigned frequency_class(const struct generator *g, size_t k)
{
	double quarter = k ? 4 * g->below[k - 1] / g->below[g->f.n_kinds - 1] : 0;

	return quarter < 3 ? (unsigned)quarter : 3;
}

static enum status write_tokens(struct generator *g, struct corpus_writer *w, uint64_t seed,
				uint64_t n_tokens)
{
	struct rng rng = rng_stream(seed, PURPOSE_TOKENS, 0);
	uint16_t token[BLOCK_TOKENS];
	uint8_t role[BLOCK_TOKENS];

	while (n_tokens > 0) {
		size_t n = n_tokens < BLOCK_TOKENS ? (size_t)n_tokens : BLOCK_TOKENS;

		for (size_t i = 0; i < n; i++) {
			size_t k = draw_cumulative(&rng, g->below, g->f.n_kinds);
			enum token_role r = g->count[k]++ ? ROLE_REPEATED_FACT : ROLE_FIRST_FACT;

			token[i] = (uint16_t)(2 * k + (size_t)(g->bits[k] - '0'));
			role[i] = (uint8_t)(r | frequency_class(g, k) << 4);
		}
		TRY(corpus_writer_put(w, token, role, n));
		n_tokens -= n;
	}
	return STATUS_OK;
}

static enum status finish_world(const struct generator *g, json_t *root)
{
	json_t *lengths = NULL;

	TRY(code_lengths(&g->f, g->count, true, &lengths));
	if (json_object_set_new(root, "prior",
				json_pack("{s:i, s:I}", "kinds", (int)g->f.n_kinds,
					  "beta_millionths", (json_int_t)g->f.beta_millionths)) |
	    json_object_set_new(root, "truth", json_pack("{s:s}", "bits", g->bits)) |
	    json_object_set_new(root, "code_lengths", lengths))
		return fail_no_memory();
	return STATUS_OK;
}

static enum status santafe_generate(const struct corpus_request *q)
{
	uint64_t seed = (uint64_t)q->option[SANTAFE_SEED];
	uint64_t n_tokens = (uint64_t)q->option[SANTAFE_TOKENS];
	struct generator g = {.f.n_kinds = (uint32_t)q->option[SANTAFE_KINDS],
			      .f.beta_millionths = q->option[SANTAFE_BETA]};
	struct corpus_writer *w = NULL;
	json_t *root = corpus_world_new("santafe", santafe_options, q->option);
	enum status s = root ? STATUS_OK : fail_no_memory();

	if (s == STATUS_OK)
		s = draw_world(&g, seed);
	if (s == STATUS_OK) {
		struct corpus_layout layout = corpus_layout_of(q, n_tokens);

		layout.word = g.word;
		layout.vocab = 2 * g.f.n_kinds;
		layout.spaced = true;
		s = corpus_writer_open(&w, &layout);
	}
	if (s == STATUS_OK)
		s = write_tokens(&g, w, seed, n_tokens);
	if (s == STATUS_OK)
		s = finish_world(&g, root);
	s = corpus_writer_finish(w, s, root);
	json_decref(root);
	generator_free(&g);
	return s;
}

const struct corpus_ops santafe_corpus_ops = {
    .name = "santafe",
    .summary = "Santa Fe process: one-bit facts mentioned by a known power law",
    .options = santafe_options,
    .generate = santafe_generate,
    .bounds = santafe_bounds,
};
