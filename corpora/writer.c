/* SPDX-License-Identifier: BSD-2-Clause
 *
 * writer.c - the files of a corpus, written as the tokens come.
 *
 * Idea.  A corpus may be larger than memory, so nothing is kept but the spelling of each word and
 * one block per file: memory is O(vocab).  What is known only at the end (the token count in two
 * headers) is patched; the digest is a streaming XXH3-64.  All files are complete and synced under
 * temporary names before the first is renamed, and PREFIX.json comes last: a PREFIX.json whose
 * digest agrees with PREFIX.bin is therefore a finished corpus.
 *
 * Text.  The first word of a line begins with a capital, the end token's word is attached to the
 * word before it and ends the line, other words follow one space.  A family may have punctuation
 * marks within lines, attached like the end token's word, and a full stop among them, after which a
 * capital follows.  Words are distinct whatever their case, so the text determines the tokens.
 */
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xxhash.h>

#include "buffer.h"
#include "corpus.h"
#include "npy.h"
#include "outfile.h"
#include "tokens.h"

#define BLOCK_TOKENS 8192
#define PROGRESS_TOKENS 100000 /* between two reports */

enum part { PART_BIN, PART_TEXT, PART_VOCAB, PART_ROLES, PART_NPY, PART_JSON, N_PARTS };

const char *const corpus_suffixes[] = {
    [PART_BIN] = ".bin", [PART_TEXT] = ".txt", [PART_VOCAB] = ".vocab", [PART_ROLES] = ".roles",
    [PART_NPY] = ".npy", [PART_JSON] = ".json", [N_PARTS] = NULL,
};

struct corpus_writer {
	struct corpus_layout layout; /* its prefix is our copy */
	char *prefix;
	struct outfile part[N_PARTS];
	char *spelling;   /* " word" of every token, one behind the other */
	uint32_t *start;  /* (vocab + 1) token i has spelling[start[i]..start[i + 1]) */
	bool inside_line; /* the last token did not end a line */
	bool after_stop;  /* it was the stop token */
	uint64_t n_tokens, n_sentences;
	uint64_t next_report; /* tokens at the next call of progress */
	XXH3_state_t *digest;
};

static void writer_free(struct corpus_writer *w)
{
	for (int i = 0; i < N_PARTS; i++)
		outfile_abandon(&w->part[i]);
	XXH3_freeState(w->digest);
	free(w->spelling);
	free(w->start);
	free(w->prefix);
	free(w);
}

void corpus_writer_abandon(struct corpus_writer *w)
{
	if (w)
		writer_free(w);
}

/* What the vocabulary file says of token i; `number` has room for it. */
static const char *vocab_line(const struct corpus_layout *l, uint32_t token, char number[16])
{
	if (l->word)
		return l->word[token];
	snprintf(number, 16, "%0*x", l->vocab <= 256 ? 2 : 4, token);
	return number;
}

static enum status spell_words(struct corpus_writer *w)
{
	const struct corpus_layout *l = &w->layout;
	struct buffer text = {0};

	w->start = calloc((size_t)l->vocab + 1, sizeof *w->start);
	if (!w->start)
		return fail_no_memory();
	for (uint32_t i = 0; i < l->vocab; i++) {
		char number[16];
		const char *word = vocab_line(l, i, number);
		size_t length = strlen(word);

		assert(length > 0 && !strpbrk(word, " \n"));
		buffer_append_byte(&text, ' ');
		buffer_append(&text, word, length);
		w->start[i + 1] = (uint32_t)text.size_bytes;
		outfile_append(&w->part[PART_VOCAB], word, length);
		outfile_append(&w->part[PART_VOCAB], "\n", 1);
	}
	w->spelling = (char *)text.data;
	return buffer_status(&text);
}

/* PREFIX.suffix, or NULL; the caller frees. */
static char *part_path(const struct corpus_writer *w, enum part part)
{
	size_t size_bytes = strlen(w->prefix) + strlen(corpus_suffixes[part]) + 1;
	char *path = malloc(size_bytes);

	if (path)
		snprintf(path, size_bytes, "%s%s", w->prefix, corpus_suffixes[part]);
	return path;
}

static enum status open_part(struct corpus_writer *w, enum part part)
{
	char *path = part_path(w, part);
	enum status s = path ? outfile_open(&w->part[part], path) : fail_no_memory();

	free(path);
	return s;
}

/* A NumPy copy of the corpus that is being replaced would be of other tokens. */
static enum status remove_stale_npy(const struct corpus_writer *w)
{
	char *path = part_path(w, PART_NPY);
	enum status s = path ? STATUS_OK : fail_no_memory();

	if (path && unlink(path) != 0 && errno != ENOENT)
		s = fail_errno(STATUS_IO, "%s: cannot remove it", path);
	free(path);
	return s;
}

