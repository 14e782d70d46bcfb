/* SPDX-License-Identifier: BSD-2-Clause
 *
 * arena.h - one allocation that many arrays share.
 *
 * A function that lays out a structure's arrays with arena_take() is run twice: over an empty arena
 * it counts the bytes, which is also the estimate that archives hold; over an arena of that size it
 * sets the pointers.  So estimate and use cannot part, and one failure is all that can happen.
 */
#ifndef TWOPART_ARENA_H
#define TWOPART_ARENA_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "status.h"

#define ARENA_ALIGNMENT 64 /* of every array: a cache line and the widest vector */

struct arena {
	uint8_t *base; /* NULL while counting */
	uint64_t used_bytes;
};

/* Large arenas come in pages of this size where the system has them: a table that is looked into
 * at random needs few of them. */
#define ARENA_HUGE_BYTES ((uint64_t)1 << 21)

/* Lengths of arrays that are worked on by whole vectors or panels. */
static inline uint32_t round_up(uint32_t x, uint32_t multiple)
{
	return (x + multiple - 1) / multiple * multiple;
}

/* Lengths of tables: lg of the smallest power of two not below x, between two limits. */
static inline unsigned fitting_log2(uint64_t x, unsigned least, unsigned most)
{
	unsigned log2 = least;

	while (log2 < most && (uint64_t)1 << log2 < x)
		log2++;
	return log2;
}

/* Room for n elements; NULL while counting. */
static inline void *arena_take(struct arena *a, uint64_t n, size_t element_bytes)
{
	void *at = a->base ? a->base + a->used_bytes : NULL;

	a->used_bytes += (n * element_bytes + ARENA_ALIGNMENT - 1) / ARENA_ALIGNMENT *
			 ARENA_ALIGNMENT;
	return at;
}

/* What an arena of that size takes: large ones are whole pages, and looked for among one more. */
static inline uint64_t arena_bytes(uint64_t size_bytes)
{
	if (size_bytes < ARENA_HUGE_BYTES)
		return size_bytes;
	return size_bytes / ARENA_HUGE_BYTES * ARENA_HUGE_BYTES + 2 * ARENA_HUGE_BYTES;
}

/* All zero; free(a->base) ends it. */
MUST_CHECK static inline enum status arena_open(struct arena *a, uint64_t size_bytes)
{
	*a = (struct arena){0};
	if (size_bytes > SIZE_MAX / 2)
		return fail_no_memory();
	if (size_bytes >= ARENA_HUGE_BYTES)
		size_bytes = (size_bytes + ARENA_HUGE_BYTES - 1) / ARENA_HUGE_BYTES *
			     ARENA_HUGE_BYTES;
	a->base = aligned_alloc(size_bytes < ARENA_HUGE_BYTES ? ARENA_ALIGNMENT : ARENA_HUGE_BYTES,
				size_bytes);
	if (!a->base)
		return fail_no_memory();
	if (size_bytes >= ARENA_HUGE_BYTES)
		(void)madvise(a->base, size_bytes, MADV_HUGEPAGE); /* for speed: may be refused */
	memset(a->base, 0, size_bytes);
	return STATUS_OK;
}

#endif
