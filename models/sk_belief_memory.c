/* SPDX-License-Identifier: BSD-2-Clause
 *
 * sk_belief_memory.c - how much memory a belief of the Syntax-Knowledge source will take.
 *
 * What the prior determines is added up; elements and facts are counted where they are known before
 * the first sentence (a truth, a description), else bounded.  Archives hold these figures.
 */
#include <stdlib.h>

#include "elementary.h"
#include "predictor.h"
#include "sk_belief.h"

/* What things take, in bytes.  Not sizeof: archives name their memory, and are the same everywhere.
 */
#define ELEMENT_BYTES 32u
#define FACT_BYTES 24u
#define STORED_BYTES 24u /* an element of a description */
#define STATE_BYTES 12u
#define PATTERN_BYTES 56u
#define FOUND_BYTES 24u
#define POINTER_BYTES 8u
#define LIST_BYTES 16u
#define LIST_ENTRY_BYTES 48u            /* alone in its list, with the allocator's share */
#define CANDIDATE_BYTES 24u             /* struct candidate of oracle_sk.c */
#define OTHER_BYTES ((uint64_t)1 << 19) /* all that does not grow with anything */

_Static_assert(sizeof(struct sk_element_count) <= ELEMENT_BYTES, "ELEMENT_BYTES");
_Static_assert(sizeof(struct sk_fact_count) <= FACT_BYTES, "FACT_BYTES");
_Static_assert(sizeof(struct sk_stored_element) <= STORED_BYTES, "STORED_BYTES");
_Static_assert(sizeof(struct sk_state) <= STATE_BYTES, "STATE_BYTES");
_Static_assert(sizeof(struct pattern) <= PATTERN_BYTES, "PATTERN_BYTES");
_Static_assert(sizeof(struct sk_pattern) <= FOUND_BYTES, "FOUND_BYTES");
_Static_assert(sizeof(void *) <= POINTER_BYTES, "POINTER_BYTES");
_Static_assert(sizeof(struct index_list) <= LIST_BYTES, "LIST_BYTES");

/* What the prior alone determines of type t. */
static uint64_t type_bytes(const struct sk_prior *p, uint32_t t)
{
	const struct sk_cluster *c = &p->cluster[t];
	uint64_t n_words = (uint64_t)p->n_classes * p->n_class_words;
	struct sk_patterns found;
	uint64_t bytes;

	/* The cluster, the counts (known: and the truth) with their weights, the start. */
	bytes = (uint64_t)c->n_states * (STATE_BYTES + 4) + n_words * 2 + (uint64_t)p->n_words * 4 +
		24 * (c->n_row_entries + n_words) + 16 * ((uint64_t)c->n_states + p->n_classes) +
		8 * ((uint64_t)KIND_VALUE + p->n_attributes + p->n_words + sk_n_groups(p->n_words));
	if (sk_patterns_find(&found, c) != STATUS_OK)
		return bytes;
	for (uint32_t j = 0; j < found.n; j++)
		bytes += PATTERN_BYTES + 8 * sk_pattern_sums(p, &found.pattern[j]) +
			 (found.pattern[j].values ? 2 * p->n_attributes * POINTER_BYTES : 0);
	sk_patterns_free(&found);
	/* Where each state's pattern is; while they are found, their first form and the sets. */
	return bytes + (uint64_t)c->n_states * (4 + FOUND_BYTES + 16);
}

/* The longest array that a question needs: it is held as masses and as a distribution. */
static uint64_t question_bytes(const struct sk_prior *p)
{
	uint64_t n = p->n_words > p->n_values ? p->n_words : p->n_values;

	for (uint32_t j = 0; j < p->n_name_parts; j++)
		n = n > p->part_size[j] ? n : p->part_size[j];
	return 28 * (n > KINDS_MAX ? n : KINDS_MAX) + 6 * (uint64_t)p->n_words;
}

static uint64_t prior_bytes(const struct sk_prior *p)
{
	uint64_t n_lists = p->part_size[0] + (uint64_t)p->n_types * p->n_attributes * p->n_values;
	uint64_t bytes = OTHER_BYTES + n_lists * LIST_BYTES + question_bytes(p);

	for (uint32_t t = 0; t < p->n_types; t++)
		bytes += type_bytes(p, t);
	return bytes;
}

/* How much a corpus of n_total tokens can hold. */
struct extent {
	double n_elements, n_facts; /* distinct statements (element, attribute, value) */
};

/* At most one element a sentence, and as many facts a token as the best sentence states. */
static struct extent corpus_limits(const struct sk_prior *p, uint64_t n_total)
{
	uint32_t shortest = SK_SENTENCE_MAX;
	double facts_per_token = 0;
	struct {
		uint8_t n_tokens, n_facts;
	} * behind;

