/* SPDX-License-Identifier: BSD-2-Clause */
#include "bit_history.h"

#include <assert.h>
#include <stdbool.h>

/* The larger count may be so large beside a smaller one of 0, 1, .. */
static const unsigned bound[] = {40, 24, 9, 7, 6, 5};

#define MINORITY_MAX (sizeof bound / sizeof *bound - 1)

struct history {
	unsigned n[2];
	unsigned last; /* the bit that came last; 0 for the empty history */
};

static bool is_legal(const struct history *h)
{
	unsigned small = h->n[0] < h->n[1] ? h->n[0] : h->n[1];
	unsigned large = h->n[0] + h->n[1] - small;

	return small <= MINORITY_MAX && large <= bound[small] && h->n[h->last] > 0;
}

/* What remains of a count when the other bit comes. */
static unsigned fade(unsigned n)
{
	return n <= 5 ? n : n <= 7 ? 5 : n <= 15 ? 6 : 7;
}

static struct history after(struct history h, unsigned bit)
{
	h.last = bit;
	h.n[bit]++;
	h.n[!bit] = fade(h.n[!bit]);
	if (h.n[bit] > bound[0])
		h.n[bit] = bound[0];
	while (!is_legal(&h)) {
		bool minority = h.n[!bit] <= MINORITY_MAX && h.n[!bit] < h.n[bit];

		h.n[minority && h.n[bit] > bound[h.n[!bit]] ? bit : !bit]--;
	}
	return h;
}

void bit_history_build(struct bit_history *b)
{
	struct history list[BIT_HISTORY_STATES] = {{{0, 0}, 0}};
	unsigned n = 1;

	*b = (struct bit_history){0};
	for (unsigned total = 1; total <= bound[0]; total++)
		for (unsigned n1 = 0; n1 <= total; n1++)
			for (unsigned last = 0; last < 2; last++) {
				struct history h = {{total - n1, n1}, last};

				if (!is_legal(&h))
					continue;
				assert(n < BIT_HISTORY_STATES);
				list[n++] = h;
			}
	b->n_states = n;
	for (unsigned s = 0; s < n; s++)
		for (unsigned bit = 0; bit < 2; bit++) {
			struct history h = after(list[s], bit);

			b->count[s][bit] = (uint8_t)list[s].n[bit];
			for (unsigned to = 1; to < n; to++)
				if (list[to].n[0] == h.n[0] && list[to].n[1] == h.n[1] &&
				    list[to].last == h.last)
					b->next[s][bit] = (uint8_t)to;
			assert(b->next[s][bit] != 0);
		}
}
