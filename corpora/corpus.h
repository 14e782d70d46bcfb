/* SPDX-License-Identifier: BSD-2-Clause
 *
 * corpus.h - what a family of corpora implements, and how a corpus is written.
 *
 * A corpus PREFIX is a set of files:
 *   PREFIX.bin    tokens, llm.c layout: 256 little-endian int32 (magic 20240520, version 1, token
 *                 count, zeros), then uint16 tokens
 *   PREFIX.txt    the same tokens as text: one word each, a sentence a line; one-to-one
 *   PREFIX.vocab  word of token i in line i
 *   PREFIX.roles  one byte a token: role | frequency class << 4
 *   PREFIX.json   the world (world.h)
 *   PREFIX.npy    tokens as a NumPy uint16 array, on request
 */
#ifndef TWOPART_CORPUS_H
#define TWOPART_CORPUS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "options.h"
#include "status.h"
#include "world.h"

enum token_role {
	ROLE_SYNTAX = 0,        /* function words and sentence ends */
	ROLE_NAME = 1,          /* parts of an element's name */
	ROLE_FIRST_FACT = 2,    /* attribute value not stated before for its element */
	ROLE_REPEATED_FACT = 3, /* stated before */
};

/* Called now and then while a corpus is written: sentences, or tokens where there are none. */
typedef void corpus_progress(void *context, uint64_t done, uint64_t n);

struct corpus_request {
	const int64_t *option; /* (as many as the family's table), validated */
	const char *input;     /* family `file`: what to read; else NULL */
	const char *prefix;
	int n_threads; /* never changes a byte */
	bool npy;
	corpus_progress *progress; /* may be NULL */
	void *progress_context;
};

struct corpus_ops {
	const char *name;
	const char *summary;
	const struct option_spec *options;
	bool needs_input;
	bool has_sentences; /* each ended by CORPUS_END_TOKEN */

	MUST_CHECK enum status (*generate)(const struct corpus_request *q);

	/*
	 * The bounds of these tokens (digest already checked) as a JSON object of numbers in bits:
	 * known_bits, known_bits_expected, bayes_bits and the parts of the latter.
	 * STATUS_CORRUPT: tokens that the world has not, whatever the digest says.
	 */
	MUST_CHECK enum status (*bounds)(const struct world *w, const uint16_t *token,
					 uint64_t n_tokens, json_t **out);
};

#define CORPUS_END_TOKEN 0

extern const struct corpus_ops *const corpus_families[]; /* NULL-terminated; corpora.c */
const struct corpus_ops *corpus_family_by_name(const char *name);

/* Is the world's family known, and one with sentences? */
bool corpus_has_sentences(const struct world *w);

/* family->generate() under round-to-nearest and with subnormal numbers, whatever the caller has
 * set: the same request gives the same bytes. */
MUST_CHECK enum status corpus_generate(const struct corpus_ops *family,
				       const struct corpus_request *q);

extern const char *const corpus_suffixes[]; /* ".bin", .. of all files; NULL-terminated; writer.c */

/*
 * Writing PREFIX.*: open, put tokens in order, close.  Everything goes to temporary names and is
 * renamed by corpus_writer_close(); corpus_writer_abandon() removes what was begun.
 */
struct corpus_writer;

struct corpus_layout {
	const char *prefix;
	const char *const *word; /* (vocab) text of each token, not needed after the opening;
				    NULL: the text is the tokens' own bytes (1 each if vocab
				    <= 256, else 2) and the vocabulary their hexadecimal names */
	uint32_t vocab;
	int32_t end_token;       /* ends a line of the text; -1 = none */
	bool silent_end;         /* .. and is nothing but the line's end */
	bool spaced;             /* words are separated by spaces .. */
	uint32_t n_marks;        /* .. but for tokens 1 .. n_marks, attached to the word before */
	uint32_t stop_token;     /* a capital follows it too; 0 = none */
	bool npy;
	corpus_progress *progress; /* may be NULL; as the next two from the request */
	void *progress_context;
	uint64_t n_expected; /* sentences, or tokens without an end token, 0 = unknown */
};

/* What the request says of it, without end token; words, vocab and the rest are to be filled in. */
struct corpus_layout corpus_layout_of(const struct corpus_request *q, uint64_t n_expected);

MUST_CHECK enum status corpus_writer_open(struct corpus_writer **out,
					  const struct corpus_layout *l);

/* role may be NULL (all syntax). */
MUST_CHECK enum status corpus_writer_put(struct corpus_writer *w, const uint16_t *token,
					 const uint8_t *role, size_t n);

/*
 * Write PREFIX.json with `corpus` filled in from what was put, rename everything, free.  Steals no
 * references.  `root` must hold family, prior, generator, truth and code_lengths already.
 */
MUST_CHECK enum status corpus_writer_close(struct corpus_writer *w, json_t *root);
void corpus_writer_abandon(struct corpus_writer *w); /* NULL is fine */

/* Close after success, abandon after the failure `s`; the result of it all. */
MUST_CHECK enum status corpus_writer_finish(struct corpus_writer *w, enum status s, json_t *root);

/* A new world object with format, schema, family, and generator = {every option by name}. */
json_t *corpus_world_new(const char *family, const struct option_spec *table,
			 const int64_t *value);

#endif
