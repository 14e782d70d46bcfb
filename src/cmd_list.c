/* SPDX-License-Identifier: BSD-2-Clause
 *
 * cmd_list.c - twopart list: what an archive's header says, without decoding.
 */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "archive.h"
#include "cmd.h"
#include "file.h"
#include "tokens.h"
#include "utf8.h"

static const struct cmd_option options[] = {
    {CMD_JSON, "json", NULL, "one JSON array with an object an archive"},
    {0},
};

static const struct cmd_spec spec = {
    .name = "list",
    .usage = "[OPTION]... [FILE]...",
    .text = "Show what the headers of archives say: model and options, symbols, the world that is\n"
	    "needed, memory to decode, size.  Nothing is decoded; twopart test does that.\n",
    .options = options,
};

/* The facts that both formats print, derived once. */
struct facts {
	const struct container *c;
	char options_text[512];
	uint64_t archive_bytes, original_bytes;
	double bits_per_symbol;
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
	f->original_bytes = c->n_total * container_symbol_bytes(c);
	if (c->is_tokens)
		f->original_bytes += TOKENS_HEADER_BYTES;
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
	printf("  blocks        %llu\n", (unsigned long long)f.c->n_blocks);
	printf("  memory        at most %llu bytes to decode with one thread\n",
	       (unsigned long long)f.c->memory_bytes);
	printf("  original      %llu bytes\n", (unsigned long long)f.original_bytes);
	if (f.c->model->fit)
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
	    "{s:o, s:i, s:s, s:s, s:s, s:i, s:b, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:f, s:s}",
	    "file", utf8_json(path), "version", CONTAINER_VERSION, "model", f.c->model->name,
	    "options", f.options_text, "coder", f.c->coder->name, "symbol_bytes",
	    (int)container_symbol_bytes(f.c), "token_file", f.c->is_tokens, "symbols",
	    (json_int_t)f.c->n_total, "blocks", (json_int_t)f.c->n_blocks, "block_symbols",
	    (json_int_t)f.c->block_symbols, "memory_bytes", (json_int_t)f.c->memory_bytes,
	    "original_bytes", (json_int_t)f.original_bytes, "archive_bytes",
	    (json_int_t)f.archive_bytes, "payload_bytes", (json_int_t)info->payload_bytes,
	    "container_bytes", (json_int_t)info->container_bytes, "bits_per_symbol",
	    f.bits_per_symbol, "digest", digest);

	/* What an archive has not is null: an oracle's alphabet is the world's. */
	json_object_set_new(row, "alphabet",
			    f.c->alphabet ? json_integer(f.c->alphabet) : json_null());
	json_object_set_new(row, "stored_model_bytes",
			    f.c->model->fit ? json_integer((json_int_t)f.c->stored_bytes)
					    : json_null());
	json_object_set_new(row, "world_hash",
			    f.c->model->needs_world ? json_string(hash) : json_null());
	return row;
}

static int list_file(const char *path, json_t *rows)
{
	struct buffer in = {0};
	struct archive_info info;
	enum status s = file_read(path, &in, NULL);

	if (s == STATUS_OK)
		s = archive_inspect(in.data, in.size_bytes, &info);
	if (s == STATUS_OK) {
		if (rows)
			json_array_append_new(rows, make_json(path, &info));
		else
			print_text(path, &info);
		archive_info_free(&info);
	}
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
	if (rows) {
		json_dumpf(rows, stdout, JSON_INDENT(2));
		putchar('\n');
		json_decref(rows);
	}
	return code;
}
