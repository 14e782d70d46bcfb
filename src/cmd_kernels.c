/* SPDX-License-Identifier: BSD-2-Clause
 *
 * cmd_kernels.c - twopart kernels: the forms of the numeric kernels, and how fast each is here.
 */
#include <stdio.h>

#include "cmd.h"
#include "kernel_speed.h"
#include "kernels_forms.h"
#include "transformer_speed.h"

enum { OPTION_NO_SPEED = 256 };

static const struct cmd_option options[] = {
    {OPTION_NO_SPEED, "no-speed", NULL, "only tell which forms there are"},
    {0},
};

static const struct cmd_spec spec = {
    .name = "kernels",
    .usage = "[--no-speed]",
    .text = "Tell which forms of the numeric kernels this program and processor have, and time\n"
	    "each on one core.  All give the same bits; TWOPART_SIMD and --simd choose one.\n",
    .options = options,
};

#define ROUND_SECONDS 0.004
#define N_ROUNDS 7

static const struct product {
	enum kernel_speed_kind kind;
	const char *name;
	size_t m, n, k;
} products[] = {
    {KERNEL_SPEED_FORWARD, "Y = X W^T", 256, 384, 128},
    {KERNEL_SPEED_FORWARD, "Y = X W^T", 256, 128, 128},
    {KERNEL_SPEED_FORWARD, "Y = X W^T", 256, 512, 128},
    {KERNEL_SPEED_FORWARD, "Y = X W^T", 256, 128, 512},
    {KERNEL_SPEED_FORWARD, "Y = X W^T", 512, 384, 128},
    {KERNEL_SPEED_FORWARD, "Y = X W^T", 512, 128, 128},
    {KERNEL_SPEED_FORWARD, "Y = X W^T", 512, 512, 128},
    {KERNEL_SPEED_FORWARD, "Y = X W^T", 512, 128, 512},
    {KERNEL_SPEED_GRADIENT, "dW += dY^T X", 384, 128, 256},
    {KERNEL_SPEED_GRADIENT, "dW += dY^T X", 128, 128, 256},
    {KERNEL_SPEED_GRADIENT, "dW += dY^T X", 512, 128, 256},
    {KERNEL_SPEED_GRADIENT, "dW += dY^T X", 128, 512, 256},
    {KERNEL_SPEED_GRADIENT, "dW += dY^T X", 512, 128, 512},
    {KERNEL_SPEED_INTEGERS, "int8 x int16", 1, 384, 128},
    {KERNEL_SPEED_INTEGERS, "int8 x int16", 1, 128, 128},
    {KERNEL_SPEED_INTEGERS, "int8 x int16", 1, 512, 128},
    {KERNEL_SPEED_INTEGERS, "int8 x int16", 1, 128, 512},
    {KERNEL_SPEED_INTEGERS, "int8 x int16", 1, 512, 32},
    {KERNEL_SPEED_INTEGERS, "int8 x int16", 1, 32, 512},
    {KERNEL_SPEED_INTEGERS, "int8 x int16", 8, 384, 128},
    {KERNEL_SPEED_INTEGERS, "int8 x int16", 8, 128, 128},
    {KERNEL_SPEED_INTEGERS, "int8 x int16", 8, 512, 128},
    {KERNEL_SPEED_INTEGERS, "int8 x int16", 8, 128, 512},
};

static const size_t row_lengths[] = {128, 512, 4096};

static enum status print_products(const struct kernels *const *forms, unsigned n_forms)
{
	printf("\n%-14s %5s %5s %5s", "Gop/s, product", "M", "N", "K");
	for (unsigned f = 0; f < n_forms; f++)
		printf(" %9s", forms[f]->name);
	printf("\n");
	for (size_t i = 0; i < sizeof products / sizeof *products; i++) {
		const struct product *p = &products[i];

		printf("%-14s %5zu %5zu %5zu", p->name, p->m, p->n, p->k);
		for (unsigned f = 0; f < n_forms; f++) {
			double gops;

			TRY(kernel_speed_product(forms[f], p->kind, p->m, p->n, p->k,
						 ROUND_SECONDS, N_ROUNDS, &gops));
			printf(" %9.1f", gops);
		}
		printf("\n");
	}
	return STATUS_OK;
}