	for (uint32_t t = 0; t < p->n_types; t++) {
		const struct sk_cluster *c = &p->cluster[t];

		behind = calloc(c->n_states, sizeof *behind);
		for (uint32_t s = 0; behind && s < c->n_states; s++) {
			const struct sk_state *from = &c->state[s];
			uint32_t n = behind[s].n_tokens + 1u; /* if it ends here */

			for (uint32_t e = 0; e < from->n_next; e++) {
				uint32_t to = c->next[from->first_next + e];
				uint32_t emit = to == SK_END ? 0 : c->state[to].emit;

				if (to == SK_END) {
					shortest = n < shortest ? n : shortest;
					if (behind[s].n_facts > facts_per_token * n)
						facts_per_token = behind[s].n_facts / (double)n;
					continue;
				}
				behind[to] = behind[s];
				behind[to].n_tokens += emit == SK_EMIT_NAME ? p->n_name_parts : 1;
				behind[to].n_facts += emit == SK_EMIT_VALUE;
			}
		}
		free(behind);
	}
	return (struct extent){.n_elements = (double)n_total / shortest + 1,
			       .n_facts = facts_per_token * (double)n_total};
}

static double smaller(double a, double b)
{
	return a < b ? a : b;
}

/* The elements and values that are stored, and no more. */
static struct extent model_extent(const struct sk_description *d)
{
	struct extent x = {.n_elements = d->n_elements};

	for (size_t j = 0; j < (size_t)d->n_elements * d->prior->n_attributes; j++)
		x.n_facts += d->value[j] != SK_NOT_STORED;
	return x;
}

/* The number of elements after n sentences is about (beta + 1)^(1 - alpha) / alpha * n^alpha in the
 * mean; here four times that. */
static struct extent bayes_extent(const struct sk_prior *p, uint64_t n_total)
{
	struct extent x = corpus_limits(p, n_total);
	double alpha = p->alpha < 0.05 ? 0.05 : p->alpha;
	double lg_mean =
	    alpha * elementary_log(x.n_elements + 2) + (1 - alpha) * elementary_log(p->beta + 2);
	double n_each = p->n_attributes * (p->gamma == 0 ? 1.0 : p->n_values);

	x.n_elements = smaller(x.n_elements, 4 * elementary_exp(lg_mean) / alpha);
	x.n_elements = smaller(x.n_elements, (double)p->n_names);
	x.n_facts = smaller(x.n_facts, x.n_elements * n_each);
	return x;
}

static struct extent known_extent(const struct sk_prior *p, const struct world *w)
{
	const json_t *elements = json_object_get(json_object_get(w->root, "truth"), "elements");
	struct extent x = {.n_elements = (double)json_array_size(elements)};

	for (size_t k = 0; k < json_array_size(elements); k++) {
		const json_t *facts = json_array_get(json_array_get(elements, k), 3);

		for (uint32_t a = 0; a < p->n_attributes; a++) {
			const json_t *fact = json_array_get(facts, a);

			x.n_facts += json_is_array(fact) ? (double)json_array_size(fact) : 1;
		}
	}
	return x;
}

/*
 * Arrays double their size when full, which takes the new and the old one at once: three times
 * what is used.  An element is counted (with two heads an attribute and at most 4 slots of the
 * table of names, 6 while it grows), is in a list by first part (at worst alone in one: 4 entries
 * and the allocator's share), may be a candidate of the sentence, and has a mark for that; a fact
 * is counted and in a list by value.
 */
static uint64_t extent_bytes(const struct sk_prior *p, struct extent x)
{
	uint64_t element_bytes = 3 * (ELEMENT_BYTES + 8 * p->n_attributes + CANDIDATE_BYTES + 4) +
				 24 + LIST_ENTRY_BYTES;
	uint64_t fact_bytes = 3 * FACT_BYTES + LIST_ENTRY_BYTES;

	return (uint64_t)x.n_elements * element_bytes + (uint64_t)x.n_facts * fact_bytes;
}

uint64_t sk_belief_memory_bytes(const struct world *w, bool known, uint64_t n_total)
{
	struct sk_prior *p = NULL;
	enum status s = sk_prior_load(&p, w->prior);
	uint64_t bytes = s == STATUS_NO_MEMORY ? PREDICTOR_MEMORY_UNKNOWN : 0;

	if (s == STATUS_OK) {
		struct extent x = known ? known_extent(p, w) : bayes_extent(p, n_total);

		bytes = prior_bytes(p) + extent_bytes(p, x);
		if (known) /* attribute_base */
			bytes += (uint64_t)x.n_elements * 8 * p->n_attributes;
	}
	sk_prior_free(p);
	return bytes;
}

/* Besides the belief there is the description while it is read, once more in the same arrays, and
 * the urn's weights. */
uint64_t sk_belief_model_memory_bytes(const struct world *w, const struct sk_description *d,
				      uint64_t n_total)
{
	struct sk_prior *p = NULL;
	enum status s = sk_prior_load(&p, w->prior);
	uint64_t bytes = s == STATUS_NO_MEMORY ? PREDICTOR_MEMORY_UNKNOWN : 0;

	if (s == STATUS_OK) {
		struct extent x = d ? model_extent(d) : bayes_extent(p, n_total);
		uint64_t stored_bytes = 3 * (STORED_BYTES + 4 * p->n_attributes) + 8;

		bytes = 2 * prior_bytes(p) + extent_bytes(p, x) +
			(uint64_t)x.n_elements * stored_bytes;
	}
	sk_prior_free(p);
	return bytes;
}
