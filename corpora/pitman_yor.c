/* SPDX-License-Identifier: BSD-2-Clause */
#include "pitman_yor.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "special.h"

#define LN_2 0.69314718055994531

static int compare(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

enum status py_partition_make(struct py_partition *p, const uint64_t *count, uint32_t n_elements)
{
	size_t n = n_elements;
	uint64_t *size = malloc((2 * n + 1) * sizeof *size), *multiplicity = size + n;

	*p = (struct py_partition){0};
	if (!size)
		return fail_no_memory();
	memcpy(size, count, n * sizeof *size);
	qsort(size, n, sizeof *size, compare);
	for (size_t k = 0; k < n; k++) {
		if (size[k] == 0)
			continue;
		p->n += size[k];
		if (p->n_sizes == 0 || size[p->n_sizes - 1] != size[k]) {
			size[p->n_sizes] = size[k];
			multiplicity[p->n_sizes++] = 0;
		}
		multiplicity[p->n_sizes - 1]++;
	}
	p->size = size;
	p->multiplicity = multiplicity;
	return STATUS_OK;
}

void py_partition_free(struct py_partition *p)
{
	free((uint64_t *)p->size);
	*p = (struct py_partition){0};
}

static double n_elements(const struct py_partition *p)
{
	double n = 0;

	for (uint32_t i = 0; i < p->n_sizes; i++)
		n += (double)p->multiplicity[i];
	return n;
}

/* lg of prod_{i=1}^{k-1} (b + i a): the elements' turns to be new. */
static double lg_openings(double k, double a, double b)
{
	return a > 0 ? special_lg_rising(1 + b / a, k - 1) + (k - 1) * log2(a) : (k - 1) * log2(b);
}

double py_partition_bits(const struct py_partition *p, double a, double b)
{
	double k = n_elements(p), lg = 0;

	if (p->n <= 1)
		return 0;
	if (k > 1)
		lg = lg_openings(k, a, b);
	for (uint32_t i = 0; i < p->n_sizes; i++)
		lg += (double)p->multiplicity[i] * special_lg_rising(1 - a, (double)p->size[i] - 1);
	return special_lg_rising(b + 1, (double)p->n - 1) - lg;
}

double py_known_bits_expected(const struct py_partition *p, double a, double b)
{
	double all = special_digamma((double)p->n + b), nats = 0;

	for (uint32_t i = 0; i < p->n_sizes; i++) {
		double n_k = (double)p->size[i];

		nats += (double)p->multiplicity[i] * n_k * (all - special_digamma(n_k - a));
	}
	return nats / LN_2;
}
