/* SPDX-License-Identifier: BSD-2-Clause */
#include "curves.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cost.h"

/* First position of the end, less one. */
static uint64_t end_start(uint64_t n)
{
	return n - n / CURVES_END_SHARE;
}

enum status curve_from_costs(struct curve *c, const char *name, uint64_t model_bytes,
			     const double *bits, uint64_t n)
{
	int64_t units = 0;

	*c = (struct curve){.n = n, .n_streams = 1};
	snprintf(c->name, sizeof c->name, "%s", name);
	if (model_bytes > (uint64_t)INT64_MAX / 16 / COST_UNITS_PER_BIT)
		return fail(STATUS_LIMIT, "a model of that size is not for a curve");
	c->sent_units = malloc((n + 1) * sizeof *c->sent_units);
	if (!c->sent_units)
		return fail_no_memory();
	c->sent_units[0] = (int64_t)(8 * model_bytes * COST_UNITS_PER_BIT);
	for (uint64_t i = 0; i < n; i++) {
		units = cost_to_units(bits[i]);
		if (units > INT64_MAX - c->sent_units[i])
			return fail(STATUS_LIMIT, "more than 2^39 bits");
		c->sent_units[i + 1] = c->sent_units[i] + units;
	}
	return STATUS_OK;
}

enum status curve_measure(struct curve *c, const char *name, const struct archive_settings *s,
			  const uint8_t *in, size_t size_bytes)
{
	struct archive_settings settings = *s;
	struct archive_stats stats;
	struct archive_plan plan;
	double *bits = NULL;

	*c = (struct curve){0};
	settings.costs_as_coded = true;
	TRY(archive_plan(&settings, in, size_bytes, &plan));
	TRY(cost_of_input(&settings, in, size_bytes, &bits, &stats));
	enum status status = curve_from_costs(c, name, stats.model_bytes, bits, plan.n_symbols);

	free(bits);
	c->n_streams = plan.n_streams;
	c->archive_bytes = stats.container_bytes + stats.model_bytes + stats.payload_bytes;
	return status;
}

void curve_free(struct curve *c)
{
	free(c->sent_units);
	*c = (struct curve){0};
}

double curve_sent_bits(const struct curve *c, uint64_t position)
{
	return cost_to_bits(c->sent_units[position]);
}

double curve_model_bits(const struct curve *c)
{
	return curve_sent_bits(c, 0);
}

struct curve_row curve_row(const struct curve *c, const struct curve *reference, uint64_t from,
			   uint64_t position)
{
	int64_t sent = c->sent_units[position];
	struct curve_row row = {.position = position,
				.sent_bits = cost_to_bits(sent),
				.bits_per_symbol = NAN,
				.stretch_bits_per_symbol = NAN,
				.times_reference = NAN,
				.over_reference_bits = NAN};

	if (position)
		row.bits_per_symbol = row.sent_bits / (double)position;
	if (position > from)
		row.stretch_bits_per_symbol =
		    cost_to_bits(sent - c->sent_units[from]) / (double)(position - from);
	if (!reference)
		return row;
	row.over_reference_bits = cost_to_bits(sent - reference->sent_units[position]);
	if (reference->sent_units[position] > 0)
		row.times_reference = row.sent_bits / curve_sent_bits(reference, position);
	return row;
}

/* ---- Positions. ---- */

/* The k-th of `per_decade` a decade, from 1 on; 1, 2, 5 in place of three equal ratios. */
static uint64_t place(unsigned k, unsigned per_decade)
{
	static const double round_numbers[] = {1, 2, 5};
	double decade = pow(10, k / per_decade), within = k % per_decade;

	if (per_decade == CURVES_TABLE_PLACES)
		return (uint64_t)(decade * round_numbers[k % CURVES_TABLE_PLACES] + 0.5);
	return (uint64_t)(decade * pow(10, within / per_decade) + 0.5);
}

static int ascending(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

enum status curve_positions(uint64_t n, unsigned per_decade, const uint64_t *exact, size_t n_exact,
			    uint64_t **position, size_t *n_positions)
{
	size_t room = n_exact + 1 + 20 * (size_t)per_decade, count = 0, distinct = 0;
	uint64_t *at = malloc(room * sizeof *at);

	if (!at)
		return fail_no_memory();
	for (unsigned k = 0; count < 20 * (size_t)per_decade && place(k, per_decade) < n; k++)
		at[count++] = place(k, per_decade);
	for (size_t i = 0; i < n_exact; i++)
		if (exact[i] >= 1 && exact[i] <= n)
			at[count++] = exact[i];
	if (n)
		at[count++] = n;
	qsort(at, count, sizeof *at, ascending);
	for (size_t i = 0; i < count; i++)
		if (i == 0 || at[i] != at[i - 1])
			at[distinct++] = at[i];
	*position = at;
	*n_positions = distinct;
	return STATUS_OK;
}

/* ---- Crossings. ---- */

struct crossing curve_cross(const struct curve *shipped, const struct curve *other)
{
	const int64_t *a = shipped->sent_units, *b = other->sent_units;
	uint64_t n = shipped->n, start = end_start(n);
	struct crossing x = {0};
	bool ahead = false;

	for (uint64_t k = 1; k <= n; k++) {
		bool now = a[k] <= b[k];

		if (now && !ahead) {
			x.n_stretches++;
			x.for_good = k;
			if (!x.first)
				x.first = k;
		}
		if (now)
			x.last = k;
		ahead = now;
	}
	if (!ahead)
		x.for_good = 0;
	x.saved_bits = cost_to_bits(b[n] - a[n]);
	if (n > start)
		x.gain_bits_per_symbol =
		    cost_to_bits(b[n] - b[start] - (a[n] - a[start])) / (double)(n - start);
	return x;
}

double crossing_ahead(const struct crossing *x, uint64_t n)
{
	double ahead = -x->saved_bits / x->gain_bits_per_symbol;

	return x->gain_bits_per_symbol != 0 && ahead > 0 ? (double)n + ahead : 0;
}

enum status curves_find_crossings(struct curves *s)
{
	s->crossing = calloc(s->n_curves * s->n_curves + 1, sizeof *s->crossing);
	if (!s->crossing)
		return fail_no_memory();
	for (size_t i = 0; i < s->n_curves; i++)
		for (size_t k = 0; k < s->n_curves; k++) {
			const struct curve *shipped = &s->curve[i], *other = &s->curve[k];

			if (shipped->sent_units[0] <= other->sent_units[0])
				continue;
			struct crossing *x = &s->crossing[s->n_crossings++];

			*x = curve_cross(shipped, other);
			x->shipped = i;
			x->other = k;
		}
	return STATUS_OK;
}

void curves_close(struct curves *s)
{
	for (size_t i = 0; i < s->n_curves; i++)
		curve_free(&s->curve[i]);
	free(s->curve);
	free(s->crossing);
	*s = (struct curves){0};
}
