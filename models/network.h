/* SPDX-License-Identifier: BSD-2-Clause
 *
 * network.h - the transformer in single precision: loss, and gradients by hand.
 *
 * What is trained is one array of parameters (transformer.h names the tensors in it).  A *window*
 * is up to T tokens in a row; contexts end at separators, attention is causal within a context.
 * Each slot of gradients is filled by one thread, from windows given in order, and the slots are
 * added up in order: the same bits for any number of threads.
 */
#ifndef TWOPART_NETWORK_H
#define TWOPART_NETWORK_H

#include <stddef.h>
#include <stdint.h>

#include "status.h"
#include "transformer.h"

#define NETWORK_NO_TARGET UINT32_MAX /* a position that is not part of the loss */

/* Windows of the same length, one behind the other. */
struct network_windows {
	const uint16_t *input;    /* (n_windows, length) */
	const uint32_t *target;   /* (n_windows, length) symbols or NETWORK_NO_TARGET */
	size_t n_windows, length; /* length <= ctx */
};

struct network;

/* Bytes that network_open() takes for a shape that was checked. */
uint64_t network_bytes(const struct transformer_shape *s, size_t length, size_t windows_max,
		       unsigned n_slots);

/* Scratch for up to `windows_max` windows of `length` in each of `n_slots` slots. */
MUST_CHECK enum status network_open(struct network **out, const struct transformer_shape *s,
				    size_t length, size_t windows_max, unsigned n_slots);
void network_close(struct network *n); /* NULL is fine */

/* From the next window on contexts end at this symbol. */
void network_set_separator(struct network *n, int32_t separator);

/* Random parameters (n_parameters) to begin with: the same for the same seed. */
void network_init(const struct transformer_shape *s, uint64_t seed, float *parameter);

/* To be called after the parameters changed and before the next two: lays them out for products. */
void network_prepare(struct network *n, const float *parameter, int threads);

/* Sum of -ln p over the targets (their number in *n_targets), and where the cost of each target is
 * asked for, nats[] of every position (0 without a target); may be called by several threads with
 * different slots. */
double network_loss(struct network *n, unsigned slot, const struct network_windows *w, float *nats,
		    uint64_t *n_targets);

/* The same, and the gradient of the loss times `weight`, set in gradient[] (n_parameters). */
double network_gradient(struct network *n, unsigned slot, const struct network_windows *w,
			float weight, float *gradient, uint64_t *n_targets);

#endif
