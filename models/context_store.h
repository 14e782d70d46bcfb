/* SPDX-License-Identifier: BSD-2-Clause
 *
 * context_store.h - the contexts of the n-gram model: what followed which tokens, how often.
 *
 * A context is named by its parent (the context one token shorter in the past, read forwards) and
 * the token that leads to it: the context "a b" is the child of "a" by b.  So the contexts of all
 * orders that follow the next token are the children of the present ones, and can be looked for
 * at the same time.  The hash table only proposes; parent and token are compared, hence two
 * different contexts are never taken for one another.  The contexts of one token are not in the
 * table: their index is the token.
 *
 * A context holds the list of the symbols that followed it, most frequent first.  Most contexts
 * know one symbol only: it is kept inside the context; longer lists have capacities 2, 4, 8...
 *
 * Memory.  Contexts grow from the low end of one arena and lists from the high end.  When they
 * would meet, the store is full for good: counts go on, nothing is added.  The arena is reserved
 * at once, and the machine provides its pages as they are first touched.
 */
#ifndef TWOPART_CONTEXT_STORE_H
#define TWOPART_CONTEXT_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "status.h"

/* A list's length fits 16 bits: of 65,536 symbols the last new one is not added. */
#define CONTEXT_ENTRIES_MAX 65535u

/* The counts of a context are halved when their sum gets here, so that sums fit their scale. */
#define CONTEXT_TOTAL_MAX ((uint32_t)1 << 20)

#define CONTEXT_NONE UINT32_MAX

struct entry {
	uint32_t count;  /* >= 1 */
	uint16_t symbol;
	uint16_t backed; /* its probability one order lower when last looked at, in 2^-16 */
};

struct context {
	uint32_t parent;
	uint32_t symbol; /* leads here from the parent */
	uint32_t total;  /* sum of the counts */
	uint32_t backed; /* sum of the entries' `backed` */
	uint16_t n_entries;
	uint16_t n_ones, n_twos; /* entries of count 1 and 2 */
	uint16_t unused;
	union {
		struct entry only; /* n_entries <= 1 */
		uint32_t list;     /* index in entries */
	};
};

struct context_store {
	struct context *context; /* the arena, seen from its low end */
	struct entry *entry;     /* the arena, as entries */
	uint32_t n_contexts;
	uint32_t n_one_token; /* the first so many are the contexts of one token */
	uint32_t entries_end;    /* lists lie at this index and above */
	uint32_t free_list[17];  /* by lg(capacity): freed lists, chained by `count`; 0 ends */
	bool full;

	uint32_t *slot;     /* (slot_mask + 1) context index and a few bits of its hash; 0: empty,
			       as context 0 is never in the table */
	uint32_t slot_mask;
	uint32_t slot_limit; /* contexts that the table may hold before it must grow */
	uint32_t index_mask; /* the part of a slot that is the index */
};

/* Room for `memory_bytes` (4 MiB or more) in all, with the contexts of one token.  Errors: no
 * memory. */
MUST_CHECK enum status context_store_open(struct context_store *t, uint64_t memory_bytes,
					  uint32_t n_symbols);
void context_store_close(struct context_store *t);

/* Upper estimate of the bytes that n_total symbols at `n_orders` orders will touch. */
uint64_t context_store_bytes(uint64_t memory_bytes, uint64_t n_total, unsigned n_orders);

static inline uint32_t context_hash(uint32_t parent, uint32_t symbol)
{
	uint64_t x = ((uint64_t)parent << 16 | symbol) * 0x9e3779b97f4a7c15u;

	return (uint32_t)((x ^ x >> 29) * 0xbf58476d1ce4e5b9u >> 32);
}

static inline struct entry *context_list(const struct context_store *t, struct context *c)
{
	return c->n_entries <= 1 ? &c->only : t->entry + c->list;
}

/* The child of `parent` by `symbol`, whose context_hash() is `hash`; CONTEXT_NONE if none. */
static inline uint32_t context_find(const struct context_store *t, uint32_t parent,
				    uint32_t symbol, uint32_t hash)
{
	for (uint32_t at = hash & t->slot_mask; t->slot[at]; at = (at + 1) & t->slot_mask) {
		uint32_t index = t->slot[at] & t->index_mask;

		if (((t->slot[at] ^ hash) & ~t->index_mask) != 0)
			continue;
		if (t->context[index].parent == parent && t->context[index].symbol == symbol)
			return index;
	}
	return CONTEXT_NONE;
}

/*
 * Append `symbol` with count 1 to the list of context `index`.
 * False when the store or the list is full: then nothing has changed.
 */
bool context_add(struct context_store *t, uint32_t index, uint32_t symbol, uint16_t backed);

/*
 * Make the child of context `parent` by `symbol`, which does not exist yet.  Its index, or
 * CONTEXT_NONE when the store is full (or the table cannot grow: STATUS_NO_MEMORY in *failed).
 */
uint32_t context_new(struct context_store *t, uint32_t parent, uint32_t symbol, uint32_t hash,
		     enum status *failed);

/* Count the entry at `place` once more, keep the list sorted, and halve if it is time.  Returns
 * the entry's new place. */
uint32_t context_count(struct context_store *t, uint32_t index, uint32_t place);

/* Ask for the table's answer to `hash`, for the context it proposes, and for a context's list. */
static inline void context_slot_prefetch(const struct context_store *t, uint32_t hash)
{
	__builtin_prefetch(&t->slot[hash & t->slot_mask]);
}

static inline void context_prefetch(const struct context_store *t, uint32_t hash)
{
	__builtin_prefetch(&t->context[t->slot[hash & t->slot_mask] & t->index_mask]);
}

static inline void context_list_prefetch(const struct context_store *t, uint32_t index)
{
	if (t->context[index].n_entries > 1) {
		const struct entry *list = t->entry + t->context[index].list;

		__builtin_prefetch(list);
		if (t->context[index].n_entries > 8) {
			__builtin_prefetch(list + 8);
			__builtin_prefetch(list + 15);
		}
	}
}

#endif