static enum status writer_begin(struct corpus_writer *w)
{
	static const char zeros[TOKENS_HEADER_BYTES];

	TRY(outfile_make_parents(w->prefix));
	for (enum part i = 0; i < N_PARTS; i++)
		if (i != PART_NPY || w->layout.npy)
			TRY(open_part(w, i));
	outfile_append(&w->part[PART_BIN], zeros, TOKENS_HEADER_BYTES);
	if (w->layout.npy)
		outfile_append(&w->part[PART_NPY], zeros, NPY_HEADER_BYTES);
	XXH3_64bits_reset(w->digest);
	return spell_words(w);
}

struct corpus_layout corpus_layout_of(const struct corpus_request *q, uint64_t n_expected)
{
	return (struct corpus_layout){.prefix = q->prefix,
				      .end_token = -1,
				      .npy = q->npy,
				      .progress = q->progress,
				      .progress_context = q->progress_context,
				      .n_expected = n_expected};
}

enum status corpus_writer_open(struct corpus_writer **out, const struct corpus_layout *l)
{
	struct corpus_writer *w = calloc(1, sizeof *w);

	assert(1 <= l->vocab && l->vocab <= 65536 && l->end_token < (int64_t)l->vocab);
	if (!w)
		return fail_no_memory();
	w->layout = *l;
	w->prefix = strdup(l->prefix);
	w->digest = XXH3_createState();
	enum status s = w->prefix && w->digest ? writer_begin(w) : fail_no_memory();

	if (s != STATUS_OK) {
		writer_free(w);
		return s;
	}
	w->layout.prefix = w->prefix;
	*out = w;
	return STATUS_OK;
}

static void put_capital(struct outfile *text, const char *word, size_t length)
{
	char capital = 'a' <= *word && *word <= 'z' ? (char)(*word - 'a' + 'A') : *word;

	outfile_append(text, &capital, 1);
	outfile_append(text, word + 1, length - 1);
}

static void put_word(struct corpus_writer *w, uint32_t token)
{
	const struct corpus_layout *l = &w->layout;
	struct outfile *text = &w->part[PART_TEXT];
	const char *word = w->spelling + w->start[token] + 1;
	size_t length = w->start[token + 1] - w->start[token] - 1;
	bool attached = !w->inside_line || !l->spaced || (1 <= token && token <= l->n_marks);

	if ((int32_t)token == l->end_token) {
		if (!l->silent_end)
			outfile_append(text, word, length);
		outfile_append(text, "\n", 1);
		w->inside_line = false;
		w->after_stop = false;
		w->n_sentences++;
		return;
	}
	if (w->inside_line && !w->after_stop) {
		outfile_append(text, attached ? word : word - 1, length + !attached);
	} else {
		if (!attached)
			outfile_append(text, " ", 1);
		put_capital(text, word, length);
	}
	w->inside_line = true;
	w->after_stop = l->stop_token && token == l->stop_token;
}

/* At most BLOCK_TOKENS tokens into every file. */
static void put_block(struct corpus_writer *w, const uint16_t *token, const uint8_t *role, size_t n)
{
	static const uint8_t all_syntax[BLOCK_TOKENS];
	const struct corpus_layout *l = &w->layout;
	uint8_t bytes[2 * BLOCK_TOKENS];

	for (size_t i = 0; i < n; i++) {
		assert(token[i] < l->vocab);
		bytes[2 * i] = (uint8_t)token[i];
		bytes[2 * i + 1] = (uint8_t)(token[i] >> 8);
	}
	outfile_append(&w->part[PART_BIN], bytes, 2 * n);
	if (l->npy)
		outfile_append(&w->part[PART_NPY], bytes, 2 * n);
	XXH3_64bits_update(w->digest, bytes, 2 * n);
	outfile_append(&w->part[PART_ROLES], role ? role : all_syntax, n);

	if (l->word) {
		for (size_t i = 0; i < n; i++)
			put_word(w, token[i]);
	} else if (l->vocab <= 256) {
		for (size_t i = 0; i < n; i++)
			bytes[i] = (uint8_t)token[i];
		outfile_append(&w->part[PART_TEXT], bytes, n);
	} else {
		outfile_append(&w->part[PART_TEXT], bytes, 2 * n);
	}
}

static void report_progress(struct corpus_writer *w)
{
	const struct corpus_layout *l = &w->layout;

	if (!l->progress || l->n_expected == 0 || w->n_tokens < w->next_report)
		return;
	w->next_report = w->n_tokens + PROGRESS_TOKENS;
	l->progress(l->progress_context, l->end_token >= 0 ? w->n_sentences : w->n_tokens,
		    l->n_expected);
}

