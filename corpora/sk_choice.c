/* SPDX-License-Identifier: BSD-2-Clause */
#include "sk_choice.h"

#include <stdlib.h>
#include <string.h>

#include "elementary.h"
#include "sk_count_law.h"
#include "sk_data.h"
#include "sk_table.h"

#define NATURAL_BITS 6.0 /* about what scribe_natural() spends on the number of digits */
#define LEVEL_BITS 1.0   /* and what a table's level takes */
#define FLAG_BITS 0.5    /* .. and whether a fact is stored */
#define CODER_SLACK_BITS 0.01 /* what rounding may cost in a range-coded model */
#define LEVELS (SK_LEVEL_EXACT + 1)
#define FILL_TRIES 16 /* items behind the longest prefix that are weighed */

/* ---- Items. ---- */

struct items {
	struct sk_item *item;
	size_t n, capacity;
	uint64_t *scaled; /* scratch: one table */
};

static bool add_item(struct items *items, struct sk_item item)
{
	if (items->n == items->capacity) {
		size_t capacity = items->capacity ? 2 * items->capacity : 1024;
		void *grown = realloc(items->item, capacity * sizeof *items->item);

		if (!grown)
			return false;
		items->item = grown;
		items->capacity = capacity;
	}
	items->item[items->n++] = item;
	return true;
}

/* From the level `last` the hull goes on to the level that saves most a bit spent: LEVELS when
 * none saves anything. */
static uint8_t next_on_hull(const double *model, const double *data, uint8_t last)
{
	uint8_t best = LEVELS;
	double most = 0;

	for (uint8_t level = last + 1; level < LEVELS; level++) {
		double saved;

		if (model[level] <= model[last]) /* or not on offer: it has no data[level] */
			continue;
		saved = (data[last] - data[level]) / (model[level] - model[last]);
		if (saved > most) {
			most = saved;
			best = level;
		}
	}
	return best;
}

/* The items of one table: `item` says whose they are. */
static bool add_table(struct items *items, struct sk_item item, const uint64_t *count, size_t n,
		      double pseudo)
{
	double model[LEVELS], data[LEVELS];
	uint64_t uses = sk_table_sum(count, n);

	if (n < 2 || uses == 0)
		return true;
	for (uint8_t level = 0; level < LEVELS; level++) {
		model[level] = -1; /* not on offer */
		if (level != 0 && level != SK_LEVEL_EXACT && (uint64_t)1 << (level - 1) >= uses)
			continue;
		sk_table_scale(count, n, level, items->scaled);
		data[level] = sk_table_data_bits(count, items->scaled, n, level, pseudo);
		model[level] =
		    level ? LEVEL_BITS + sk_table_model_bits(items->scaled, n, pseudo) : 0;
		if (level == SK_LEVEL_EXACT)
			model[level] += NATURAL_BITS + elementary_lg((double)uses);
	}
	for (uint8_t last = 0;;) {
		uint8_t next = next_on_hull(model, data, last);

		if (next == LEVELS)
			return true;
		item.level = next;
		item.cost_bits = model[next] - model[last];
		item.saved_bits = data[last] - data[next];
		if (!add_item(items, item))
			return false;
		last = next;
	}
}

static bool add_tables(struct items *items, const struct sk_counts *c)
{
	const struct sk_prior *p = c->prior;
	bool good = true;

	for (uint32_t t = 0; good && t < p->n_types; t++) {
		for (uint32_t s = 0; good && s < p->cluster[t].n_states; s++)
			good = add_table(
			    items, (struct sk_item){.kind = SK_ITEM_ROW, .type = t, .index = s},
			    &c->row[t][p->cluster[t].state[s].first_next],
			    p->cluster[t].state[s].n_next, p->row_pseudo_count);
		for (uint32_t k = 0; good && k < p->n_classes; k++)
			good = add_table(
			    items, (struct sk_item){.kind = SK_ITEM_WORDS, .type = t, .index = k},
			    &c->word[t][(size_t)k * p->n_class_words], p->n_class_words,
			    p->word_pseudo_count);
	}
	return good;
}

