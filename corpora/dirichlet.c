/* SPDX-License-Identifier: BSD-2-Clause */
#include "dirichlet.h"

#include <math.h>
#include <stdlib.h>

#include "bound.h"
#include "count_tables.h"
#include "draw.h"
#include "mixture.h"
#include "special.h"
#include "words.h"

#define PURPOSE_ROWS 1   /* stream index: row */
#define PURPOSE_TOKENS 2 /* one stream: the chain is sequential */
#define BLOCK_TOKENS 8192

#define LG_E 1.4426950408889634 /* 1 / ln 2 */

void dirichlet_free(struct dirichlet *d)
{
	free(d->p);
	*d = (struct dirichlet){0};
}

static size_t n_cells(const struct dirichlet *d)
{
	return (size_t)d->n_rows * d->n_symbols;
}

static bool read_row(const json_t *row, double *p, size_t n)
{
	double sum = 0;

	if (json_array_size(row) != n)
		return false;
	for (size_t j = 0; j < n; j++) {
		const json_t *value = json_array_get(row, j);

		p[j] = json_number_value(value);
		if (!json_is_number(value) ||
		    !(p[j] == 0 || (p[j] >= DRAW_PROBABILITY_MIN && p[j] <= 1)))
			return false;
		sum += p[j];
	}
	return fabs(sum - 1) <= DRAW_SUM_SLACK;
}

enum status dirichlet_load(struct dirichlet *d, const struct world *w, bool truth)
{
	json_int_t rows = json_integer_value(json_object_get(w->prior, "rows"));
	json_int_t symbols = json_integer_value(json_object_get(w->prior, "symbols"));
	json_int_t pseudo = json_integer_value(json_object_get(w->prior, "pseudo_millionths"));
	const json_t *p = json_object_get(json_object_get(w->root, "truth"), "p");

	*d = (struct dirichlet){0};
	if (symbols != w->vocab || symbols < 2 || symbols > DIRICHLET_SYMBOLS_MAX || pseudo < 1 ||
	    pseudo > 1000 * (json_int_t)OPTION_UNIT ||
	    (rows != 1 && (rows != symbols || rows > DIRICHLET_ROWS_MAX)))
		return fail(STATUS_CORRUPT, "%s: its prior makes no sense", w->path);
	d->n_rows = (uint32_t)rows;
	d->n_symbols = (uint32_t)symbols;
	d->pseudo_millionths = pseudo;
	if (!truth)
		return STATUS_OK;

	bool good = json_array_size(p) == d->n_rows;

	d->p = calloc(n_cells(d), sizeof *d->p);
	if (!d->p)
		return fail_no_memory();
	for (uint32_t r = 0; good && r < d->n_rows; r++)
		good =
		    read_row(json_array_get(p, r), d->p + (size_t)r * d->n_symbols, d->n_symbols);
	if (good)
		return STATUS_OK;
	dirichlet_free(d);
	return fail(STATUS_CORRUPT, "%s: its truth is not a table of probabilities", w->path);
}

struct lengths {
	double known, known_expected, bayes;
	struct count_tables rows;
};

/* p may be NULL: no truth. */
static void add_row(struct lengths *l, const struct dirichlet *d, const double *p,
		    const uint64_t *count)
{
	double a = (double)d->pseudo_millionths / OPTION_UNIT, a_sum = a * d->n_symbols;
	double n = 0, sum = 0;

	for (uint32_t j = 0; j < d->n_symbols; j++) {
		n += (double)count[j];
		sum += p ? p[j] : 0;
	}
	if (n == 0)
		return;

	double psi_n = special_digamma(n + a_sum);

	count_tables_add(&l->rows, count, d->n_symbols);
	l->bayes += special_lg_rising(a_sum, n);
	for (uint32_t j = 0; j < d->n_symbols; j++) {
		double c = (double)count[j];

		if (c == 0)
			continue;
		if (p)
			l->known -= c * log2(p[j] / sum);
		l->known_expected += c * (psi_n - special_digamma(c + a)) * LG_E;
		l->bayes -= special_lg_rising(a, c);
	}
}

