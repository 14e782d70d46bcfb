/* SPDX-License-Identifier: BSD-2-Clause */
#include "word_law.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "capacity.h"
#include "pitman_yor.h"

/* ---- Words. ---- */

static bool is_letter(uint8_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       c >= 0x80;
}

static bool is_joint(uint8_t c)
{
	return c == '\'' || c == '-';
}

/* The word that begins at text[*at] or later: its bytes, 0 at the end; *at is where it begins. */
static size_t find_word(const uint8_t *text, size_t size_bytes, size_t *at)
{
	size_t end;

	while (*at < size_bytes && !is_letter(text[*at]))
		(*at)++;
	for (end = *at; end < size_bytes; end++)
		if (!is_letter(text[end]) &&
		    !(is_joint(text[end]) && end + 1 < size_bytes && is_letter(text[end + 1])))
			break;
	return end - *at;
}

/* Words by their 64-bit digests: of a million words two share one with probability 3e-8, and what
 * is counted here would not show it. */
struct table {
	uint64_t *digest;  /* (capacity) 0 is empty */
	uint32_t *id;      /* (capacity) */
	uint64_t capacity; /* a power of two */
};

/* FNV-1a of the letters in lower case; never 0. */
static uint64_t digest_word(const uint8_t *word, size_t n)
{
	uint64_t digest = 0xcbf29ce484222325;

	for (size_t i = 0; i < n; i++) {
		uint8_t c = word[i];

		c = c >= 'A' && c <= 'Z' ? (uint8_t)(c - 'A' + 'a') : c;
		digest = (digest ^ c) * 0x100000001b3;
	}
	return digest ? digest : 1;
}

/* Where that digest is, or would be. */
static uint64_t place_of(const struct table *t, uint64_t digest)
{
	uint64_t at = (digest ^ digest >> 32) & (t->capacity - 1);

	while (t->digest[at] && t->digest[at] != digest)
		at = (at + 1) & (t->capacity - 1);
	return at;
}

/* Twice the room, but for the first time. */
static enum status grow_table(struct table *t)
{
	struct table larger = {.capacity = t->capacity ? 2 * t->capacity : 4096};

	larger.digest = calloc(larger.capacity, sizeof *larger.digest);
	larger.id = malloc(larger.capacity * sizeof *larger.id);
	if (!larger.digest || !larger.id) {
		free(larger.digest);
		free(larger.id);
		return fail_no_memory();
	}
	for (uint64_t i = 0; i < t->capacity; i++) {
		if (t->digest[i]) {
			uint64_t at = place_of(&larger, t->digest[i]);

			larger.digest[at] = t->digest[i];
			larger.id[at] = t->id[i];
		}
	}
	free(t->digest);
	free(t->id);
	*t = larger;
	return STATUS_OK;
}

/* Arrays for one more word, and for one more that is new. */
static enum status reserve(struct word_text *t, uint64_t *room, uint32_t *room_distinct)
{
	if (t->n_words == *room) {
		uint64_t n = *room ? 2 * *room : 4096;
		uint32_t *id = realloc(t->id, n * sizeof *id);

		if (!id)
			return fail_no_memory();
		t->id = id;
		*room = n;
	}
	if (t->n_distinct == *room_distinct) {
		uint32_t n = *room_distinct ? 2 * *room_distinct : 4096;
		uint64_t *count = realloc(t->count, n * sizeof *count);

		if (!count)
			return fail_no_memory();
		t->count = count;
		*room_distinct = n;
	}
	return STATUS_OK;
}