/* The value that element k would store of attribute a: what it states most, or SK_NOT_STORED when
 * it states nothing twice. */
static uint32_t stored_value(const struct sk_counts *c, uint32_t k, uint32_t a, uint32_t *count)
{
	size_t at = (size_t)k * c->prior->n_attributes + a;
	uint32_t best = UINT32_MAX;

	for (uint32_t i = c->fact_head[at]; i != UINT32_MAX; i = c->fact[i].next)
		if (best == UINT32_MAX || c->fact[i].count > c->fact[best].count)
			best = i;
	*count = best == UINT32_MAX ? 0 : c->fact[best].count;
	return c->n_stated[at] > 1 && *count > 1 ? c->fact[best].value : SK_NOT_STORED;
}

static bool add_element_item(struct items *items, const struct sk_counts *c, uint32_t k)
{
	const struct sk_prior *p = c->prior;
	double n = (double)c->element[k].n;
	double identity = elementary_lg((double)p->n_names) + elementary_lg(p->n_types);
	double fact = elementary_lg(p->n_values);
	struct sk_item item = {.kind = SK_ITEM_ELEMENT, .index = k};

	item.cost_bits = identity + 1 + 2 * elementary_lg(n);
	item.saved_bits = n * (identity - elementary_lg((double)c->n_sentences / n));
	for (uint32_t a = 0; a < p->n_attributes && n > 1; a++) {
		uint32_t count;

		item.cost_bits += FLAG_BITS;
		if (stored_value(c, k, a, &count) == SK_NOT_STORED)
			continue;
		item.cost_bits += fact;
		item.saved_bits += count * fact;
	}
	return add_item(items, item);
}

/* More saved a bit spent first; never a tie. */
static int better_first(const void *a, const void *b)
{
	const struct sk_item *x = a, *y = b;
	double left = x->saved_bits / x->cost_bits, right = y->saved_bits / y->cost_bits;

	if (left < right || left > right)
		return left > right ? -1 : 1;
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	if (x->type != y->type)
		return x->type < y->type ? -1 : 1;
	if (x->index != y->index)
		return x->index < y->index ? -1 : 1;
	return x->level < y->level ? -1 : x->level > y->level;
}

static size_t largest_table(const struct sk_prior *p)
{
	size_t largest = p->n_class_words;

	for (uint32_t t = 0; t < p->n_types; t++)
		for (uint32_t s = 0; s < p->cluster[t].n_states; s++)
			if (p->cluster[t].state[s].n_next > largest)
				largest = p->cluster[t].state[s].n_next;
	return largest;
}

enum status sk_choice_items(const struct sk_counts *c, struct sk_item **item, size_t *n)
{
	struct items items = {.scaled = calloc(largest_table(c->prior), sizeof *items.scaled)};
	bool good = items.scaled && add_tables(&items, c);

	for (uint32_t k = 0; good && k < c->n_elements; k++)
		good = add_element_item(&items, c, k);
	free(items.scaled);
	if (!good) {
		free(items.item);
		return fail_no_memory();
	}
	if (items.n)
		qsort(items.item, items.n, sizeof *items.item, better_first);
	*item = items.item;
	*n = items.n;
	return STATUS_OK;
}

/* ---- Descriptions. ---- */