/* Everything is syntax. */
static enum status put_syntax(json_t *to, enum bound_id id, double bits)
{
	return bound_put(to, id, &(struct bound){.part[BOUND_SYNTAX] = bits});
}

static enum status put_lengths(json_t *to, const struct lengths *l, bool truth)
{
	double pseudo;
	struct mixture mixture = mixture_tables(&l->rows, &pseudo);

	if (truth)
		TRY(put_syntax(to, BOUND_KNOWN, l->known));
	TRY(put_syntax(to, BOUND_KNOWN_EXPECTED, l->known_expected));
	TRY(put_syntax(to, BOUND_BAYES, l->bayes));
	TRY(put_syntax(to, BOUND_MIXTURE, mixture.bits));
	TRY(put_syntax(to, BOUND_NML, count_tables_nml_bits(&l->rows)));
	return bound_put_more(to, json_pack("{s:f, s:f, s:f}", "mixture_best_bits",
					    mixture.best_bits, "mixture_grid_bits",
					    log2(mixture.n_points), "mixture_pseudo", pseudo));
}

static enum status code_lengths(const struct dirichlet *d, const uint64_t *count, json_t **out)
{
	struct lengths l = {0};
	enum status s;

	for (uint32_t r = 0; r < d->n_rows; r++) {
		size_t first = (size_t)r * d->n_symbols;

		add_row(&l, d, d->p ? d->p + first : NULL, count + first);
	}
	s = isinf(l.known)
		? fail(STATUS_IMPOSSIBLE, "a token has probability 0 in the world's truth")
		: count_tables_seal(&l.rows);
	json_t *lengths = json_object();

	if (s == STATUS_OK && lengths)
		s = put_lengths(lengths, &l, d->p != NULL);
	count_tables_free(&l.rows);
	return bound_finish(lengths, s, out);
}

enum status dirichlet_bounds(const struct world *w, const uint16_t *token, uint64_t n_tokens,
			     json_t **out)
{
	struct dirichlet d;

	TRY(dirichlet_load(&d, w, json_object_get(w->root, "truth") != NULL));

	uint64_t *count = calloc(n_cells(&d), sizeof *count);
	enum status s = count ? STATUS_OK : fail_no_memory();

	for (uint64_t i = 0; s == STATUS_OK && i < n_tokens; i++)
		if (token[i] < d.n_symbols)
			count[dirichlet_row(&d, i ? token[i - 1] : 0) * d.n_symbols + token[i]]++;
		else
			s = fail(STATUS_CORRUPT, "%s: token %u at %llu is none of its alphabet",
				 w->path, token[i], (unsigned long long)i);
	if (s == STATUS_OK)
		s = code_lengths(&d, count, out);
	free(count);
	dirichlet_free(&d);
	return s;
}

/* The table that was drawn, and what is needed to draw from it. */
struct generator {
	struct dirichlet d;
	double *below;   /* (n_rows * n_symbols) running sums of the rows */
	uint64_t *count; /* (n_rows * n_symbols) */
	const char **word;
	struct word_list *words;
};

static void generator_free(struct generator *g)
{
	dirichlet_free(&g->d);
	free(g->below);
	free(g->count);
	free(g->word);
	words_close(g->words);
}

static enum status draw_world(struct generator *g, uint64_t seed)
{
	struct dirichlet *d = &g->d;
	size_t n = d->n_symbols;