static enum status print_rows(const struct kernels *const *forms, unsigned n_forms)
{
	printf("\n%-17s %14s", "Gfloat/s, row", "N");
	for (unsigned f = 0; f < n_forms; f++)
		printf(" %9s", forms[f]->name);
	printf("\n");
	for (unsigned row = 0; kernel_speed_row_name(row); row++)
		for (size_t i = 0; i < sizeof row_lengths / sizeof *row_lengths; i++) {
			printf("%-17s %14zu", kernel_speed_row_name(row), row_lengths[i]);
			for (unsigned f = 0; f < n_forms; f++) {
				double gfloats;

				TRY(kernel_speed_row(forms[f], row, row_lengths[i], ROUND_SECONDS,
						     N_ROUNDS, &gfloats));
				printf(" %9.3f", gfloats);
			}
			printf("\n");
		}
	return STATUS_OK;
}

/* A network that codes random symbols, without a separator: all contexts are full. */
static const struct transformer_shape network = {.n_symbols = 512,
						 .n_layers = 4,
						 .dim = 128,
						 .n_heads = 4,
						 .ctx = 128,
						 .separator = TRANSFORMER_NO_SEPARATOR,
						 .is_tokens = true};
static const uint32_t stream_counts[] = {1, 4, 8, 16};

#define SPEED_SYMBOLS 8000 /* the plain form takes a few seconds */

static enum status print_transformer(const struct kernels *const *forms, unsigned n_forms)
{
	enum status s = STATUS_OK;

	printf("\nsymbols/s of a transformer of %lu layers, dim %lu, %lu heads, context %lu, %lu "
	       "symbols\n%-8s %9s %9s %9s\n",
	       (unsigned long)network.n_layers, (unsigned long)network.dim,
	       (unsigned long)network.n_heads, (unsigned long)network.ctx,
	       (unsigned long)network.n_symbols, "form", "streams", "encode", "decode");
	for (unsigned f = 0; f < n_forms && s == STATUS_OK; f++) {
		s = simd_force(forms[f]->name);
		for (size_t i = 0; s == STATUS_OK && i < sizeof stream_counts / sizeof(uint32_t);
		     i++) {
			struct transformer_speed speed;
			bool slow = forms[f] == kernels_plain;

			s = transformer_speed_measure(&network, stream_counts[i],
						      slow ? SPEED_SYMBOLS / 8 : SPEED_SYMBOLS,
						      slow ? 1 : 3, &speed);
			if (s == STATUS_OK)
				printf("%-8s %9lu %9.0f %9.0f\n", forms[f]->name,
				       (unsigned long)stream_counts[i], speed.encode_symbols_s,
				       speed.decode_symbols_s);
		}
	}
	return s;
}

/* One line a form, with the digest of its results; returns the number of those that can be used,
 * best last. */
static unsigned print_forms(const struct kernels *forms[SIMD_FORMS])
{
	unsigned n_forms = 0;

	for (unsigned form = 0; form < SIMD_FORMS; form++) {
		const struct kernels *k = kernels_of((enum simd)form);
		bool good = k && kernels_agree(k);

		printf("%-7s", simd_name((enum simd)form));
		if (k)
			printf(" %016llx", (unsigned long long)kernels_digest(k));
		printf(" %s\n", !k ? "not here"
			       : !good ? "refused: differs from the plain form"
			       : k == kernels() ? "in use" : "agrees");
		if (good)
			forms[n_forms++] = k;
	}
	return n_forms;
}

int cmd_kernels(int argc, char **argv)
{
	const struct kernels *forms[SIMD_FORMS];
	bool timed = true;

	for (int o; (o = cmd_option_next(&spec, argc, argv)) != CMD_END;) {
		if (o == CMD_HELP)
			return 0;
		if (o != OPTION_NO_SPEED)
			return EXIT_USAGE;
		timed = false;
	}
	if (optind < argc)
		return cmd_usage("kernels: '%s' is not an option", argv[optind]);

	unsigned n_forms = print_forms(forms);
	enum status s = timed ? print_products(forms, n_forms) : STATUS_OK;

	if (timed && s == STATUS_OK)
		s = print_rows(forms, n_forms);
	if (timed && s == STATUS_OK)
		s = print_transformer(forms, n_forms);
	return s == STATUS_OK ? 0 : cmd_fail(NULL, s);
}