static enum status read_words(struct word_text *t, struct table *table, const uint8_t *text,
			      size_t size_bytes)
{
	uint64_t room = 0;
	uint32_t room_distinct = 0;
	size_t n;

	for (size_t at = 0; (n = find_word(text, size_bytes, &at)); at += n) {
		uint64_t digest = digest_word(text + at, n), place;

		if (t->n_distinct >= UINT32_MAX / 2)
			return fail(STATUS_LIMIT, "more than %u different words", UINT32_MAX / 2);
		TRY(reserve(t, &room, &room_distinct));
		if (2 * (uint64_t)t->n_distinct >= table->capacity)
			TRY(grow_table(table));
		place = place_of(table, digest);
		if (!table->digest[place]) {
			table->digest[place] = digest;
			table->id[place] = t->n_distinct;
			t->count[t->n_distinct++] = 0;
			t->spelt_bytes += n;
		}
		t->id[t->n_words++] = table->id[place];
		t->count[table->id[place]]++;
	}
	return STATUS_OK;
}

enum status word_text_read(struct word_text *t, const uint8_t *text, size_t size_bytes)
{
	struct table table = {0};

	*t = (struct word_text){0};

	enum status s = read_words(t, &table, text, size_bytes);

	free(table.digest);
	free(table.id);
	return s;
}

void word_text_free(struct word_text *t)
{
	free(t->id);
	free(t->count);
	*t = (struct word_text){0};
}

/* ---- Power laws. ---- */

#define PLACES_MAX 256
#define PLACES_PER_DECADE 10

/* Whole numbers from..to, ten a decade. */
static size_t places(double from, double to, uint64_t place[PLACES_MAX])
{
	size_t n = 0;

	for (int i = 0; n < PLACES_MAX; i++) {
		double at = floor(from * pow(10, (double)i / PLACES_PER_DECADE));

		if (at > to)
			break;
		if (n == 0 || (uint64_t)at > place[n - 1])
			place[n++] = (uint64_t)at;
	}
	return n;
}

static void fit_power(const uint64_t *x, const double *y, size_t n, struct word_power *law)
{
	double lg_x[PLACES_MAX] = {0}, lg_y[PLACES_MAX] = {0};

	for (size_t i = 0; i < n; i++) {
		lg_x[i] = log2((double)x[i]);
		lg_y[i] = log2(y[i]);
	}
	struct capacity_fit fit = capacity_fit_line(lg_x, lg_y, (uint32_t)n);

	*law = (struct word_power){fit.slope, fit.standard_error, n ? (double)x[0] : NAN,
				   n ? (double)x[n - 1] : NAN};
}

static int descending(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x < y) - (x > y);
}

#define ZIPF_FIRST_RANK 10
#define ZIPF_LEAST_COUNT 10
#define HEAPS_FIRST_WORD 1000

enum status word_zipf(const struct word_text *t, struct word_power *law)
{
	uint64_t *sorted = malloc((t->n_distinct + 1) * sizeof *sorted), rank[PLACES_MAX];
	double frequency[PLACES_MAX];
	uint32_t last = 0;

	if (!sorted)
		return fail_no_memory();
	if (t->n_distinct)
		memcpy(sorted, t->count, t->n_distinct * sizeof *sorted);
	qsort(sorted, t->n_distinct, sizeof *sorted, descending);
	while (last < t->n_distinct && sorted[last] >= ZIPF_LEAST_COUNT)
		last++;

	size_t n = places(ZIPF_FIRST_RANK, last, rank);

	for (size_t i = 0; i < n; i++)
		frequency[i] = (double)sorted[rank[i] - 1];
	fit_power(rank, frequency, n, law);
	free(sorted);
	return STATUS_OK;
}

enum status word_heaps(const struct word_text *t, struct word_power *law)
{
	uint64_t at[PLACES_MAX];
	double distinct[PLACES_MAX];
	size_t n = places(HEAPS_FIRST_WORD, (double)t->n_words, at);

	TRY(word_distinct(t, at, n, distinct));
	fit_power(at, distinct, n, law);
	return STATUS_OK;
}