/* Fill in the elements marked in `stored`, in order of first appearance. */
static enum status store_elements(struct sk_description *d, const struct sk_counts *c,
				  const bool *stored)
{
	const struct sk_prior *p = c->prior;
	uint64_t n_right = 0, n_wrong = 0;
	size_t n_stored = 0;

	for (uint32_t k = 0; k < c->n_elements; k++)
		n_stored += stored[k];
	d->element = calloc(n_stored + 1, sizeof *d->element);
	d->value = calloc(n_stored * p->n_attributes + 1, sizeof *d->value);
	if (!d->element || !d->value)
		return fail_no_memory();
	d->n_sentences = d->n_escapes = c->n_sentences;
	for (uint32_t k = 0; k < c->n_elements; k++) {
		const struct sk_element_count *e = &c->element[k];

		if (!stored[k])
			continue;
		for (uint32_t a = 0; a < p->n_attributes; a++) {
			uint32_t count, value = stored_value(c, k, a, &count);

			d->value[(size_t)d->n_elements * p->n_attributes + a] = value;
			if (value == SK_NOT_STORED)
				continue;
			n_right += count;
			n_wrong += c->n_stated[(size_t)k * p->n_attributes + a] - count;
		}
		d->element[d->n_elements++] = (struct sk_stored_element){e->name, e->n, e->type};
		d->n_escapes -= e->n;
	}
	if (n_wrong) { /* a uniform value is the stored one, too, once in n_values */
		double wrong = (double)n_wrong * p->n_values / (p->n_values - 1.0);
		double noise = wrong / (double)(n_right + n_wrong) * SK_NOISE_ONE + 0.5;

		d->noise = noise < 1 ? 1 : noise < SK_NOISE_ONE ? (uint32_t)noise : SK_NOISE_ONE;
	}
	return STATUS_OK;
}

static void store_tables(struct sk_description *d, const struct sk_counts *c)
{
	const struct sk_prior *p = c->prior;

	for (uint32_t t = 0; t < p->n_types; t++) {
		for (uint32_t s = 0; s < p->cluster[t].n_states; s++) {
			const struct sk_state *from = &p->cluster[t].state[s];

			if (d->row_level[t][s])
				sk_table_scale(&c->row[t][from->first_next], from->n_next,
					     d->row_level[t][s], &d->row[t][from->first_next]);
		}
		for (uint32_t k = 0; k < p->n_classes; k++) {
			size_t first = (size_t)k * p->n_class_words;

			if (d->word_level[t][k])
				sk_table_scale(&c->word[t][first], p->n_class_words,
					     d->word_level[t][k], &d->word[t][first]);
		}
	}
}

/* The description that stores the first n items. */
static enum status describe(struct sk_description **out, const struct sk_counts *c,
			    const struct sk_item *item, size_t n)
{
	bool *stored = calloc(c->n_elements + 1, sizeof *stored);
	struct sk_description *d = NULL;
	enum status s = stored ? sk_description_open(&d, c->prior) : fail_no_memory();

	for (size_t i = 0; s == STATUS_OK && i < n; i++) {
		if (item[i].kind == SK_ITEM_ELEMENT)
			stored[item[i].index] = true;
		else if (item[i].kind == SK_ITEM_ROW)
			d->row_level[item[i].type][item[i].index] = item[i].level;
		else
			d->word_level[item[i].type][item[i].index] = item[i].level;
	}
	if (s == STATUS_OK)
		s = store_elements(d, c, stored);
	if (s == STATUS_OK)
		store_tables(d, c);
	free(stored);
	if (s == STATUS_OK)
		*out = d;
	else
		sk_description_free(d);
	return s;
}

/* ---- The choice. ---- */

static enum status model_bits(const struct sk_description *d, double *total)
{
	struct bound bits;

	TRY(sk_model_weigh(d, bits.part));
	*total = bound_total(&bits);
	return STATUS_OK;
}

/* The bits of the model that stores the first n items, with the law of the sizes still open. */
static enum status prefix_model_bits(const struct sk_counts *c, const struct sk_item *item,
				     size_t n, double *bits)
{
	struct sk_description *d;

	TRY(describe(&d, c, item, n));
	enum status s = model_bits(d, bits);

	sk_description_free(d);
	return s;
}

