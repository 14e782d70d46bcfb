/* SPDX-License-Identifier: BSD-2-Clause */
#include "data_curve.h"

#include <math.h>
#include <stdlib.h>

#include "bios.h"
#include "document.h"
#include "file.h"
#include "options.h"
#include "population.h"
#include "source.h"

/* The shift is 1: a large one looks like an exponent of its own. */
const struct data_law_spec data_laws[DATA_LAWS] = {
    [DATA_UNIFORM] = {"0", NULL, "uniform", 0},
    [DATA_POWER_1_2] = {"1", "1.2", "power 1.2", 1.2},
    [DATA_POWER_1_5] = {"1", "1.5", "power 1.5", 1.5},
    [DATA_POWER_2] = {"1", "2", "power 2", 2},
};

enum status data_corpus_add(struct bench *b, const struct data_corpus *c,
			    const struct subject **out)
{
	const struct data_law_spec *law = &data_laws[c->law];
	char title[128], name[64], number[16];
	const char *const options[] = {"bios",     "--people",      c->people,
				       "--seed",   number,          "--biographies",
				       c->biographies, "--sampling", law->sampling,
				       law->power ? "--power" : NULL, law->power, NULL};

	snprintf(number, sizeof number, "%u", c->seed);
	snprintf(title, sizeof title, "bios, %s, seed %u, %s of %s people", law->name, c->seed,
		 c->biographies, c->people);
	snprintf(name, sizeof name, "bios-%s-%s-%s-%u", law->power ? law->power : law->name,
		 c->biographies, c->people, c->seed);
	return subject_add_drawn(b, title, name, options, out);
}

/* ---- Of what corpora a result is. ---- */

bool data_corpus_of(const char *source, enum data_law *law, struct data_scale *scale)
{
	double sampling = source_option(source, "bios", "sampling");
	double power = sampling == 0 ? 0 : source_option(source, "bios", "power");

	if (!source_varies_only(source, "bios", "people,biographies,sampling,power,seed") ||
	    sampling > 1 ||
	    !document_whole(source_option(source, "bios", "people"), BIOS_PEOPLE_MAX,
			    &scale->people) ||
	    !document_whole(source_option(source, "bios", "biographies"), UINT32_MAX,
			    &scale->biographies) ||
	    !scale->people || !scale->biographies)
		return false;
	for (*law = 0; *law < DATA_LAWS; ++*law)
		if (data_laws[*law].exponent == power)
			return true;
	return false;
}

bool data_scale_is_above(const struct data_scale *a, const struct data_scale *b)
{
	return a->biographies != b->biographies ? a->biographies > b->biographies
						: a->people > b->people;
}

bool data_scale_is(const struct data_scale *a, const struct data_scale *b)
{
	return a->biographies == b->biographies && a->people == b->people;
}

/* ---- Stretches. ---- */

#define SAME_WITHIN 0.1 /* of the beginning: the next is 1.5 times as far, or more */

size_t data_stretch_find(struct data_stretches *all, double from, double to)
{
	for (size_t i = 0; i < all->n; i++)
		if (fabs(all->at[i].from / from - 1) < SAME_WITHIN)
			return i;
	if (all->n == DATA_STRETCHES_MAX)
		return DATA_STRETCHES_MAX;
	all->at[all->n] = (struct data_stretch){from, to};
	return all->n++;
}

double data_stretch_middle(const struct data_stretch *s)
{
	return sqrt(s->from * s->to);
}

void data_values_clear(double value[DATA_CORPORA_MAX])
{
	for (size_t k = 0; k < DATA_CORPORA_MAX; k++)
		value[k] = NAN;
}

/* Those that there are, one behind the other. */
static size_t pack(const double value[DATA_CORPORA_MAX], double packed[DATA_CORPORA_MAX])
{
	size_t n = 0;

	for (size_t k = 0; k < DATA_CORPORA_MAX; k++)
		if (isfinite(value[k]))
			packed[n++] = value[k];
	return n;
}

struct finding_mean data_values_mean(const double value[DATA_CORPORA_MAX])
{
	double packed[DATA_CORPORA_MAX];
	size_t n = pack(value, packed);

	return finding_mean(packed, n);
}

enum verdict_of_claim data_values_above_zero(const double value[DATA_CORPORA_MAX])
{
	double packed[DATA_CORPORA_MAX];
	size_t n = pack(value, packed);

	return finding_above(packed, n);
}

enum verdict_of_claim data_values_above(const double a[DATA_CORPORA_MAX],
					const double b[DATA_CORPORA_MAX])
{
	double difference[DATA_CORPORA_MAX];

	for (size_t k = 0; k < DATA_CORPORA_MAX; k++)
		difference[k] = a[k] - b[k];
	return data_values_above_zero(difference);
}

/* ---- The optimum. ---- */

double data_fact_bits(void)
{
	return log2((double)BIOS_PACKED_END);
}

enum status data_population(double **p, enum data_law law, uint64_t people)
{
	*p = malloc(people * sizeof **p); /* people: of a data_scale, so in range */
	if (!*p)
		return fail_no_memory();
	population_law(*p, people, OPTION_UNIT,
		       (int64_t)llround(data_laws[law].exponent * OPTION_UNIT));
	return STATUS_OK;
}

double data_newcomers(const double *p, size_t n, const struct data_stretch *s)
{
	return population_distinct(p, n, s->to) - population_distinct(p, n, s->from);
}

enum verdict_of_claim data_covered(size_t n_covered, size_t n)
{
	double expected = 0.95 * (double)n, deviation = sqrt(expected * 0.05);

	return !n ? CLAIM_OPEN
	       : (double)n_covered >= expected - 1.96 * deviation ? CLAIM_HOLDS
								  : CLAIM_FAILS;
}

char *data_text(void (*print)(FILE *to, const void *of), const void *of)
{
	char *text;
	size_t size_bytes;
	FILE *to = file_open_memory(&text, &size_bytes);

	if (!to)
		return NULL;
	print(to, of);
	if (file_close_memory(to) == STATUS_OK)
		return text;
	free(text);
	return NULL;
}
