/* SPDX-License-Identifier: BSD-2-Clause
 *
 * cmd_list.c - twopart list: what an archive's header says, without decoding, and what is in a
 * model file.
 */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "archive.h"
#include "cmd.h"
#include "document.h"
#include "file.h"
#include "model_file.h"
#include "tokens.h"
#include "transformer.h"
#include "utf8.h"

static const struct cmd_option options[] = {
    {CMD_JSON, "json", NULL, "one JSON object instead of text"},
    {0},
};

static const struct cmd_spec spec = {
    .name = "list",
    .usage = "[OPTION]... [FILE]...",
    .text = "Show what the headers of archives say: model and options, symbols, the world or the\n"
	    "model file that is needed, memory to decode, size.  Nothing is decoded; twopart test\n"
	    "does that.  Of a model file (" MODEL_FILE_SUFFIX
	    "), show shape, parameters, size, hash and training.\n",
    .options = options,
};

/* ---- Model files. ---- */

static void print_model_text(const char *path, const struct transformer *t)
{
	const struct transformer_shape *s = &t->shape;
	size_t n = transformer_n_parameters(s);
	char hash[2 * sizeof t->hash + 1];

	printf("%s\n", cmd_input_name(path));
	printf("  format        twopart model file, version %d\n", MODEL_FILE_VERSION);
	printf("  network       transformer: %lu layers, dim %lu, %lu heads, context %lu\n",
	       (unsigned long)s->n_layers, (unsigned long)s->dim, (unsigned long)s->n_heads,
	       (unsigned long)s->ctx);
	printf("  symbols       %s, alphabet %lu\n", s->is_tokens ? "tokens (16 bits)" : "bytes",
	       (unsigned long)s->n_symbols);
	if (s->separator != TRANSFORMER_NO_SEPARATOR)
		printf("  separator     symbol %ld begins a new context\n", (long)s->separator);
	else
		printf("  separator     none: the context slides\n");
	printf("  parameters    %zu: %zu weights of %u bits in %zu rows, %zu gains\n", n,
	       transformer_n_codes(s), t->bits, transformer_n_rows(s), transformer_n_gains(s));
	printf("  file          %llu bytes: L(M) = %llu bits, %.4f bits a parameter\n",
	       (unsigned long long)t->file_bytes, 8 * (unsigned long long)t->file_bytes,
	       8 * (double)t->file_bytes / (double)n);
	printf("  SHA-256       %s\n", model_file_hash_text(t->hash, sizeof t->hash, hash));
	printf("  training      %s\n", t->training ? t->training : "not recorded");
}

static json_t *make_model_json(const char *path, const struct transformer *t)
{
	const struct transformer_shape *s = &t->shape;
	size_t n = transformer_n_parameters(s);
	char hash[2 * sizeof t->hash + 1];
	json_t *note = t->training ? json_loads(t->training, 0, NULL) : NULL;
	json_t *row = json_pack(
	    "{s:s, s:o, s:i, s:s, s:b, s:I, s:I, s:I, s:I, s:I, s:o, s:i, s:I, s:I, s:I, s:I, s:I, "
	    "s:f, s:s}",
	    "kind", "model", "file", utf8_json(path), "version", MODEL_FILE_VERSION, "network",
	    "transformer",
	    "token_file", s->is_tokens, "alphabet", (json_int_t)s->n_symbols, "layers",
	    (json_int_t)s->n_layers, "dim", (json_int_t)s->dim, "heads", (json_int_t)s->n_heads,
	    "context", (json_int_t)s->ctx, "separator",
	    s->separator == TRANSFORMER_NO_SEPARATOR ? json_null() : json_integer(s->separator),
	    "bits",
	    (int)t->bits, "parameters", (json_int_t)n, "codes", (json_int_t)transformer_n_codes(s),
	    "scales", (json_int_t)transformer_n_rows(s), "file_bytes", (json_int_t)t->file_bytes,
	    "model_bits", 8 * (json_int_t)t->file_bytes, "bits_per_parameter",
	    8 * (double)t->file_bytes / (double)n, "sha256",
	    model_file_hash_text(t->hash, sizeof t->hash, hash));

	/* The note is JSON where the trainer wrote it, and else text. */
	if (!note && t->training)
		note = utf8_json(t->training);
	json_object_set_new(row, "training", note ? note : json_null());
	return row;
}

