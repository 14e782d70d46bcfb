/* SPDX-License-Identifier: BSD-2-Clause
 *
 * cmd_kernels.c - twopart kernels: the forms of the numeric kernels, and how fast each is here.
 */
#include <jansson.h>
#include <stdio.h>

#include "cmd.h"
#include "document.h"
#include "kernel_speed.h"
#include "kernels_forms.h"
#include "transformer_speed.h"

enum { OPTION_NO_SPEED = 256, OPTION_QUICK };

static const struct cmd_option options[] = {
    {OPTION_NO_SPEED, "no-speed", NULL, "only tell which forms there are"},
    {OPTION_QUICK, "quick", NULL, "time each once and shortly: a second or two, and rough"},
    {CMD_JSON, "json", NULL, "one JSON object instead of tables"},
    {0},
};

static const struct cmd_spec spec = {
    .name = "kernels",
    .usage = "[OPTION]...",
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

/* ---- One measurement after the other: printed at once, or a row of JSON. ---- */

struct job {
	const struct kernels *form[SIMD_FORMS]; /* that can be used, best last */
	unsigned n_forms;
	bool timed, quick;
	/* Arrays with --json, otherwise NULL. */
	json_t *forms, *products, *rows, *transformer;
};

static double round_seconds(const struct job *j)
{
	return j->quick ? ROUND_SECONDS / 16 : ROUND_SECONDS;
}

static unsigned n_rounds(const struct job *j)
{
	return j->quick ? 1 : N_ROUNDS;
}

static void print_names(const struct job *j)
{
	for (unsigned f = 0; f < j->n_forms; f++)
		printf(" %9s", j->form[f]->name);
	printf("\n");
}

static enum status take_product(const struct job *j, const struct product *p)
{
	if (!j->products)
		printf("%-14s %5zu %5zu %5zu", p->name, p->m, p->n, p->k);
	for (unsigned f = 0; f < j->n_forms; f++) {
		double gops;

		TRY(kernel_speed_product(j->form[f], p->kind, p->m, p->n, p->k, round_seconds(j),
					 n_rounds(j), &gops));
		if (j->products)
			json_array_append_new(
			    j->products,
			    json_pack("{s:s, s:I, s:I, s:I, s:s, s:o}", "product", p->name, "m",
				      (json_int_t)p->m, "n", (json_int_t)p->n, "k",
				      (json_int_t)p->k, "form", j->form[f]->name,
				      "gop_per_second", document_number(gops)));
		else
			printf(" %9.1f", gops);
	}
	if (!j->products)
		printf("\n");
	return STATUS_OK;
}

static enum status take_products(const struct job *j)
{
	if (!j->products) {
		printf("\n%-14s %5s %5s %5s", "Gop/s, product", "M", "N", "K");
		print_names(j);
	}
	for (size_t i = 0; i < sizeof products / sizeof *products; i++)
		TRY(take_product(j, &products[i]));
	return STATUS_OK;
}

static enum status take_row(const struct job *j, unsigned row, size_t n)
{
	const char *name = kernel_speed_row_name(row);

	if (!j->rows)
		printf("%-17s %14zu", name, n);
	for (unsigned f = 0; f < j->n_forms; f++) {
		double gfloats;

		TRY(kernel_speed_row(j->form[f], row, n, round_seconds(j), n_rounds(j), &gfloats));
		if (j->rows)
			json_array_append_new(
			    j->rows, json_pack("{s:s, s:I, s:s, s:o}", "row", name, "n",
					       (json_int_t)n, "form", j->form[f]->name,
					       "gfloat_per_second", document_number(gfloats)));
		else
			printf(" %9.3f", gfloats);
	}
	if (!j->rows)
		printf("\n");
	return STATUS_OK;
}

static enum status take_rows(const struct job *j)
{
	if (!j->rows) {
		printf("\n%-17s %14s", "Gfloat/s, row", "N");
		print_names(j);
	}
	for (unsigned row = 0; kernel_speed_row_name(row); row++)
		for (size_t i = 0; i < sizeof row_lengths / sizeof *row_lengths; i++)
			TRY(take_row(j, row, row_lengths[i]));
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

static void put_transformer(const struct job *j, const char *form, uint32_t n_streams,
			    const struct transformer_speed *speed)
{
	if (j->transformer)
		json_array_append_new(
		    j->transformer,
		    json_pack("{s:s, s:I, s:o, s:o}", "form", form, "streams",
			      (json_int_t)n_streams, "encode_symbols_per_second",
			      document_number(speed->encode_symbols_s),
			      "decode_symbols_per_second",
			      document_number(speed->decode_symbols_s)));
	else
		printf("%-8s %9lu %9.0f %9.0f\n", form, (unsigned long)n_streams,
		       speed->encode_symbols_s, speed->decode_symbols_s);
}

/* With the form that is forced, which is `k`. */
static enum status take_streams(const struct job *j, const struct kernels *k, uint32_t n_streams)
{
	bool slow = k == kernels_plain;
	size_t n_symbols = SPEED_SYMBOLS / (slow ? 8 : 1) / (j->quick ? 8 : 1);
	struct transformer_speed speed;

	TRY(transformer_speed_measure(&network, n_streams, n_symbols, slow || j->quick ? 1 : 3,
				      &speed));
	put_transformer(j, k->name, n_streams, &speed);
	return STATUS_OK;
}

static enum status take_transformer(const struct job *j)
{
	size_t n_counts = j->quick ? 1 : sizeof stream_counts / sizeof *stream_counts;
	enum status s = STATUS_OK;

	if (!j->transformer)
		printf("\nsymbols/s of a transformer of %lu layers, dim %lu, %lu heads, context "
		       "%lu, %lu symbols\n%-8s %9s %9s %9s\n",
		       (unsigned long)network.n_layers, (unsigned long)network.dim,
		       (unsigned long)network.n_heads, (unsigned long)network.ctx,
		       (unsigned long)network.n_symbols, "form", "streams", "encode", "decode");
	for (unsigned f = 0; f < j->n_forms && s == STATUS_OK; f++) {
		s = simd_force(j->form[f]->name);
		for (size_t i = 0; s == STATUS_OK && i < n_counts; i++)
			s = take_streams(j, j->form[f], stream_counts[i]);
	}
	return s;
}

static void put_form(const struct job *j, enum simd form, const struct kernels *k,
		     const char *state)
{
	char digest[17] = "";

	if (k)
		snprintf(digest, sizeof digest, "%016llx", (unsigned long long)kernels_digest(k));
	if (j->forms)
		json_array_append_new(j->forms,
				      json_pack("{s:s, s:o, s:s}", "form", simd_name(form),
						"digest", k ? json_string(digest) : json_null(),
						"state", state));
	else
		printf("%-7s%s%s %s\n", simd_name(form), k ? " " : "", digest, state);
}

/* Each form with the digest of its results, and what becomes of it. */
static void take_forms(struct job *j)
{
	for (enum simd form = 0; form < SIMD_FORMS; form++) {
		const struct kernels *k = kernels_of(form);
		bool good = k && kernels_agree(k);

		put_form(j, form, k,
			 !k ? "not here"
			 : !good ? "refused: differs from the plain form"
			 : k == kernels() ? "in use" : "agrees");
		if (good)
			j->form[j->n_forms++] = k;
	}
}

static enum status run(struct job *j)
{
	take_forms(j);
	if (!j->timed)
		return STATUS_OK;
	TRY(take_products(j));
	TRY(take_rows(j));
	return take_transformer(j);
}

/* Speeds that were not measured are null, not empty. */
static json_t *document_of(const struct job *j)
{
	json_t *shape =
	    json_pack("{s:I, s:I, s:I, s:I, s:I}", "layers", (json_int_t)network.n_layers, "dim",
		      (json_int_t)network.dim, "heads", (json_int_t)network.n_heads, "context",
		      (json_int_t)network.ctx, "alphabet", (json_int_t)network.n_symbols);

	return document_new("kernels", 1,
			    json_pack("{s:O, s:O, s:O, s:o, s:O}", "forms", j->forms, "products",
				      j->timed ? j->products : json_null(), "rows",
				      j->timed ? j->rows : json_null(), "network", shape,
				      "transformer", j->timed ? j->transformer : json_null()));
}

int cmd_kernels(int argc, char **argv)
{
	struct job j = {.timed = true};
	bool json = false;

	for (int o; (o = cmd_option_next(&spec, argc, argv)) != CMD_END;)
		switch (o) {
		case OPTION_NO_SPEED: j.timed = false; break;
		case OPTION_QUICK: j.quick = true; break;
		case CMD_JSON: json = true; break;
		case CMD_HELP: return 0;
		default: return EXIT_USAGE;
		}
	if (optind < argc)
		return cmd_usage("kernels: '%s' is not an option", argv[optind]);
	if (json) {
		j.forms = json_array();
		j.products = json_array();
		j.rows = json_array();
		j.transformer = json_array();
	}

	enum status s = run(&j);
	int code = s == STATUS_OK ? 0 : cmd_fail(NULL, s);

	if (code == 0 && json)
		code = cmd_print_json(document_of(&j));
	json_decref(j.forms);
	json_decref(j.products);
	json_decref(j.rows);
	json_decref(j.transformer);
	return code;
}
