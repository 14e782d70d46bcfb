/* SPDX-License-Identifier: BSD-2-Clause
 *
 * sk_patterns.c - the patterns of a cluster (sk.h): what an oracle must keep sums for.
 *
 * Idea.  One pass over the tree in the order of its states, for a predecessor has the smaller
 * number; a state's set of attributes is looked up among those found so far by hashing, because
 * there may be tens of thousands.
 */
#include <stdlib.h>

#include "sk.h"

/* Open addressing: index + 1 of the pattern with a set of attributes; 0 = empty. */
struct sets {
	uint32_t *slot;
	uint32_t mask; /* a power of two minus 1, more than twice the number of states */
};

/* The pattern with these attributes, added when it is new. */
static uint32_t find_pattern(struct sk_patterns *out, const struct sets *sets, uint64_t attributes)
{
	uint32_t at = (uint32_t)((attributes + 1) * 0x9e3779b97f4a7c15u >> 32) & sets->mask;

	while (sets->slot[at] && out->pattern[sets->slot[at] - 1].attributes != attributes)
		at = (at + 1) & sets->mask;
	if (!sets->slot[at]) {
		out->pattern[out->n] = (struct sk_pattern){.attributes = attributes};
		sets->slot[at] = ++out->n;
	}
	return sets->slot[at] - 1;
}

/* What may follow state s, and the patterns of its successors before the name. */
static void follow(struct sk_patterns *out, const struct sets *sets, const struct sk_cluster *c,
		   uint32_t s)
{
	const struct sk_state *from = &c->state[s];
	uint32_t j = out->of_state[s];

	for (uint32_t e = from->first_next; e < from->first_next + from->n_next; e++) {
		uint64_t attributes = out->pattern[j].attributes;

		if (c->next[e] == SK_END)
			continue;

		const struct sk_state *to = &c->state[c->next[e]];

		if (to->emit == SK_EMIT_NAME) {
			out->pattern[j].name = true;
			continue;
		}
		if (to->emit == SK_EMIT_VALUE) {
			out->pattern[j].values |= (uint64_t)1 << to->arg;
			attributes |= (uint64_t)1 << to->arg;
		}
		out->of_state[c->next[e]] = find_pattern(out, sets, attributes);
	}
}

enum status sk_patterns_find(struct sk_patterns *out, const struct sk_cluster *c)
{
	struct sets sets = {.mask = 1};

	while (sets.mask < 2 * c->n_states)
		sets.mask = 2 * sets.mask + 1;
	sets.slot = calloc((size_t)sets.mask + 1, sizeof *sets.slot);
	*out = (struct sk_patterns){
	    .pattern = calloc(c->n_states, sizeof *out->pattern),
	    .of_state = calloc(c->n_states, sizeof *out->of_state),
	};
	if (!sets.slot || !out->pattern || !out->of_state) {
		free(sets.slot);
		sk_patterns_free(out);
		return fail_no_memory();
	}
	for (uint32_t s = 0; s < c->n_states; s++)
		out->of_state[s] = SK_NO_PATTERN;
	out->of_state[0] = find_pattern(out, &sets, 0);
	for (uint32_t s = 0; s < c->n_states; s++)
		if (out->of_state[s] != SK_NO_PATTERN)
			follow(out, &sets, c, s);
	free(sets.slot);
	return STATUS_OK;
}

void sk_patterns_free(struct sk_patterns *patterns)
{
	free(patterns->pattern);
	free(patterns->of_state);
	*patterns = (struct sk_patterns){0};
}

uint64_t sk_pattern_sums(const struct sk_prior *p, const struct sk_pattern *q)
{
	uint64_t n_values = (uint64_t)__builtin_popcountll(q->values);

	return (q->name ? p->part_size[0] + sk_n_groups(p->part_size[0]) : 0) +
	       n_values * (p->n_values + sk_n_groups(p->n_values));
}
