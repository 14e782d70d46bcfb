/* SPDX-License-Identifier: BSD-2-Clause
 *
 * weights.c - numbers of a matrix by their magnitude.
 *
 * Idea.  Trained weights have no sign and no order to learn, but their size varies from column to
 * column, from matrix to matrix and from row to row.  The size to expect, before rounding, is the
 * mean of the row so far times the mean of the column so far over the mean of the matrix; each mean
 * is drawn to the one of the matrix as if it had seen a few numbers of that size before.  Divided
 * by the scale of the row it is the magnitude of a code, so a row with one large weight is known to
 * be one of small codes before the first.  A quarter of an octave of that is a context, and a
 * context counts buckets of magnitudes: single numbers up to 7, then a quarter of an octave each.
 * Within a bucket, numbers and signs are equally likely.
 *
 * Three decisions a number.  First, for alphabets of 7 and 8 bits, is it the largest there is?  A
 * row that was scaled by its largest element has one of those, seldom two, so the answer depends on
 * whether it came and on how many columns are left.  Then the bucket, then what is left of it.
 *
 * The start.  A context begins with the counts of a Laplace law of its magnitude: a model of 10,000
 * weights has no time to learn twenty frequencies in each of ten contexts.
 *
 * Why not order0, which is there?  On nets of 20,000 and 115,000 weights, trained on two texts, it
 * takes 7.74 and 7.64 bits for each weight of 8 bits, 3.60 and 3.60 for each of 4; this takes 7.54
 * and 7.55, 3.32 and 3.55.  Normal weights of one variance, the worst case, gain 0.2 to 0.8 %.
 * Means in the scale of the codes instead of the weights lose 0.1 to 5 %, most where the net is
 * small; means that decay, a start that mixes normal and Laplace laws, and finer buckets changed
 * less than a thousandth.
 */
#include "weights.h"

#include <assert.h>
#include <stdlib.h>

#include "elementary.h"

#define FRACTION 4         /* bits behind the point of an expected magnitude */
#define CLASSES 80         /* quarter octaves of 1/16 .. 2^15 */
#define MAGNITUDE_MAX ((uint64_t)1 << 19) /* with its FRACTION */
#define SINGLES 8          /* magnitudes below it are buckets of their own */
#define BUCKETS_MAX 60
#define COUNT 1024u        /* of one number; totals stay below 2^40 for 2^29 numbers */
#define START_COUNTS 32    /* numbers that the start of a context is worth */
#define MATRIX_NUMBERS 8   /* .. and the size that is expected in a matrix */
#define ROW_NUMBERS 24
#define COLUMN_NUMBERS 8
#define ESCAPE_SHARE 1024u /* of a context, for the buckets that never came */
#define TOP_LIMITS_MIN 33  /* alphabets whose rows are scaled by their largest element */
#define TOP_LIMITS_MAX 127
#define COLUMN_BITS 13     /* of the number of columns that are left */

enum stage { STAGE_TOP, STAGE_BUCKET, STAGE_REST };

struct weights {
	struct predictor base;
	uint32_t limit;     /* largest magnitude */
	bool has_top;       /* which is then a bucket of its own, number n_buckets */
	uint32_t n_buckets;
	uint32_t low[BUCKETS_MAX + 2]; /* least magnitude of a bucket */
	uint64_t count[CLASSES][BUCKETS_MAX], total[CLASSES];
	uint64_t top[2][COLUMN_BITS][2]; /* came in this row, columns left: no and yes */

	uint32_t cols, col;
	bool top_came;
	double scale, first_scale; /* of this row, and of the first of the matrix */
	uint64_t row, row_sum;     /* rows before, and the magnitudes of this one */
	uint64_t n, sum;           /* numbers of the matrix and their magnitudes */
	double expected;           /* magnitude, of the matrix */
	double size_sum;           /* of the matrix: magnitudes times scales */
	double col_size_sum[WEIGHTS_COLS_MAX];

	enum stage stage;
	uint32_t bucket; /* in STAGE_REST */
};

/* Archives do not hold this estimate; nothing of it depends on the set-up. */
static uint64_t weights_memory_bytes(const struct predictor_setup *s, uint64_t n_total)
{
	(void)s;
	(void)n_total;
	return sizeof(struct weights);
}

static void weights_close(struct predictor *p)
{
	free(p);
}

