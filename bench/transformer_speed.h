/* SPDX-License-Identifier: BSD-2-Clause
 *
 * transformer_speed.h - the transformer as a predictor, with the range coder, on one core.
 */
#ifndef TWOPART_TRANSFORMER_SPEED_H
#define TWOPART_TRANSFORMER_SPEED_H

#include <stddef.h>
#include <stdint.h>

#include "status.h"
#include "transformer.h"

struct transformer_speed {
	double encode_symbols_s, decode_symbols_s; /* per processor second, the best round */
	double bits;                               /* ideal, per symbol */
};

/*
 * Encode and decode n_symbols symbols that a network with random weights of this shape gave, in
 * n_streams streams, n_rounds times, with the form of kernels in use.  Contexts are filled before
 * time is taken, if the shape has no separator.
 * Errors  STATUS_CORRUPT when the decoder does not bring the symbols back.
 */
MUST_CHECK enum status transformer_speed_measure(const struct transformer_shape *shape,
						 uint32_t n_streams, size_t n_symbols,
						 unsigned n_rounds,
						 struct transformer_speed *result);

#endif
