/* SPDX-License-Identifier: BSD-2-Clause */
#include "context_store.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

_Static_assert(sizeof(struct entry) == 8, "lists are counted in units of 8 bytes");
_Static_assert(sizeof(struct context) == 32, "two contexts fill a cache line");

#define SLOTS_MIN 1024u
#define ALIGNMENT ((uint64_t)1 << 21) /* of large pages: contexts are read at random */

/*
 * Of the memory allowed, the arena takes 4/7.  It holds at most arena/32 contexts; the table has
 * at most 4 slots of 4 bytes for each of them (arena/2), and while it grows its smaller
 * predecessor exists too (arena/4).
 */
static uint64_t arena_bytes(uint64_t memory_bytes)
{
	return memory_bytes / 7 * 4 / ALIGNMENT * ALIGNMENT;
}

uint64_t context_store_bytes(uint64_t memory_bytes, uint64_t n_total, unsigned n_orders)
{
	/* A symbol adds at each order at most a context, 4 entries of lists (a list that doubles
	 * leaves its halves behind) and 6 slots; each end of the arena begins a large page. */
	uint64_t each = (sizeof(struct context) + 4 * sizeof(struct entry) + 24) * n_orders;
	uint64_t few = 2 * ALIGNMENT + 2 * SLOTS_MIN * sizeof(uint32_t);

	if (n_total >= memory_bytes || n_total * each + few >= memory_bytes)
		return memory_bytes;
	return n_total * each + few;
}

enum status context_store_open(struct context_store *t, uint64_t memory_bytes,
			       uint32_t n_symbols)
{
	uint64_t bytes = arena_bytes(memory_bytes);
	uint32_t n_max = (uint32_t)(bytes / sizeof(struct context));

	assert(bytes >= n_symbols * sizeof(struct context));
	*t = (struct context_store){.n_one_token = n_symbols, .n_contexts = n_symbols};
	t->slot_mask = SLOTS_MIN - 1;
	t->entries_end = (uint32_t)(bytes / sizeof(struct entry));
	t->slot_limit = n_symbols + SLOTS_MIN / 2;
	for (t->index_mask = 1; t->index_mask < n_max;)
		t->index_mask = 2 * t->index_mask + 1;
	t->context = aligned_alloc(ALIGNMENT, bytes);
	t->slot = calloc(SLOTS_MIN, sizeof *t->slot);
	if (!t->context || !t->slot) {
		context_store_close(t);
		return fail_no_memory();
	}
	(void)madvise(t->context, bytes, MADV_HUGEPAGE); /* only a wish */
	t->entry = (struct entry *)(void *)t->context;
	memset(t->context, 0, n_symbols * sizeof *t->context);
	return STATUS_OK;
}

void context_store_close(struct context_store *t)
{
	free(t->context);
	free(t->slot);
	*t = (struct context_store){0};
}

static void slot_put(struct context_store *t, uint32_t index, uint32_t hash)
{
	uint32_t at = hash & t->slot_mask;

	while (t->slot[at])
		at = (at + 1) & t->slot_mask;
	t->slot[at] = index | (hash & ~t->index_mask);
}

static bool table_grow(struct context_store *t)
{
	uint64_t n_slots = 2 * ((uint64_t)t->slot_mask + 1);
	uint32_t *slot = calloc(n_slots, sizeof *slot);

	if (!slot)
		return false;
	free(t->slot);
	t->slot = slot;
	t->slot_mask = (uint32_t)(n_slots - 1);
	t->slot_limit = t->n_one_token + (uint32_t)(n_slots / 2);
	for (uint32_t i = t->n_one_token; i < t->n_contexts; i++)
		slot_put(t, i, context_hash(t->context[i].parent, t->context[i].symbol));
	return true;
}

/* Would `bytes` more fit between the contexts and the lists? */
static bool arena_fits(struct context_store *t, uint64_t bytes)
{
	uint64_t used = (uint64_t)t->n_contexts * sizeof(struct context);

	if (used + bytes > (uint64_t)t->entries_end * sizeof(struct entry))
		t->full = true;
	return !t->full;
}

/* A list of 2^lg entries: its index, or 0 when the store is full. */
static uint32_t list_alloc(struct context_store *t, unsigned lg)
{
	uint32_t list = t->free_list[lg];

	if (list) {
		t->free_list[lg] = t->entry[list].count;
		return list;
	}
	if (!arena_fits(t, sizeof(struct entry) << lg))
		return 0;
	return t->entries_end -= (uint32_t)1 << lg;
}

/* Room for one more entry. */
static bool list_extend(struct context_store *t, struct context *c)
{
	uint32_t n = c->n_entries;

	if (n == 0 || (n & (n - 1)) != 0)
		return true;

	unsigned lg = (unsigned)__builtin_ctz(n); /* the list is as full as 2^lg allows */
	uint32_t list = list_alloc(t, lg + 1);

	if (!list)
		return false;
	for (uint32_t i = 0; i < n; i++)
		t->entry[list + i] = context_list(t, c)[i];
	if (n > 1) {
		t->entry[c->list].count = t->free_list[lg];
		t->free_list[lg] = c->list;
	}
	c->list = list;
	return true;
}

bool context_add(struct context_store *t, uint32_t index, uint32_t symbol, uint16_t backed)
{
	struct context *c = &t->context[index];

	if (t->full || c->n_entries == CONTEXT_ENTRIES_MAX || !list_extend(t, c))
		return false;
	c->n_entries++;
	context_list(t, c)[c->n_entries - 1] = (struct entry){1, (uint16_t)symbol, backed};
	c->total++;
	c->n_ones++;
	c->backed += backed;
	return true;
}

uint32_t context_new(struct context_store *t, uint32_t parent, uint32_t symbol, uint32_t hash,
		     enum status *failed)
{
	if (!arena_fits(t, sizeof(struct context)))
		return CONTEXT_NONE;
	if (t->n_contexts >= t->slot_limit && !table_grow(t)) {
		t->full = true;
		*failed = fail_no_memory();
		return CONTEXT_NONE;
	}
	t->context[t->n_contexts] = (struct context){
	    .parent = parent,
	    .symbol = symbol,
	};
	slot_put(t, t->n_contexts, hash);
	return t->n_contexts++;
}

static void halve(struct context_store *t, struct context *c)
{
	struct entry *list = context_list(t, c);

	c->total = c->n_ones = c->n_twos = 0;
	for (uint32_t i = 0; i < c->n_entries; i++) {
		list[i].count -= list[i].count / 2;
		c->total += list[i].count;
		c->n_ones += list[i].count == 1;
		c->n_twos += list[i].count == 2;
	}
}

uint32_t context_count(struct context_store *t, uint32_t index, uint32_t place)
{
	struct context *c = &t->context[index];
	struct entry *list = context_list(t, c);
	uint32_t before = list[place].count++;
	uint32_t lo = 0, hi = place; /* the first of the entries that had the same count */

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (list[mid].count > before)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo != place) {
		struct entry swap = list[lo];

		list[lo] = list[place];
		list[place] = swap;
	}
	c->n_ones = (uint16_t)(c->n_ones - (before == 1));
	c->n_twos = (uint16_t)(c->n_twos + (before == 1) - (before == 2));
	if (++c->total >= CONTEXT_TOTAL_MAX)
		halve(t, c);
	return lo;
}
