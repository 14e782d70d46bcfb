/* SPDX-License-Identifier: BSD-2-Clause
 *
 * file_corpus.c - any file as a corpus: its bytes, or little-endian 16-bit units, are the tokens.
 *
 * PREFIX.txt is the file itself, so that compressors of bytes see what they would see anyway, and
 * PREFIX.vocab lists the values in hexadecimal.  Nothing is known about the source: there are no
 * bounds and no oracle.
 */
#include <stdio.h>
#include <string.h>

#include "corpus.h"

#define BLOCK_TOKENS 32768

enum { FILE_SYMBOL_BYTES };

static const struct option_spec file_options[] = {
    [FILE_SYMBOL_BYTES] = {"symbol-bytes", 1, 2, 1, 1,
			   "1: a token a byte; 2: a token a little-endian pair"},
    {0},
};

static enum status copy_tokens(struct corpus_writer *w, FILE *in, const char *path,
			       unsigned symbol_bytes)
{
	uint8_t bytes[2 * BLOCK_TOKENS];
	uint16_t token[BLOCK_TOKENS];
	size_t size_bytes;

	while ((size_bytes = fread(bytes, 1, symbol_bytes * (size_t)BLOCK_TOKENS, in)) > 0) {
		if (size_bytes % symbol_bytes)
			return fail(STATUS_BAD_ARGUMENT, "%s: an odd number of bytes is not pairs",
				    path);

		size_t n = size_bytes / symbol_bytes;

		for (size_t i = 0; i < n; i++)
			token[i] = symbol_bytes == 1
				       ? bytes[i]
				       : (uint16_t)(bytes[2 * i] | bytes[2 * i + 1] << 8);
		TRY(corpus_writer_put(w, token, NULL, n));
	}
	return ferror(in) ? fail_errno(STATUS_IO, "%s: cannot read", path) : STATUS_OK;
}

/* The input's name without directories: worlds do not depend on where things lie. */
static enum status set_members(json_t *root, const char *input, unsigned symbol_bytes)
{
	const char *slash = strrchr(input, '/');
	json_t *name = json_string(slash ? slash + 1 : input);

	if (!name)
		return fail(STATUS_BAD_ARGUMENT, "%s: the name is not UTF-8", input);
	if (json_object_set_new(json_object_get(root, "generator"), "input", name) |
	    json_object_set_new(root, "prior",
				json_pack("{s:i}", "symbol_bytes", (int)symbol_bytes)) |
	    json_object_set_new(root, "truth", json_object()) |
	    json_object_set_new(root, "code_lengths", json_object()))
		return fail_no_memory();
	return STATUS_OK;
}

static enum status file_generate(const struct corpus_request *q)
{
	unsigned symbol_bytes = (unsigned)q->option[FILE_SYMBOL_BYTES];
	struct corpus_layout layout = corpus_layout_of(q, 0);
	struct corpus_writer *w = NULL;
	FILE *in = fopen(q->input, "rb");

	if (!in)
		return fail_errno(STATUS_IO, "%s: cannot open", q->input);
	layout.vocab = symbol_bytes == 1 ? 256 : 65536;

	json_t *root = corpus_world_new("file", file_options, q->option);
	enum status s = root ? set_members(root, q->input, symbol_bytes) : fail_no_memory();

	if (s == STATUS_OK)
		s = corpus_writer_open(&w, &layout);
	if (s == STATUS_OK)
		s = copy_tokens(w, in, q->input, symbol_bytes);
	s = corpus_writer_finish(w, s, root);
	json_decref(root);
	fclose(in);
	return s;
}

static enum status file_bounds(const struct world *w, const uint16_t *token, uint64_t n_tokens,
			       json_t **out)
{
	(void)w;
	(void)token;
	(void)n_tokens;
	*out = json_object();
	return *out ? STATUS_OK : fail_no_memory();
}

const struct corpus_ops file_corpus_ops = {
    .name = "file",
    .summary = "the bytes or 16-bit units of a file; no truth is known",
    .options = file_options,
    .needs_input = true,
    .generate = file_generate,
    .bounds = file_bounds,
};
