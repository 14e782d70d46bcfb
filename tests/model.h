/* SPDX-License-Identifier: BSD-2-Clause
 *
 * model.h - small random transformers for tests: the weights of a net before its training, so they
 * predict nothing, but every part that reads, stores or runs a model can be tried with one.
 */
#ifndef TWOPART_TESTS_MODEL_H
#define TWOPART_TESTS_MODEL_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buffer.h"
#include "model_file.h"
#include "predictor.h"
#include "rng.h"
#include "transformer.h"

/* A model of one layer for `n_symbols` tokens, or for bytes. */
static inline struct transformer_shape model_shape(bool is_tokens, uint32_t n_symbols)
{
	return (struct transformer_shape){.n_symbols = is_tokens ? n_symbols : 256,
					  .n_layers = 1,
					  .dim = 16,
					  .n_heads = 1,
					  .ctx = 16,
					  .separator = TRANSFORMER_NO_SEPARATOR,
					  .is_tokens = is_tokens};
}

/* Sums of four uniform numbers for weights, near 1 for gains.  NULL: no memory. */
static inline struct transformer *model_random(const struct transformer_shape *shape, unsigned bits,
					       uint64_t seed)
{
	struct rng rng = rng_stream(seed, 0, 0);
	size_t n = transformer_n_parameters(shape);
	float *parameter = malloc(n * sizeof *parameter);
	struct transformer *t = NULL;

	if (!parameter || transformer_new(&t, shape) != STATUS_OK) {
		free(parameter);
		return NULL;
	}
	for (unsigned i = 0; i < transformer_n_tensors(shape); i++) {
		struct transformer_tensor at = transformer_tensor(shape, i);
		size_t size = (size_t)at.rows * at.cols;

		for (size_t k = 0; k < size; k++) {
			double sum = -2;

			for (int j = 0; j < 4; j++)
				sum += rng_unit(&rng);
			parameter[at.offset + k] = (float)(at.is_gain ? 1 + 0.1 * sum : 0.2 * sum);
		}
	}
	t->bits = bits;
	if (transformer_quantise(t, parameter) != STATUS_OK) {
		transformer_free(t);
		t = NULL;
	}
	free(parameter);
	return t;
}

/* The same as a file in *file and a model read from it, as a command would have it. */
static inline struct transformer *model_from_file(const struct transformer_shape *shape,
						  unsigned bits, uint64_t seed,
						  struct buffer *file)
{
	struct transformer *made = model_random(shape, bits, seed), *read = NULL;

	if (!made || model_file_write(made, file) != STATUS_OK ||
	    model_file_read(&read, file->data, file->size_bytes) != STATUS_OK)
		read = NULL;
	transformer_free(made);
	return read;
}

/* The model that a predictor of the registry is given for such symbols, the same in every call of a
 * program; NULL unless it needs one. */
static inline const struct transformer *model_for(const struct predictor_ops *ops, bool is_tokens,
						  uint32_t n_symbols)
{
	static struct transformer *known[16];
	struct transformer_shape shape = model_shape(is_tokens, n_symbols);
	struct buffer file = {0};
	unsigned i = 0;

	if (ops->needs_model != MODEL_MUST)
		return NULL;
	while (known[i] && (known[i]->shape.is_tokens != shape.is_tokens ||
			    known[i]->shape.n_symbols != shape.n_symbols))
		if (++i == sizeof known / sizeof *known)
			return NULL;
	if (!known[i])
		known[i] = model_from_file(&shape, 8, 1, &file);
	buffer_free(&file);
	return known[i];
}

/* The predictor with settings under which hundreds of small archives take no time. */
static inline const char *model_text_for(const struct predictor_ops *ops)
{
	static char text[128];

	snprintf(text, sizeof text, "%s%s", ops->name,
		 ops->is_slow ? ":layers=1,dim=16,ctx=16,passes=0" : "");
	return text;
}

#endif