enum status corpus_writer_put(struct corpus_writer *w, const uint16_t *token, const uint8_t *role,
			      size_t n)
{
	if (n > INT32_MAX - w->n_tokens)
		return fail(STATUS_LIMIT, "%s.bin: more than %d tokens do not fit its header",
			    w->prefix, INT32_MAX);
	w->n_tokens += n;
	report_progress(w);
	while (n > 0) {
		size_t now = n < BLOCK_TOKENS ? n : BLOCK_TOKENS;

		put_block(w, token, role, now);
		for (int i = 0; i < N_PARTS; i++)
			if (w->part[i].failed != STATUS_OK)
				return w->part[i].failed;
		token += now;
		role = role ? role + now : NULL;
		n -= now;
	}
	return STATUS_OK;
}

static void patch_headers(struct corpus_writer *w)
{
	uint8_t bin[12];
	uint32_t field[3] = {TOKENS_MAGIC, TOKENS_VERSION, (uint32_t)w->n_tokens};

	for (int i = 0; i < 12; i++)
		bin[i] = (uint8_t)(field[i / 4] >> (8 * (i % 4)));
	outfile_patch(&w->part[PART_BIN], 0, bin, sizeof bin);
	if (!w->layout.npy)
		return;

	uint8_t npy[NPY_HEADER_BYTES];

	npy_header(npy, "<u2", w->n_tokens);
	outfile_patch(&w->part[PART_NPY], 0, npy, sizeof npy);
}

static json_t *corpus_member(struct corpus_writer *w)
{
	char digest[17];

	snprintf(digest, sizeof digest, "%016llx",
		 (unsigned long long)XXH3_64bits_digest(w->digest));
	return json_pack("{s:I, s:I, s:I, s:s, s:I}", "tokens", (json_int_t)w->n_tokens,
			 "sentences", (json_int_t)w->n_sentences, "vocab",
			 (json_int_t)w->layout.vocab, "digest", digest, "text_bytes",
			 (json_int_t)outfile_size_bytes(&w->part[PART_TEXT]));
}

static int append_json(const char *text, size_t size_bytes, void *file)
{
	outfile_append(file, text, size_bytes);
	return 0;
}

/* One line a member of the root, so that the short ones can be read beside the long truth. */
static enum status put_json(struct corpus_writer *w, json_t *root)
{
	struct outfile *f = &w->part[PART_JSON];
	const char *separator = "{\n", *key;
	json_t *value;

	if (json_object_set_new(root, "corpus", corpus_member(w)) != 0)
		return fail_no_memory();
	json_object_foreach(root, key, value) {
		outfile_append(f, separator, 2);
		outfile_append(f, "\"", 1);
		outfile_append(f, key, strlen(key));
		outfile_append(f, "\": ", 3);
		if (json_dump_callback(value, append_json, f,
				       JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(17)))
			return fail_no_memory();
		separator = ",\n";
	}
	outfile_append(f, "\n}\n", 3);
	return STATUS_OK;
}

static enum status writer_finish(struct corpus_writer *w, json_t *root)
{
	if (w->inside_line)
		outfile_append(&w->part[PART_TEXT], "\n", 1);
	patch_headers(w);
	TRY(put_json(w, root));
	for (enum part i = 0; i < N_PARTS; i++)
		if (w->part[i].path)
			TRY(outfile_seal(&w->part[i]));
	if (!w->layout.npy)
		TRY(remove_stale_npy(w));
	for (enum part i = 0; i < N_PARTS; i++)
		if (w->part[i].path)
			TRY(outfile_commit(&w->part[i]));
	return STATUS_OK;
}

enum status corpus_writer_close(struct corpus_writer *w, json_t *root)
{
	enum status s = writer_finish(w, root);

	writer_free(w);
	return s;
}

json_t *corpus_world_new(const char *family, const struct option_spec *table, const int64_t *value)
{
	json_t *generator = json_object();
	int lost = 0;

	for (unsigned i = 0; i < options_count(table); i++) {
		struct buffer text = {0};
		json_t *v;

		options_print_value(&table[i], value[i], &text);
		v = table[i].unit == 1
			? json_integer(value[i])
			: json_stringn((const char *)text.data, text.size_bytes);
		lost |= json_object_set_new(generator, table[i].name, v);
		buffer_free(&text);
	}
	if (lost) {
		json_decref(generator);
		return NULL;
	}
	return json_pack("{s:s, s:i, s:s, s:o, s:n}", "format", "twopart-world", "schema", 1,
			 "family", family, "generator", generator, "corpus");
}

enum status corpus_writer_finish(struct corpus_writer *w, enum status s, json_t *root)
{
	if (s == STATUS_OK)
		return corpus_writer_close(w, root);
	corpus_writer_abandon(w);
	return s;
}
