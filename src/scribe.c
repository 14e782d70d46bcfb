/* SPDX-License-Identifier: BSD-2-Clause */
#include "scribe.h"

#include <stdlib.h>

#include "coder.h"
#include "elementary.h"

#define MASS_MIN 0x1p-900 /* of what is possible, however improbable */
#define REST_MIN 0x1p-36  /* of the ranges to come: what rounding has left of 1 less the others */
#define BIT_MIN 0x1p-30
#define WEIGHT_MAX 0x1p500

static enum status scribe_begin(struct scribe *s)
{
	*s = (struct scribe){.coder = coder_by_id(0)};
	return s->coder ? STATUS_OK : fail(STATUS_UNSUPPORTED, "needs the range coder");
}

enum status scribe_write(struct scribe *s, struct buffer *to)
{
	TRY(scribe_begin(s));
	return s->coder->encoder_open(&s->enc, to);
}

enum status scribe_read(struct scribe *s, const uint8_t *from, size_t size_bytes)
{
	TRY(scribe_begin(s));
	return s->coder->decoder_open(&s->dec, from, size_bytes);
}

void scribe_weigh(struct scribe *s)
{
	*s = (struct scribe){0};
}

enum status scribe_close(struct scribe *s)
{
	enum status closed = STATUS_OK, failed = s->failed;

	if (s->enc)
		closed = s->coder->encoder_close(s->enc);
	if (s->dec)
		closed = s->coder->decoder_close(s->dec);
	free(s->weight);
	*s = (struct scribe){0};
	if (failed == STATUS_NO_MEMORY)
		return fail_no_memory();
	if (failed != STATUS_OK || closed == STATUS_CORRUPT)
		return fail(STATUS_CORRUPT, "truncated or damaged stored model");
	return closed;
}

/* Spend or read one interval; `owner` finds the interval of a target when reading. */
static void spend(struct scribe *s, struct interval iv)
{
	if (s->enc)
		s->coder->put(s->enc, iv);
	if (s->dec)
		s->coder->take(s->dec, iv);
	*s->account -= elementary_lg((double)iv.freq / (double)iv.total);
}

/* The second of two things, by their masses? */
static bool choose(struct scribe *s, bool second, double mass_first, double mass_second)
{
	double scale = (double)DIST_SCALE / (mass_first + mass_second);
	uint64_t first = dist_frequency(mass_first, scale);
	uint64_t total = first + dist_frequency(mass_second, scale);

	if (s->failed != STATUS_OK)
		return false;
	if (s->dec) {
		second = s->coder->target(s->dec, total) >= first;
		if (s->coder->overrun(s->dec))
			s->failed = STATUS_CORRUPT;
	}
	spend(s, second ? (struct interval){first, total - first, total}
			: (struct interval){0, first, total});
	return second;
}

bool scribe_bit(struct scribe *s, bool value, double p)
{
	p = p < BIT_MIN ? BIT_MIN : p > 1 - BIT_MIN ? 1 - BIT_MIN : p;
	return choose(s, value, 1 - p, p);
}

uint64_t scribe_uniform(struct scribe *s, uint64_t value, uint64_t n)
{
	if (s->failed != STATUS_OK)
		return 0;
	if (n == 1)
		return 0;
	if (s->dec) {
		value = s->coder->target(s->dec, n);
		if (s->coder->overrun(s->dec))
			s->failed = STATUS_CORRUPT;
	}
	spend(s, (struct interval){value, 1, n});
	return value;
}

static unsigned digits_of(uint64_t value)
{
	return value ? 64 - (unsigned)__builtin_clzll(value) : 0;
}

uint64_t scribe_natural(struct scribe *s, uint64_t value, uint64_t max)
{
	unsigned digits = (unsigned)scribe_uniform(s, digits_of(value), digits_of(max) + 1);
	uint64_t first = digits ? (uint64_t)1 << (digits - 1) : 0;
	uint64_t last = digits ? 2 * first - 1 : 0;

	if (last > max)
		last = max;
	return first + scribe_uniform(s, value - first, last - first + 1);
}

static bool reserve(struct scribe *s, size_t n)
{
	double *grown;

	if (n <= s->capacity)
		return true;
	grown = realloc(s->weight, 2 * n * sizeof *grown);
	if (!grown) {
		s->failed = STATUS_NO_MEMORY;
		return false;
	}
	s->weight = grown;
	s->capacity = n;
	return true;
}

/* ln of the probability of i. */
static double log_beta_binomial(double i, double n, double a, double b)
{
	return elementary_log_gamma(n + 1) - elementary_log_gamma(i + 1) -
	       elementary_log_gamma(n - i + 1) + elementary_log_gamma(i + a) +
	       elementary_log_gamma(n - i + b) - elementary_log_gamma(n + a + b) +
	       elementary_log_gamma(a + b) - elementary_log_gamma(a) - elementary_log_gamma(b);
}

/* Probabilities of first..end-1, up to a common factor, and their running sums; returns the
 * probability of all together. */
static double weigh_range(struct scribe *s, uint64_t first, uint64_t end, double n, double a,
			  double b)
{
	double *weight = s->weight, *below = s->weight + s->capacity, sum = 0, up = 0;
	size_t size = (size_t)(end - first);

	weight[0] = 1;
	for (size_t j = 0; j + 1 < size; j++) {
		double i = (double)(first + j);

		weight[j + 1] = weight[j] * ((n - i) / (i + 1)) * ((a + i) / (b + n - i - 1));
		if (weight[j + 1] > WEIGHT_MAX) {
			for (size_t k = 0; k <= j + 1; k++)
				weight[k] /= WEIGHT_MAX;
			up += 1;
		}
	}
	for (size_t j = 0; j < size; j++) {
		below[j] = sum;
		sum += weight[j];
	}
	return elementary_exp(log_beta_binomial((double)first, n, a, b) + elementary_log(sum) +
			      up * elementary_log(WEIGHT_MAX));
}

/* Which of the range's numbers, by halving. */
static uint64_t find_in_range(struct scribe *s, uint64_t value, uint64_t first, uint64_t end)
{
	const double *weight = s->weight, *below = s->weight + s->capacity;
	size_t lo = 0, hi = (size_t)(end - first);

	while (hi - lo > 1) {
		size_t mid = lo + (hi - lo) / 2;
		double right = below[hi - 1] + weight[hi - 1] - below[mid];

		if (choose(s, value - first >= mid, below[mid] - below[lo] + MASS_MIN,
			   right + MASS_MIN))
			lo = mid;
		else
			hi = mid;
	}
	return first + lo;
}

uint64_t scribe_beta_binomial(struct scribe *s, uint64_t value, uint64_t n, double a, double b)
{
	double rest = 1;

	if (n == 0 || b <= 0)
		return n;
	for (uint64_t first = 0, end = 1;; first = end, end *= 2) {
		if (end > n)
			end = n + 1;
		if (!reserve(s, (size_t)(end - first)) || s->failed != STATUS_OK)
			return 0;

		double mass = weigh_range(s, first, end, (double)n, a, b) + MASS_MIN;

		rest = rest - mass > REST_MIN ? rest - mass : REST_MIN;
		if (end == n + 1 || !choose(s, value >= end, mass, rest))
			return find_in_range(s, value, first, end);
	}
}