static void lay_out_buckets(struct weights *w)
{
	uint32_t end = w->limit + (w->has_top ? 0 : 1), width = 1;

	for (uint32_t low = 0; low < end; low += width) {
		while (low >= SINGLES && low / 4 >= 2 * width)
			width *= 2;
		w->low[w->n_buckets++] = low;
		assert(w->n_buckets <= BUCKETS_MAX);
	}
	w->low[w->n_buckets] = end;
	w->low[w->n_buckets + 1] = w->limit + 1;
}

/* Twice as much every four classes, in steps of a quarter of the octave's start. */
static double magnitude_of_class(uint32_t class)
{
	return (double)(4 + class % 4) / 4 * (double)((uint64_t)1 << class / 4) / (1 << FRACTION);
}

/* Of a magnitude of 1 or more in units of 2^-FRACTION. */
static uint32_t class_of(uint64_t magnitude)
{
	uint32_t octave = 63 - (uint32_t)__builtin_clzll(magnitude);
	uint32_t quarter = (uint32_t)((magnitude << 2 >> octave) & 3);
	uint32_t class = 4 * octave + quarter;

	return class < CLASSES ? class : CLASSES - 1;
}

/* Laplace: a magnitude of x - 1/2 or more has probability exp(-(x - 1/2) / expected). */
static void start_counts(struct weights *w)
{
	for (uint32_t k = 0; k < CLASSES; k++) {
		double expected = magnitude_of_class(k), above = 1;

		for (uint32_t b = 0; b < w->n_buckets; b++) {
			double next = elementary_exp((0.5 - w->low[b + 1]) / expected);

			w->count[k][b] =
			    (uint64_t)(START_COUNTS * COUNT * (above - next)) + 1;
			w->total[k] += w->count[k][b];
			above = next;
		}
	}
	for (uint32_t left = 0; left < COLUMN_BITS; left++) {
		w->top[0][left][1] = (COUNT >> left) + 1;
		w->top[0][left][0] = COUNT / 2 + COUNT - (COUNT >> left);
		w->top[1][left][1] = COUNT / 64;
		w->top[1][left][0] = 2 * COUNT;
	}
}

static enum status weights_open(struct predictor **out, const struct predictor_setup *s)
{
	struct weights *w = calloc(1, sizeof *w);

	if (!w)
		return fail_no_memory();
	assert(s->n_symbols % 2 == 1 && 3 <= s->n_symbols && s->n_symbols <= WEIGHTS_SYMBOLS_MAX);
	w->limit = s->n_symbols / 2;
	w->has_top = TOP_LIMITS_MIN <= w->limit && w->limit <= TOP_LIMITS_MAX;
	lay_out_buckets(w);
	start_counts(w);
	w->expected = (double)s->option[0];
	w->base.outcomes_max = w->n_buckets;
	*out = &w->base;
	return STATUS_OK;
}

/* The mean of n numbers and so many others that were expected. */
static double mean_of(double sum, uint64_t n, double expected, uint64_t expected_numbers)
{
	return (sum + expected * (double)expected_numbers) / (double)(n + expected_numbers);
}

static enum stage first_stage(const struct weights *w)
{
	return w->has_top ? STAGE_TOP : STAGE_BUCKET;
}

void weights_begin(struct predictor *p, uint32_t cols)
{
	struct weights *w = (struct weights *)p;

	assert(1 <= cols && cols <= WEIGHTS_COLS_MAX);
	w->expected = mean_of((double)w->sum, w->n, w->expected, MATRIX_NUMBERS);
	w->cols = cols;
	w->col = 0;
	w->top_came = false;
	w->scale = w->first_scale = 1;
	w->row = w->row_sum = w->n = w->sum = 0;
	w->size_sum = 0;
	for (uint32_t c = 0; c < cols; c++)
		w->col_size_sum[c] = 0;
	w->stage = first_stage(w);
}

void weights_row(struct predictor *p, float scale)
{
	struct weights *w = (struct weights *)p;

	assert(scale > 0 && w->col == 0);
	w->scale = (double)scale;
	if (w->n == 0)
		w->first_scale = w->scale;
}

/* The class of the next number's expected magnitude; the smallest where sizes are too small for a
 * number. */
