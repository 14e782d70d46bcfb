/* SPDX-License-Identifier: BSD-2-Clause
 *
 * network_head.c - from the last rows to the loss, and the gradient of it.
 *
 * In blocks of rows, so that the logits of a large alphabet need not be in memory all at once.
 * With y = exp(logit - largest) and its sum the loss of a row is ln sum - ln y_target, and the
 * gradient by its logits weight / sum (y - sum [target]).  That factor of the row is not multiplied
 * into the logits but into the much shorter rows on both sides of the products.
 */
#include <string.h>

#include "kernels.h"
#include "network_layer.h"

struct block {
	const uint32_t *target;
	size_t row, rows;
};

static void logits(const struct network *n, struct network_slot *s, const struct block *b)
{
	network_product(&n->matrix[TRANSFORMER_EMBED], s->norm + b->row * n->dim_stride,
			n->dim_stride, s->logit, n->logit_stride, b->rows, false);
}

/* Logits to y; sums and targets' terms into s->term.  Rows without a target: zeros, 1 and 1. */
static void block_softmax(const struct network *n, struct network_slot *s, const struct block *b)
{
	float *sum = s->term, *hit = s->term + n->head_rows;

	for (size_t i = 0; i < b->rows; i++) {
		float *y = s->logit + i * n->logit_stride;

		sum[i] = hit[i] = 1;
		if (b->target[i] == NETWORK_NO_TARGET) {
			memset(y, 0, n->shape.n_symbols * sizeof *y);
			continue;
		}
		sum[i] = kernels()->softmax(y, y, n->shape.n_symbols);
		hit[i] = y[b->target[i]];
	}
}

static double block_loss(const struct network *n, struct network_slot *s, const struct block *b,
			 float *nats)
{
	float *sum = s->term, *hit = sum + n->head_rows, *log = hit + n->head_rows;
	double loss = 0;

	kernels()->log(log, sum, b->rows);
	kernels()->log(hit, hit, b->rows);
	for (size_t i = 0; i < b->rows; i++) {
		double row = (double)log[i] - (double)hit[i];

		loss += row;
		if (nats)
			nats[i] = (float)row;
	}
	return loss;
}

static void block_gradient(const struct network *n, struct network_slot *s, const struct block *b,
			   float weight, float *gradient, bool add)
{
	const struct network_matrix *embed = &n->matrix[TRANSFORMER_EMBED];
	const float *sum = s->term, *norm = s->norm + b->row * n->dim_stride;
	float *d_norm = s->d_norm + b->row * n->dim_stride;
	size_t dim = n->shape.dim, stride = n->dim_stride;

	for (size_t i = 0; i < b->rows; i++) {
		if (b->target[i] != NETWORK_NO_TARGET)
			s->logit[i * n->logit_stride + b->target[i]] -= sum[i];
		network_scale_row(s->scaled + i * stride, weight / sum[i], norm + i * stride, dim);
	}
	network_product_gradient(embed, s->logit, n->logit_stride, s->scaled, stride, b->rows,
				 gradient, add);
	network_product_back(embed, s->logit, n->logit_stride, d_norm, stride, b->rows);
	for (size_t i = 0; i < b->rows; i++)
		network_scale_row(d_norm + i * stride, weight / sum[i], d_norm + i * stride, dim);
}

double network_head(const struct network *n, struct network_slot *s, const uint32_t *target,
		    size_t rows, float *nats, float weight, float *gradient, bool add)
{
	double loss = 0;

	for (size_t row = 0; row < rows; row += n->head_rows) {
		struct block b = {target + row, row, rows - row};

		b.rows = b.rows < n->head_rows ? b.rows : n->head_rows;
		logits(n, s, &b);
		block_softmax(n, s, &b);
		loss += block_loss(n, s, &b, nats ? nats + row : NULL);
		if (gradient)
			block_gradient(n, s, &b, weight, gradient, add || row > 0);
	}
	return loss;
}