	d->p = calloc(n_cells(d), sizeof *d->p);
	g->below = calloc(n_cells(d), sizeof *g->below);
	g->count = calloc(n_cells(d), sizeof *g->count);
	g->word = calloc(n, sizeof *g->word);
	if (!d->p || !g->below || !g->count || !g->word)
		return fail_no_memory();
	for (size_t r = 0; r < d->n_rows; r++) {
		struct rng rng = rng_stream(seed, PURPOSE_ROWS, r);
		double *p = d->p + r * n, *below = g->below + r * n;

		draw_dirichlet(&rng, (double)d->pseudo_millionths / OPTION_UNIT, p, n);
		below[0] = p[0];
		for (size_t j = 1; j < n; j++)
			below[j] = below[j - 1] + p[j];
	}
	TRY(words_open(&g->words, seed));
	for (size_t j = 0; j < n; j++) {
		g->word[j] = words_next(g->words, WORD_SYMBOL);
		if (!g->word[j])
			return fail_no_memory();
	}
	return STATUS_OK;
}

/* Tokens one after the other: drawing one takes as long as writing it, so threads would not pay. */
static enum status write_tokens(struct generator *g, struct corpus_writer *w, uint64_t seed,
				uint64_t n_tokens)
{
	struct rng rng = rng_stream(seed, PURPOSE_TOKENS, 0);
	uint16_t token[BLOCK_TOKENS];
	uint32_t previous = 0;

	while (n_tokens > 0) {
		size_t n = n_tokens < BLOCK_TOKENS ? (size_t)n_tokens : BLOCK_TOKENS;

		for (size_t i = 0; i < n; i++) {
			size_t first = dirichlet_row(&g->d, previous) * g->d.n_symbols;

			previous =
			    (uint32_t)draw_cumulative(&rng, g->below + first, g->d.n_symbols);
			g->count[first + previous]++;
			token[i] = (uint16_t)previous;
		}
		TRY(corpus_writer_put(w, token, NULL, n));
		n_tokens -= n;
	}
	return STATUS_OK;
}

static json_t *truth_json(const struct dirichlet *d)
{
	json_t *rows = json_array();

	for (uint32_t r = 0; r < d->n_rows; r++) {
		json_t *row = json_array();

		for (uint32_t j = 0; j < d->n_symbols; j++)
			json_array_append_new(row, json_real(d->p[(size_t)r * d->n_symbols + j]));
		json_array_append_new(rows, row);
	}
	return json_pack("{s:o}", "p", rows);
}

static enum status finish_world(const struct generator *g, json_t *root)
{
	const struct dirichlet *d = &g->d;
	json_t *lengths = NULL;

	TRY(code_lengths(d, g->count, &lengths));
	if (json_object_set_new(root, "prior",
				json_pack("{s:i, s:i, s:I}", "rows", (int)d->n_rows, "symbols",
					  (int)d->n_symbols, "pseudo_millionths",
					  (json_int_t)d->pseudo_millionths)) |
	    json_object_set_new(root, "truth", truth_json(d)) |
	    json_object_set_new(root, "code_lengths", lengths))
		return fail_no_memory();
	return STATUS_OK;
}

enum status dirichlet_generate(const struct corpus_request *q, const char *family,
			       const struct option_spec *options, bool chained)
{
	uint64_t seed = (uint64_t)q->option[DIRICHLET_SEED];
	uint64_t n_tokens = (uint64_t)q->option[DIRICHLET_TOKENS];
	struct generator g = {.d.n_symbols = (uint32_t)q->option[DIRICHLET_SYMBOLS],
			      .d.pseudo_millionths = q->option[DIRICHLET_PSEUDO]};
	struct corpus_writer *w = NULL;
	json_t *root = corpus_world_new(family, options, q->option);
	enum status s = root ? STATUS_OK : fail_no_memory();

	g.d.n_rows = chained ? g.d.n_symbols : 1;
	if (s == STATUS_OK)
		s = draw_world(&g, seed);
	if (s == STATUS_OK) {
		struct corpus_layout layout = corpus_layout_of(q, n_tokens);

		layout.word = g.word;
		layout.vocab = g.d.n_symbols;
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
