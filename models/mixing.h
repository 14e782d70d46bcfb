/* SPDX-License-Identifier: BSD-2-Clause
 *
 * mixing.h - the mixing core: from what each context says about the next bit to one probability.
 *
 *   slots      a hash table of contexts.  A context owns 16 bytes: a check byte, and the histories
 *              (bit_history.h) of the 15 nodes of half a byte's tree.  Four such share a cache
 *              line, in which a context may have any place; the least known of the four gives way.
 *   direct     a hash table of contexts, too: probabilities of those 15 nodes, without histories
 *   worth      what a history is worth: for each context and each of its states a probability
 *   mixer      logistic mixing: a sum of weight x log-odds.  The weights are sums themselves, of
 *              several sets that are chosen by different small contexts; all learn together by the
 *              gradient of the code length.  (A second layer that weighs the opinions of the sets
 *              was built first: twice the work, and 0.8 % longer on six files.  Beside
 *              the sum, with direct counts, it shortens text: mix_deep.h.)
 *   apm        adaptive probability map: what a probability was worth in some context
 *
 * Log-odds ("stretch" of p, ln p / (1 - p)) are within +-MIXING_STRETCH_MAX; "squash" is the
 * inverse.  Both are tables, made from + - * / alone.
 *
 * Here are the parts and how they start; mixing_steps.h has what is done with them for each bit.
 */
#ifndef TWOPART_MIXING_H
#define TWOPART_MIXING_H

#include <stddef.h>
#include <stdint.h>

#include "bit_history.h"

#define SLOT_BYTES 16
#define SLOT_LINE_BYTES 64

#define MIXING_STRETCH_MAX 12.0f
#define MIXING_STRETCH_LOG2 12
#define MIXING_SQUASH_CELLS 4096
#define MIXING_SQUASH_SCALE (MIXING_SQUASH_CELLS / (2 * MIXING_STRETCH_MAX))
#define MIXING_LANES 16 /* inputs come in so many */

/* Functions as tables, and the machine of histories. */
struct mixing_tables {
	float stretch[1 << MIXING_STRETCH_LOG2]; /* of the middle of each 2^-12 */
	float squash[MIXING_SQUASH_CELLS + 1];   /* of the middle of each 24/4096 */
	uint16_t reciprocal[1024];               /* 65536 / (n + 1.5) */
	struct bit_history machine;
};

void mixing_tables_build(struct mixing_tables *t);

/* A probability that starts somewhere and has been told n bits: for what is asked seldom. */
struct indirect {
	float stretch;    /* of p */
	uint32_t p_count; /* p in units of 2^-22, above 10 bits of count */
};

/* With probability p, 2^-12 <= p < 1, and as if it had been told nothing. */
void indirect_start(struct indirect *e, const struct mixing_tables *t, double p);

/* The same for the 15 nodes of half a byte's tree in one context, in a cache line: what a context
 * that is asked often has counted itself. */
struct direct_line {
	uint32_t check;       /* hash of the context */
	uint32_t p_count[15]; /* as of struct indirect */
};

static inline void direct_start(struct direct_line *line, uint32_t hash)
{
	line->check = hash;
	for (unsigned i = 0; i < 15; i++)
		line->p_count[i] = (uint32_t)1 << 31;
}

/* For each history the probability that its counts suggest, in units of 2^-22. */
void worth_start(uint32_t worth[BIT_HISTORY_STATES], const struct mixing_tables *t);

/* Weights of n_sets x n_inputs. */
void mixer_start(float *weight, uint32_t n_sets, uint32_t n_inputs, float start);

#define APM_CELLS 33 /* at log-odds -12, -11.25 .. 12 */

/* Each context's cells say what they are told. */
void apm_start(uint16_t *cell, const struct mixing_tables *t, uint32_t n_contexts);

#endif
