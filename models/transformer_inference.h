/* SPDX-License-Identifier: BSD-2-Clause
 *
 * transformer_inference.h - a stored network runs: S streams, one symbol of each at a time.
 *
 * Every matrix product is of integers: the activations of a row are rounded to 127 steps either
 * side of zero, the weights are the stored codes, and the exact sum becomes a real number again by
 * the two scales.  All else (norms, rotation, GELU, softmax, the residual stream) is single
 * precision in the one order that kernels.h fixes.  So a row's result depends on that row and its
 * stream's past alone: not on S, on the other streams, or on the instructions used.
 *
 * Why S rows at once: a weight is then loaded and widened once for all of them, and beyond about a
 * million weights it comes from afar.
 */
#ifndef TWOPART_TRANSFORMER_INFERENCE_H
#define TWOPART_TRANSFORMER_INFERENCE_H

#include <stddef.h>
#include <stdint.h>

#include "status.h"
#include "transformer.h"

struct inference;

/* Bytes that inference_open() takes for a shape that was checked: the same number everywhere. */
uint64_t inference_bytes(const struct transformer_shape *s, uint32_t n_streams);

/* *t is read later, too: it must stay. */
MUST_CHECK enum status inference_open(struct inference **out, const struct transformer *t,
				      uint32_t n_streams);
void inference_close(struct inference *n); /* NULL is fine */

/* *t has other codes, scales and gains now: take those from here on.  What the streams have stored
 * of their past stays as it was computed. */
void inference_reload(struct inference *n, int threads);

/* Stream s sees token[s] at position[s], which is 0 at the start of a context, else one more than
 * before.  Cost: n_streams passes through all weights. */
void inference_step(struct inference *n, const uint32_t *token, const uint64_t *position);

/* The same for the streams first..end - 1; threads may share the streams among them. */
void inference_step_part(struct inference *n, const uint32_t *token, const uint64_t *position,
			 uint32_t first, uint32_t end);

/* What comes next in a stream, after a step: masses (n_symbols), the largest 1, none below e^-87;
 * behind them zeros, up to inference_n_masses(), a multiple of 16. */
const float *inference_masses(const struct inference *n, uint32_t stream);
uint32_t inference_n_masses(const struct inference *n);

#endif