static enum status list_model(const char *path, const struct buffer *in, json_t *rows)
{
	struct transformer *t;

	TRY(model_file_read(&t, in->data, in->size_bytes));
	if (rows)
		json_array_append_new(rows, make_model_json(path, t));
	else
		print_model_text(path, t);
	transformer_free(t);
	return STATUS_OK;
}

/* ---- Archives. ---- */

/* The facts that both formats print, derived once. */
struct facts {
	const struct container *c;
	char options_text[512];
	uint64_t archive_bytes, original_bytes;
	double bits_per_symbol;
	char model_sha256[65]; /* of its model file: all if that is stored, the first 16 digits if
				  named, and else none */
};

static void derive(const struct archive_info *info, struct facts *f)
{
	const struct container *c = &info->header;
	struct buffer text = {0};

	*f = (struct facts){.c = c, .archive_bytes =
			      c->stored_bytes + info->payload_bytes + info->container_bytes};
	options_print(c->model->options, c->option, &text);
	snprintf(f->options_text, sizeof f->options_text, "%.*s", (int)text.size_bytes,
		 text.data ? (char *)text.data : "");
	buffer_free(&text);
	if (c->takes_model && c->stored_bytes) {
		uint8_t hash[32];

		model_file_hash(c->stored, c->stored_bytes, hash);
		model_file_hash_text(hash, sizeof hash, f->model_sha256);
	} else if (c->takes_model) {
		model_file_hash_text(c->model_hash, MODEL_FILE_HASH_BYTES, f->model_sha256);
	}
	f->original_bytes = container_original_bytes(c);
	if (c->n_total)
		f->bits_per_symbol = 8 * (double)f->archive_bytes / (double)c->n_total;
}

static void print_text(const char *path, const struct archive_info *info)
{
	struct facts f;

	derive(info, &f);
	printf("%s\n", cmd_input_name(path));
	printf("  format        twopart archive, version %d\n", CONTAINER_VERSION);
	printf("  model         %s%s%s\n", f.c->model->name, f.options_text[0] ? ":" : "",
	       f.options_text);
	printf("  coder         %s\n", f.c->coder->name);
	printf("  symbols       %llu %s\n", (unsigned long long)f.c->n_total,
	       f.c->is_tokens ? "tokens (16 bits)" : "bytes");
	if (f.c->alphabet)
		printf("  alphabet      %lu\n", (unsigned long)f.c->alphabet);
	if (f.c->model->needs_world)
		printf("  needs         a world file with %s hash %08lx\n",
		       f.c->model->not_counted ? f.c->model->not_counted : "world",
		       (unsigned long)f.c->world_hash);
	if (f.model_sha256[0])
		printf("  %s %s\n",
		       f.c->stored_bytes ? "model file    stored, SHA-256"
					 : "needs         the model file with SHA-256",
		       f.model_sha256);
	printf("  blocks        %llu%s", (unsigned long long)f.c->n_blocks,
	       info->stored_blocks ? "" : "\n");
	if (info->stored_blocks)
		printf(", %llu of them stored as they are\n",
		       (unsigned long long)info->stored_blocks);
	printf("  memory        at most %llu bytes to decode with one thread%s\n",
	       (unsigned long long)f.c->memory_bytes,
	       f.c->n_blocks > 1 ? ", as much again with each further one" : "");
	printf("  original      %llu bytes\n", (unsigned long long)f.original_bytes);
	if (f.c->model->fit || f.c->stored_bytes)
		printf("  two parts     model L(M) %llu bits, data L(X|M) %llu bits\n",
		       8 * (unsigned long long)f.c->stored_bytes,
		       8 * (unsigned long long)info->payload_bytes);
	printf("  archive       %llu bytes: stored model %llu, payload %llu, container %llu\n",
	       (unsigned long long)f.archive_bytes, (unsigned long long)f.c->stored_bytes,
	       (unsigned long long)info->payload_bytes,
	       (unsigned long long)info->container_bytes);
	printf("  rate          %.6f bits/symbol\n", f.bits_per_symbol);
	printf("  digest        %08lx\n", (unsigned long)f.c->digest);
}