static uint32_t context(const struct weights *w)
{
	double matrix = mean_of(w->size_sum, w->n, w->expected * w->first_scale, MATRIX_NUMBERS);
	double row = mean_of((double)w->row_sum * w->scale, w->col, matrix, ROW_NUMBERS);
	double column = mean_of(w->col_size_sum[w->col], w->row, matrix, COLUMN_NUMBERS);
	double magnitude = row / matrix * column / w->scale * (1 << FRACTION);

	if (!(magnitude >= 1))
		return 0;
	return class_of(magnitude < MAGNITUDE_MAX ? (uint64_t)magnitude : MAGNITUDE_MAX);
}

static uint64_t *top_counts(struct weights *w)
{
	uint32_t left = w->cols - w->col; /* this one included */

	return w->top[w->top_came][31 - (uint32_t)__builtin_clz(left)];
}

static uint32_t width_of(const struct weights *w, uint32_t bucket)
{
	return w->low[bucket + 1] - w->low[bucket];
}

static void weights_ask(struct predictor *p, struct dist *d)
{
	struct weights *w = (struct weights *)p;

	d->floor = 0;
	if (w->stage == STAGE_TOP) {
		const uint64_t *count = top_counts(w);
		uint64_t escape = (count[0] + count[1]) / ESCAPE_SHARE + 1;

		d->n_symbols = d->n_listed = 2;
		d->freq[0] = count[0] + escape;
		d->freq[1] = count[1] + escape;
	} else if (w->stage == STAGE_BUCKET) {
		uint32_t k = context(w);
		uint64_t escape = w->total[k] / (ESCAPE_SHARE * w->n_buckets) + 1;

		d->n_symbols = d->n_listed = w->n_buckets;
		for (uint32_t b = 0; b < w->n_buckets; b++)
			d->freq[b] = w->count[k][b] + escape;
	} else {
		d->n_symbols = 2 * width_of(w, w->bucket);
		d->n_listed = 0;
		d->floor = 1;
	}
}

static uint32_t bucket_of(const struct weights *w, uint32_t magnitude)
{
	uint32_t b = 0, end = w->n_buckets;

	while (end - b > 1) {
		uint32_t middle = (b + end) / 2;

		if (w->low[middle] <= magnitude)
			b = middle;
		else
			end = middle;
	}
	return b;
}

static uint32_t weights_spell(struct predictor *p, uint32_t symbol)
{
	const struct weights *w = (const struct weights *)p;
	bool negative = symbol < w->limit;
	uint32_t magnitude = negative ? w->limit - symbol : symbol - w->limit;

	if (symbol > 2 * w->limit)
		return OUTCOME_NONE;
	if (w->stage == STAGE_TOP)
		return magnitude == w->limit;
	if (w->stage == STAGE_BUCKET)
		return bucket_of(w, magnitude);
	return 2 * (magnitude - w->low[w->bucket]) + negative;
}

/* A number is known: learn it and go to the next. */
static void move_on(struct weights *w, uint32_t magnitude)
{
	w->row_sum += magnitude;
	w->sum += magnitude;
	w->size_sum += (double)magnitude * w->scale;
	w->col_size_sum[w->col] += (double)magnitude * w->scale;
	w->n++;
	w->top_came = w->top_came || magnitude == w->limit;
	w->stage = first_stage(w);
	if (++w->col < w->cols)
		return;
	w->col = 0;
	w->row++;
	w->row_sum = 0;
	w->top_came = false;
}

static bool weights_tell(struct predictor *p, uint32_t outcome, uint32_t *symbol)
{
	struct weights *w = (struct weights *)p;

	if (w->stage == STAGE_TOP) {
		top_counts(w)[outcome] += COUNT;
		w->stage = outcome ? STAGE_REST : STAGE_BUCKET;
		w->bucket = w->n_buckets;
		return false;
	}
	if (w->stage == STAGE_BUCKET) {
		uint32_t k = context(w);

		w->count[k][outcome] += COUNT;
		w->total[k] += COUNT;
		w->bucket = outcome;
		w->stage = STAGE_REST;
		if (w->low[outcome] > 0)
			return false;
		outcome = 0; /* zero has no sign */
	}
	uint32_t magnitude = w->low[w->bucket] + outcome / 2;

	*symbol = outcome % 2 ? w->limit - magnitude : w->limit + magnitude;
	move_on(w, magnitude);
	return true;
}

const struct predictor_ops weights_ops = {
    .name = "weights",
    .summary = "numbers of a matrix by the magnitudes of their row and column",
    .memory_bytes = weights_memory_bytes,
    .open = weights_open,
    .ask = weights_ask,
    .spell = weights_spell,
    .tell = weights_tell,
    .close = weights_close,
};