struct word_power word_heaps_expected(const struct word_text *t, const struct word_fit *fit)
{
	uint64_t at[PLACES_MAX];
	double distinct[PLACES_MAX] = {0};
	size_t n = places(HEAPS_FIRST_WORD, (double)t->n_words, at);
	struct word_power law;

	for (size_t i = 0; i < n; i++)
		distinct[i] = py_elements_expected(at[i], fit->alpha, fit->beta);
	fit_power(at, distinct, n, &law);
	return law;
}

/* Ids are in the order of appearance: as many as the largest one so far says are different. */
enum status word_distinct(const struct word_text *t, const uint64_t *n_words, size_t n,
			  double *distinct)
{
	uint64_t at = 0;
	uint32_t so_far = 0;

	for (size_t i = 0; i < n; i++) {
		if (n_words[i] > t->n_words)
			return fail(STATUS_BAD_ARGUMENT, "the text has %llu words",
				    (unsigned long long)t->n_words);
		for (; at < n_words[i]; at++)
			so_far += t->id[at] == so_far;
		distinct[i] = so_far;
	}
	return STATUS_OK;
}

/* ---- Pitman-Yor. ---- */

/* The smallest value of a function with one minimum between low and high: golden section. */
#define SEARCH_STEPS 40
static double search(double low, double high, double (*cost)(const void *context, double x),
		     const void *context)
{
	const double golden = 0.6180339887498949;
	double a = high - golden * (high - low), b = low + golden * (high - low);
	double cost_a = cost(context, a), cost_b = cost(context, b);

	for (int i = 0; i < SEARCH_STEPS; i++) {
		if (cost_a <= cost_b) {
			high = b;
			b = a;
			cost_b = cost_a;
			a = high - golden * (high - low);
			cost_a = cost(context, a);
		} else {
			low = a;
			a = b;
			cost_a = cost_b;
			b = low + golden * (high - low);
			cost_b = cost(context, b);
		}
	}
	return (low + high) / 2;
}

struct fitting {
	const struct py_partition *partition;
	double alpha;
};

/* x = ln(alpha + beta). */
static double cost_of_beta(const void *context, double x)
{
	const struct fitting *f = context;

	return py_partition_bits(f->partition, f->alpha, exp(x) - f->alpha);
}

#define LN_STRENGTH_MIN (-9.0)
#define LN_STRENGTH_MAX 16.0
#define ALPHA_MAX 0.9999

static double best_beta(const struct fitting *f)
{
	return exp(search(LN_STRENGTH_MIN, LN_STRENGTH_MAX, cost_of_beta, f)) - f->alpha;
}

static double cost_of_alpha(const void *context, double alpha)
{
	struct fitting f = *(const struct fitting *)context;

	f.alpha = alpha;
	return py_partition_bits(f.partition, alpha, best_beta(&f));
}

static enum status fit_partition(const struct py_partition *p, struct word_fit *fit)
{
	struct fitting f = {.partition = p};

	if (p->n < 2 || (p->n_sizes == 1 && p->size[0] == 1))
		return fail(STATUS_BAD_ARGUMENT, "no word occurs twice");
	f.alpha = search(0, ALPHA_MAX, cost_of_alpha, &f);
	fit->alpha = f.alpha;
	fit->beta = best_beta(&f);
	fit->partition_bits = py_partition_bits(p, fit->alpha, fit->beta);
	return STATUS_OK;
}

enum status word_fit(const struct word_text *t, uint64_t n_words, struct word_fit *fit)
{
	uint64_t *count = calloc(t->n_distinct + 1, sizeof *count);
	struct py_partition p;

	*fit = (struct word_fit){.n_words = n_words};
	if (!count)
		return fail_no_memory();
	for (uint64_t i = 0; i < n_words; i++)
		fit->n_distinct += count[t->id[i]]++ == 0;

	enum status s = py_partition_make(&p, count, t->n_distinct);

	free(count);
	TRY(s);
	s = fit_partition(&p, fit);
	py_partition_free(&p);
	return s;
}
