/* SPDX-License-Identifier: BSD-2-Clause
 *
 * fixture.h - a private directory for a test program, and corpora drawn into it by the product.
 *
 * A cmocka group takes fixture_open() and fixture_close() as its setup and teardown, or calls them
 * in its own.  fixture_draw() generates a corpus over the one before it and reads it back; what
 * goes wrong on the way fails the test.  The teardown removes the files of a corpus and then the
 * directory, so it also fails when a test has left any other file.
 *
 * Functions of a header and not a library: each program then has a directory of its own without
 * passing it around, and the Makefile needs no rule for it.  Include it last: cmocka.h, which comes
 * with it, defines a macro fail().
 */
#ifndef TWOPART_TESTS_FIXTURE_H
#define TWOPART_TESTS_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "buffer.h"
#include "corpus.h"
#include "file.h"
#include "options.h"
#include "tokens.h"
#include "world.h"

#include <cmocka.h>

static char fixture_directory[] = "/tmp/twopart-test-XXXXXX";
static char fixture_prefix[sizeof fixture_directory + 8]; /* of the corpus */

/* A file of the corpus, as ".bin"; good until the fourth call after it. */
static inline const char *fixture_path(const char *suffix)
{
	static char path[4][sizeof fixture_prefix + 16];
	static unsigned turn;
	char *p = path[turn++ % 4];

	snprintf(p, sizeof path[0], "%s%s", fixture_prefix, suffix);
	return p;
}

static inline int fixture_open(void **state)
{
	(void)state;
	if (!mkdtemp(fixture_directory))
		return -1;
	snprintf(fixture_prefix, sizeof fixture_prefix, "%s/c", fixture_directory);
	return 0;
}

static inline int fixture_close(void **state)
{
	(void)state;
	for (const char *const *suffix = corpus_suffixes; *suffix; suffix++)
		unlink(fixture_path(*suffix));
	return rmdir(fixture_directory);
}

/* The options are parsed after `base`, and replace what it sets; either may be "". */
MUST_CHECK static inline enum status fixture_generate(const char *family, const char *base,
						      const char *options)
{
	const struct corpus_ops *ops = corpus_family_by_name(family);
	int64_t value[OPTIONS_MAX];
	struct corpus_request q = {.option = value, .prefix = fixture_prefix, .n_threads = 2};

	options_defaults(ops->options, value);
	assert_int_equal(options_parse(ops->options, value, base), STATUS_OK);
	assert_int_equal(options_parse(ops->options, value, options), STATUS_OK);
	return corpus_generate(ops, &q);
}

struct fixture_corpus {
	struct world *world;
	uint16_t *token; /* (n) */
	size_t n;
};

/* Generate a corpus and read it back; to be freed with fixture_free(). */
static inline struct fixture_corpus fixture_draw(const char *family, const char *base,
						 const char *options)
{
	struct fixture_corpus c = {0};
	struct buffer bytes = {0};

	assert_int_equal(fixture_generate(family, base, options), STATUS_OK);
	assert_int_equal(world_load(&c.world, fixture_path(".json")), STATUS_OK);
	assert_int_equal(file_read(fixture_path(".bin"), &bytes, NULL), STATUS_OK);
	assert_int_equal(tokens_read(bytes.data, bytes.size_bytes, &c.token, &c.n), STATUS_OK);
	buffer_free(&bytes);
	return c;
}

static inline void fixture_free(struct fixture_corpus *c)
{
	world_free(c->world);
	free(c->token);
}

#endif