/* The longest prefix whose model has at most `limit` bits; 0 when none has. */
static enum status longest_prefix(const struct sk_counts *c, const struct sk_item *item, size_t n,
				  double limit, size_t *longest)
{
	size_t lo = 0, hi = n + 1; /* lo is fine or 0, hi is not */

	while (hi - lo > 1) {
		size_t mid = lo + (hi - lo) / 2;
		double bits;

		TRY(prefix_model_bits(c, item, mid, &bits));
		if (bits <= limit)
			lo = mid;
		else
			hi = mid;
	}
	*longest = lo;
	return STATUS_OK;
}

/* Is what item i refines, if anything, among the first n? */
static bool is_ready(const struct sk_item *item, size_t n, size_t i)
{
	for (size_t j = n; j < i; j++)
		if (item[i].kind != SK_ITEM_ELEMENT && item[j].kind == item[i].kind &&
		    item[j].type == item[i].type && item[j].index == item[i].index)
			return false;
	return true;
}

/* The item behind the longest prefix is too large; smaller ones may still fit.  Each one that does
 * is moved to the end of the prefix. */
static enum status fill_up(const struct sk_counts *c, struct sk_item *item, size_t n, double limit,
			   size_t *prefix)
{
	double used;
	unsigned tries = 0;

	TRY(prefix_model_bits(c, item, *prefix, &used));
	for (size_t i = *prefix; i < n && tries < FILL_TRIES && used < limit; i++) {
		struct sk_item next = item[i];
		double bits;

		if (used + next.cost_bits > limit || !is_ready(item, *prefix, i))
			continue;
		tries++;
		memmove(item + *prefix + 1, item + *prefix, (i - *prefix) * sizeof *item);
		item[*prefix] = next;
		TRY(prefix_model_bits(c, item, *prefix + 1, &bits));
		if (bits > limit)
			continue;
		++*prefix;
		used = bits;
	}
	return STATUS_OK;
}

/* The prefix with the shortest total, among those that end where the bits saved a bit spent fall
 * below one of a few thresholds: what an item saves is known only roughly near 1. */
static enum status shortest_prefix(const struct sk_counts *c, const struct sk_item *item, size_t n,
				   size_t *shortest)
{
	static const double threshold[] = {2, 1.5, 1.25, 1, 0.75, 0.5, 0};
	double least = 0;

	*shortest = 0;
	for (size_t i = 0; i < sizeof threshold / sizeof *threshold; i++) {
		struct sk_description *d;
		struct bound data;
		double total = 0;
		size_t prefix = 0;

		while (prefix < n &&
		       item[prefix].saved_bits >= threshold[i] * item[prefix].cost_bits)
			prefix++;
		TRY(describe(&d, c, item, prefix));
		enum status s = model_bits(d, &total);

		if (s == STATUS_OK) /* else `d` may have been left halfway */
			sk_data_bits(d, c, data.part);
		sk_description_free(d);
		TRY(s);
		total += bound_total(&data);
		if (i == 0 || total < least) {
			least = total;
			*shortest = prefix;
		}
	}
	return STATUS_OK;
}

enum status sk_choose(struct sk_description **out, const struct sk_counts *c,
		      uint64_t model_bits_max, double law_bits[SK_COUNT_LAWS])
{
	struct sk_item *item;
	struct sk_description *d = NULL;
	size_t n, prefix;

	TRY(sk_choice_items(c, &item, &n));
	double limit = (double)(model_bits_max / 8 * 8) - CODER_SLACK_BITS;
	enum status s = model_bits_max == SK_MODEL_BITS_ANY
			    ? shortest_prefix(c, item, n, &prefix)
			    : longest_prefix(c, item, n, limit, &prefix);

	if (s == STATUS_OK && model_bits_max != SK_MODEL_BITS_ANY)
		s = fill_up(c, item, n, limit, &prefix);
	if (s == STATUS_OK)
		s = describe(&d, c, item, prefix);
	if (s == STATUS_OK)
		s = sk_count_law_choose(d, law_bits);
	free(item);
	if (s == STATUS_OK)
		*out = d;
	else
		sk_description_free(d);
	return s;
}