static json_t *make_json(const char *path, const struct archive_info *info)
{
	struct facts f;
	char hash[16], digest[16];

	derive(info, &f);
	snprintf(hash, sizeof hash, "%08lx", (unsigned long)f.c->world_hash);
	snprintf(digest, sizeof digest, "%08lx", (unsigned long)f.c->digest);
	json_t *row = json_pack(
	    "{s:s, s:o, s:i, s:s, s:s, s:s, s:i, s:b, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, "
	    "s:o, s:s}",
	    "kind", "archive", "file", utf8_json(path), "version", CONTAINER_VERSION, "model",
	    f.c->model->name,
	    "options", f.options_text, "coder", f.c->coder->name, "symbol_bytes",
	    (int)container_symbol_bytes(f.c), "token_file", f.c->is_tokens, "symbols",
	    (json_int_t)f.c->n_total, "blocks", (json_int_t)f.c->n_blocks, "stored_blocks",
	    (json_int_t)info->stored_blocks, "block_symbols", (json_int_t)f.c->block_symbols,
	    "memory_bytes", (json_int_t)f.c->memory_bytes, "original_bytes",
	    (json_int_t)f.original_bytes, "archive_bytes", (json_int_t)f.archive_bytes,
	    "payload_bytes", (json_int_t)info->payload_bytes, "container_bytes",
	    (json_int_t)info->container_bytes, "bits_per_symbol",
	    document_quotient(8 * (double)f.archive_bytes, f.c->n_total), "digest", digest);

	/* What an archive has not is null: an oracle's alphabet is the world's. */
	json_object_set_new(row, "alphabet",
			    f.c->alphabet ? json_integer(f.c->alphabet) : json_null());
	json_object_set_new(row, "stored_model_bytes",
			    f.c->model->fit || f.c->stored_bytes
				? json_integer((json_int_t)f.c->stored_bytes)
				: json_null());
	json_object_set_new(row, "model_sha256",
			    f.model_sha256[0] ? json_string(f.model_sha256) : json_null());
	json_object_set_new(row, "world_hash",
			    f.c->model->needs_world ? json_string(hash) : json_null());
	return row;
}

static enum status list_archive(const char *path, const struct buffer *in, json_t *rows)
{
	struct archive_info info;

	TRY(archive_inspect(in->data, in->size_bytes, &info));
	if (rows)
		json_array_append_new(rows, make_json(path, &info));
	else
		print_text(path, &info);
	archive_info_free(&info);
	return STATUS_OK;
}

static int list_file(const char *path, json_t *rows)
{
	struct buffer in = {0};
	enum status s = file_read(path, &in, NULL);

	if (s == STATUS_OK)
		s = model_file_recognise(in.data, in.size_bytes) ? list_model(path, &in, rows)
								 : list_archive(path, &in, rows);
	buffer_free(&in);
	return s == STATUS_OK ? 0 : cmd_fail(cmd_input_name(path), s);
}

int cmd_list(int argc, char **argv)
{
	bool json;
	int end = cmd_only_json(&spec, argc, argv, &json), code = 0;

	if (end != CMD_END)
		return end;

	json_t *rows = json ? json_array() : NULL;

	if (optind == argc)
		code = list_file("-", rows);
	for (int i = optind; i < argc; i++) {
		int file_code = list_file(argv[i], rows);

		code = file_code > code ? file_code : code;
	}
	if (json) {
		int lost =
		    cmd_print_json(document_new("list", 1, json_pack("{s:o}", "files", rows)));

		code = lost > code ? lost : code;
	}
	return code;
}
