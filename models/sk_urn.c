/* SPDX-License-Identifier: BSD-2-Clause */
#include "sk_urn.h"

#include <stdlib.h>
#include <string.h>

static enum status bad_model(const char *what)
{
	return fail(STATUS_CORRUPT, "the stored model: %s", what);
}

/* ---- Elements. ---- */

/* Names, types and values of element k, which must be the next one of the counts. */
static enum status load_element(struct sk_counts *counts, const struct sk_description *d,
				uint32_t k)
{
	const struct sk_prior *p = counts->prior;
	const struct sk_stored_element *e = &d->element[k];

	if (e->name >= p->n_names || e->type >= p->n_types)
		return bad_model("a name or type is none of this world's");
	uint32_t at = sk_counts_element(counts, e->name, e->type, true);

	if (at == UINT32_MAX)
		return fail_no_memory();
	if (at != k)
		return bad_model("two elements have one name");
	counts->element[k].n = e->n;
	for (uint32_t a = 0; a < p->n_attributes; a++) {
		uint32_t v = d->value[(size_t)k * p->n_attributes + a];

		if (v == SK_NOT_STORED)
			continue;
		if (v >= p->n_values)
			return bad_model("a value is out of range");
		if (sk_counts_fact(counts, k, a, v, true) == UINT32_MAX)
			return fail_no_memory();
	}
	return STATUS_OK;
}

static enum status load_elements(struct sk_urn *u, struct sk_counts *counts,
				 const struct sk_description *d)
{
	uint64_t n_left = d->n_sentences;

	if (n_left > SK_URN_SENTENCES_MAX)
		return fail(STATUS_LIMIT, "the stored model: more than 2^32 - 1 sentences");
	if (d->n_escapes > n_left || d->noise > SK_NOISE_ONE)
		return bad_model("escapes or noise are out of range");
	if (d->n_escapes && d->n_elements >= counts->prior->n_names)
		return bad_model("all names are stored, and other sentences are to come");
	u->n_left = d->n_sentences;
	u->n_escapes = d->n_escapes;
	u->n_unseen = n_left -= d->n_escapes;
	u->noise = (double)d->noise / SK_NOISE_ONE;
	for (uint32_t k = 0; k < d->n_elements; k++) {
		uint64_t n = d->element[k].n;

		if (n == 0 || n > n_left)
			return bad_model("its elements have not as many sentences as it says");
		n_left -= n;
		TRY(load_element(counts, d, k));
	}
	if (n_left)
		return bad_model("its elements have not as many sentences as it says");
	if (d->n_elements)
		u->weight[0] = u->n_unseen;
	return STATUS_OK;
}

/* ---- Tables. ---- */

/* Copy the n counts of one table; they sum to what the level asks for. */
static enum status load_table(const struct sk_urn *u, uint64_t *to, const uint64_t *from, size_t n,
			      uint8_t level)
{
	bool exact = level == SK_LEVEL_EXACT;
	uint64_t left = level == 0 ? 0 : exact ? u->n_left : (uint64_t)1 << (level - 1);

	for (size_t j = 0; j < n; j++) {
		if (from[j] > left)
			return bad_model("the counts of a table are too large");
		left -= to[j] = from[j];
	}
	/* An exact table is used at most once a sentence. */
	return exact || left == 0 ? STATUS_OK : bad_model("the counts of a table are too small");
}

static enum status load_tables(struct sk_urn *u, struct sk_counts *counts,
			       const struct sk_description *d, uint32_t t)
{
	const struct sk_prior *p = counts->prior;
	const struct sk_cluster *c = &p->cluster[t];

	for (uint32_t s = 0; s < c->n_states; s++) {
		uint32_t first = c->state[s].first_next;

		u->row_level[t][s] = d->row_level[t][s];
		if (u->row_level[t][s] > SK_LEVEL_EXACT)
			return bad_model("a level is out of range");
		TRY(load_table(u, counts->row[t] + first, d->row[t] + first, c->state[s].n_next,
			       u->row_level[t][s]));
	}
	for (uint32_t class = 0; class < p->n_classes; class ++) {
		size_t first = (size_t)class * p->n_class_words;

		u->word_level[t][class] = d->word_level[t][class];
		if (u->word_level[t][class] > SK_LEVEL_EXACT)
			return bad_model("a level is out of range");
		TRY(load_table(u, counts->word[t] + first, d->word[t] + first, p->n_class_words,
			       u->word_level[t][class]));
	}
	return STATUS_OK;
}

static bool allocate(struct sk_urn *u, uint32_t n_elements)
{
	const struct sk_prior *p = u->prior;

	u->weight = calloc((size_t)n_elements + 1, sizeof *u->weight);
	u->row_level = calloc(p->n_types, sizeof *u->row_level);
	u->word_level = calloc(p->n_types, sizeof *u->word_level);
	if (!u->weight || !u->row_level || !u->word_level)
		return false;
	for (uint32_t t = 0; t < p->n_types; t++) {
		u->row_level[t] = calloc(p->cluster[t].n_states, 1);
		u->word_level[t] = calloc(p->n_classes, 1);
		if (!u->row_level[t] || !u->word_level[t])
			return false;
	}
	return true;
}

enum status sk_urn_open(struct sk_urn **out, struct sk_counts *counts,
			const struct sk_description *d)
{
	struct sk_urn *u = calloc(1, sizeof *u);
	enum status status = STATUS_OK;

	if (!u)
		return fail_no_memory();
	u->prior = counts->prior;
	if (!allocate(u, d->n_elements))
		status = fail_no_memory();
	if (status == STATUS_OK)
		status = load_elements(u, counts, d);
	for (uint32_t t = 0; status == STATUS_OK && t < u->prior->n_types; t++)
		status = load_tables(u, counts, d, t);
	if (status != STATUS_OK) {
		sk_urn_free(u);
		return status;
	}
	*out = u;
	return STATUS_OK;
}

void sk_urn_free(struct sk_urn *u)
{
	if (!u)
		return;
	sk_cluster_arrays_free(u->prior, u->row_level);
	sk_cluster_arrays_free(u->prior, u->word_level);
	free(u->weight);
	free(u);
}

/* ---- Drawing. ---- */

enum status sk_urn_take(struct sk_urn *u, const struct sk_counts *counts, uint32_t k)
{
	uint64_t *left = k == UINT32_MAX ? &u->n_escapes : &u->weight[k];

	if (*left == 0 || u->n_left == 0)
		return fail(STATUS_IMPOSSIBLE, "the stored model has no such sentence left");
	u->n_left--;
	if (k == UINT32_MAX || k < u->n_seen) {
		--*left;
		return STATUS_OK;
	}
	u->n_unseen -= counts->element[k].n;
	*left = counts->element[k].n - 1;
	if (++u->n_seen < counts->n_elements)
		u->weight[u->n_seen] = u->n_unseen;
	return STATUS_OK;
}
