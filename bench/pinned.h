/* SPDX-License-Identifier: BSD-2-Clause
 *
 * pinned.h - suites that never change: corpora by their parameters, digests and known optimum.
 *
 * Results can be laid side by side when they are about the same bytes.  A pinned suite says which
 * bytes: every option of the generator is spelt out, so that a new default changes nothing, and the
 * digests of what it must draw stand beside it, with the code lengths that no compressor can beat
 * on average.  A generator that draws anything else, or a file that was altered, is refused.
 *
 * A suite's name ends in a version.  Corpora are never changed, added or taken away under a name:
 * that is a new suite, beside the old one.  The digest of the definition is pinned by a test.
 */
#ifndef TWOPART_PINNED_H
#define TWOPART_PINNED_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "status.h"

#define PINNED_SCHEMA 1
#define PINNED_CORPORA_MAX 16
#define PINNED_DIGEST_CHARS 17  /* XXH3-64 in hexadecimal digits, as a string */
#define PINNED_BITS_ERROR 1e-9  /* of code lengths, relative: C libraries differ in last digits */

struct pinned_corpus {
	const char *name;    /* "sk-0.5" */
	const char *why;     /* what it tells, in a line */
	const char *family;  /* of corpora */
	const char *options; /* all of the family's: "alpha=0.5,beta=1,.." */
	uint64_t digest;     /* XXH3-64 of the tokens, as uint16 little-endian */
	uint64_t text_digest, roles_digest; /* of PREFIX.txt, of PREFIX.roles */
	uint32_t world_hash; /* of prior and truth: world.h */
	uint64_t n_tokens, text_bytes;
	double known_bits, known_bits_expected, bayes_bits;
	double two_part_bits; /* 0: this family has none */
};

struct pinned_suite {
	const char *name; /* "tp-1" */
	const char *help; /* a sentence */
	size_t n_corpora;
	struct pinned_corpus corpus[PINNED_CORPORA_MAX];
};

extern const struct pinned_suite *const pinned_suites[]; /* NULL-terminated */
extern const struct pinned_suite pinned_tp1;		 /* pinned_tp1.c */

const struct pinned_suite *pinned_by_name(const char *name); /* NULL when there is none */

/* "tp-1 sk-0.5": the corpus as tables are headed. */
#define PINNED_TITLE_BYTES 64
void pinned_title(const struct pinned_suite *s, const struct pinned_corpus *c,
		  char title[PINNED_TITLE_BYTES]);

/* New object: the whole definition, with its digest.  NULL: no memory. */
json_t *pinned_json(const struct pinned_suite *s);

/* XXH3-64 of the definition without that digest, as compact JSON with sorted keys, in hexadecimal
 * digits.  STATUS_NO_MEMORY only. */
MUST_CHECK enum status pinned_digest(const struct pinned_suite *s,
				     char digest[PINNED_DIGEST_CHARS]);

/* Draw the corpus as PREFIX.*, over what is there. */
MUST_CHECK enum status pinned_generate(const struct pinned_corpus *c, const char *prefix,
				       int n_threads);

/*
 * Are the files PREFIX.* that corpus?  Tokens, text, roles, prior, truth, options and code lengths
 * are looked at.  STATUS_CORRUPT, with the file and what is wrong with it, if not.
 */
MUST_CHECK enum status pinned_check(const struct pinned_suite *s, const struct pinned_corpus *c,
				    const char *prefix);

#endif
