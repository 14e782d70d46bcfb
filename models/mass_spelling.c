/* SPDX-License-Identifier: BSD-2-Clause */
#include "mass_spelling.h"

#include "predictor.h"

#define WIDTH_MIN 16 /* of a group: a multiple of what mass_sum() takes at a time */

/* About as many groups as members. */
struct mass_spelling mass_spelling_of(uint32_t n_symbols)
{
	struct mass_spelling m = {
	    .n_symbols = n_symbols, .n_masses = (n_symbols + 15) / 16 * 16, .width = WIDTH_MIN};

	while (m.width * m.width < n_symbols)
		m.width *= 2;
	m.n_groups = (n_symbols - 1) / m.width + 1;
	return m;
}

uint32_t mass_spelling_outcomes_max(const struct mass_spelling *m)
{
	return m->width > m->n_groups ? m->width : m->n_groups;
}

/* Those of 4 k + l for each l, then the sums in pairs. */
double mass_sum(const float *mass, uint32_t n)
{
	double sum[4] = {0};

	for (uint32_t i = 0; i < n; i += 4)
		for (uint32_t l = 0; l < 4; l++)
			sum[l] += (double)mass[i + l];
	return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

static uint32_t smaller(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

static void ask_group(const struct mass_spelling *m, const float *mass, struct dist *d)
{
	double sum[DIST_SYMBOLS_MAX / 256], all = 0;

	for (uint32_t g = 0; g < m->n_groups; g++) {
		uint32_t first = g * m->width;

		all += sum[g] = mass_sum(mass + first, smaller(m->width, m->n_masses - first));
	}
	d->n_symbols = m->n_groups;
	for (uint32_t g = 0; g < m->n_groups; g++)
		d->freq[g] = dist_frequency(sum[g], DIST_SCALE / all);
}

static void ask_member(const struct mass_spelling *m, const float *mass, struct dist *d)
{
	uint32_t first = m->group * m->width;
	double scale =
	    DIST_SCALE / mass_sum(mass + first, smaller(m->width, m->n_masses - first));

	d->n_symbols = smaller(m->width, m->n_symbols - first);
	for (uint32_t s = 0; s < d->n_symbols; s++)
		d->freq[s] = dist_frequency((double)mass[first + s], scale);
}

void mass_spelling_ask(const struct mass_spelling *m, const float *mass, struct dist *d)
{
	if (m->in_group)
		ask_member(m, mass, d);
	else
		ask_group(m, mass, d);
	d->n_listed = d->n_symbols;
	d->floor = 0;
}

uint32_t mass_spelling_spell(const struct mass_spelling *m, uint32_t symbol)
{
	if (symbol >= m->n_symbols)
		return OUTCOME_NONE;
	return m->in_group ? symbol % m->width : symbol / m->width;
}

bool mass_spelling_tell(struct mass_spelling *m, uint32_t outcome, uint32_t *symbol)
{
	if (!m->in_group) {
		m->group = outcome;
		m->in_group = true;
		return false;
	}
	*symbol = m->group * m->width + outcome;
	m->in_group = false;
	return true;
}
