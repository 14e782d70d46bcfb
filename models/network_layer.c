/* SPDX-License-Identifier: BSD-2-Clause
 *
 * network_layer.c - a layer, forward and backward, and the products with its matrices.
 */
#include "network_layer.h"

#include <string.h>

#include "kernels.h"

void network_product(const struct network_matrix *w, const float *x, size_t x_stride, float *y,
		     size_t y_stride, size_t rows, bool add)
{
	kernels()->gemm(&(struct gemm){.m = rows,
				       .n = w->at.rows,
				       .k = w->at.cols,
				       .a = x,
				       .a_row = x_stride,
				       .a_k = 1,
				       .b = w->forward,
				       .b_panel = KERNEL_LANES * (size_t)w->at.cols,
				       .b_k = KERNEL_LANES,
				       .c = y,
				       .c_row = y_stride,
				       .accumulate = add});
}

void network_product_back(const struct network_matrix *w, const float *dy, size_t dy_stride,
			  float *dx, size_t dx_stride, size_t rows)
{
	kernels()->gemm(&(struct gemm){.m = rows,
				       .n = w->at.cols,
				       .k = w->at.rows,
				       .a = dy,
				       .a_row = dy_stride,
				       .a_k = 1,
				       .b = w->backward,
				       .b_panel = KERNEL_LANES * (size_t)w->at.rows,
				       .b_k = KERNEL_LANES,
				       .c = dx,
				       .c_row = dx_stride});
}

void network_product_gradient(const struct network_matrix *w, const float *dy, size_t dy_stride,
			      const float *x, size_t x_stride, size_t rows, float *gradient,
			      bool add)
{
	kernels()->gemm(&(struct gemm){.m = w->at.rows,
				       .n = w->at.cols,
				       .k = rows,
				       .a = dy,
				       .a_row = 1,
				       .a_k = dy_stride,
				       .b = x,
				       .b_panel = KERNEL_LANES,
				       .b_k = x_stride,
				       .c = gradient + w->at.offset,
				       .c_row = w->at.cols,
				       .accumulate = add});
}

static void norm_rows(const struct network *n, float *y, float *r, const float *x,
		      const struct transformer_tensor *gain, size_t rows)
{
	for (size_t i = 0; i < rows; i++)
		r[i] = kernels()->rms_norm(y + i * n->dim_stride, x + i * n->dim_stride,
					   n->parameter + gain->offset, n->shape.dim);
}

/* d_row += the gradient by x, given that by its norm in d_norm. */
static void norm_rows_backward(const struct network *n, struct network_slot *s, const float *x,
			       const float *r, const struct transformer_tensor *gain, size_t rows,
			       float *gradient)
{
	for (size_t i = 0; i < rows; i++)
		kernels()->rms_norm_backward(s->d_row + i * n->dim_stride, gradient + gain->offset,
					     s->d_norm + i * n->dim_stride, x + i * n->dim_stride,
					     n->parameter + gain->offset, r[i], n->shape.dim);
}

void network_layer_forward(const struct network *n, struct network_slot *s, unsigned layer,
			   struct network_kept *kept, float *out, size_t n_windows)
{
	size_t rows = n_windows * n->length, dim = n->dim_stride, up = n->up_stride;
	size_t bytes = rows * dim * sizeof *out;

	norm_rows(n, kept->norm1, kept->r1, kept->in,
		  network_tensor_of(n, layer, TRANSFORMER_NORM1), rows);
	network_product(network_matrix_of(n, layer, NETWORK_QKV), kept->norm1, dim, kept->qkv,
			n->qkv_stride, rows, false);
	network_attention_forward(n, s, kept, n_windows);
	memcpy(kept->middle, kept->in, bytes);
	network_product(network_matrix_of(n, layer, NETWORK_OUT), kept->mixed, dim, kept->middle,
			dim, rows, true);

	norm_rows(n, kept->norm2, kept->r2, kept->middle,
		  network_tensor_of(n, layer, TRANSFORMER_NORM2), rows);
	network_product(network_matrix_of(n, layer, NETWORK_UP), kept->norm2, dim, kept->up, up,
			rows, false);
	for (size_t i = 0; i < rows; i++)
		kernels()->gelu(kept->active + i * up, kept->up + i * up,
				TRANSFORMER_WIDEN * (size_t)n->shape.dim);
	memcpy(out, kept->middle, bytes);
	network_product(network_matrix_of(n, layer, NETWORK_DOWN), kept->active, up, out, dim, rows,
			true);
}

/* The part after attention: d_row from the layer's output to `middle`. */
static void widened_backward(const struct network *n, struct network_slot *s, unsigned layer,
			     size_t rows, float *gradient, bool add)
{
	const struct network_matrix *up = network_matrix_of(n, layer, NETWORK_UP);
	const struct network_matrix *down = network_matrix_of(n, layer, NETWORK_DOWN);
	const struct network_kept *kept = &s->kept[layer];
	size_t dim = n->dim_stride, wide = n->up_stride;

	network_product_gradient(down, s->d_row, dim, kept->active, wide, rows, gradient, add);
	network_product_back(down, s->d_row, dim, s->d_up, wide, rows);
	for (size_t i = 0; i < rows; i++)
		kernels()->gelu_backward(s->d_up + i * wide, s->d_up + i * wide,
					 kept->up + i * wide,
					 TRANSFORMER_WIDEN * (size_t)n->shape.dim);
	network_product_gradient(up, s->d_up, wide, kept->norm2, dim, rows, gradient, add);
	network_product_back(up, s->d_up, wide, s->d_norm, dim, rows);
	norm_rows_backward(n, s, kept->middle, kept->r2,
			   network_tensor_of(n, layer, TRANSFORMER_NORM2), rows, gradient);
}

void network_layer_backward(const struct network *n, struct network_slot *s, unsigned layer,
			    size_t n_windows, float *gradient, bool add)
{
	const struct network_matrix *qkv = network_matrix_of(n, layer, NETWORK_QKV);
	const struct network_matrix *mix = network_matrix_of(n, layer, NETWORK_OUT);
	const struct network_kept *kept = &s->kept[layer];
	size_t rows = n_windows * n->length, dim = n->dim_stride;

	widened_backward(n, s, layer, rows, gradient, add);
	network_product_gradient(mix, s->d_row, dim, kept->mixed, dim, rows, gradient, add);
	network_product_back(mix, s->d_row, dim, s->d_norm, dim, rows);
	network_attention_backward(n, s, kept, n_windows);
	network_product_gradient(qkv, s->d_qkv, n->qkv_stride, kept->norm1, dim, rows, gradient,
				 add);
	network_product_back(qkv, s->d_qkv, n->qkv_stride, s->d_norm, dim, rows);
	norm_rows_backward(n, s, kept->in, kept->r1, network_tensor_of(n, layer, TRANSFORMER_NORM1),
			   rows, gradient);
}
