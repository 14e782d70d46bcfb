/* SPDX-License-Identifier: BSD-2-Clause
 *
 * spec.h - what one cell of the benchmark measures, said completely: the corpus, the method with
 * its options and version, and the limits.
 *
 * Two measurements may stand for each other when their specifications and their machines are the
 * same, and only then: spec_key() is a digest of both.  A corpus counts by its digest and not by
 * where it lies, so cells from several machines can be laid side by side.  What others need to
 * write one is in reports/schema/spec.schema.json.
 */
#ifndef TWOPART_SPEC_H
#define TWOPART_SPEC_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "status.h"

#define SPEC_DIGEST_CHARS 17 /* XXH3-64 in hexadecimal digits, as a string */
#define SPEC_KEY_CHARS 33    /* XXH3-128 likewise */

/* What is compressed.  Numbers that do not apply are NaN. */
struct spec_corpus {
	char title[128];
	char source[640]; /* "generate sk --seed 2": how to have it again; empty: a file */
	char digest[SPEC_DIGEST_CHARS]; /* of its tokens, or of the file */
	double n_tokens, text_bytes;    /* an ordinary file counts as text without tokens */
	double known_bits, known_bits_expected, bayes_bits, two_part_bits;
};

struct spec {
	struct spec_corpus corpus;
	char on[16];           /* the rendering: "tokens", "text", "bytes" */
	double input_bytes;    /* of that rendering */
	char name[64];         /* of the row: "mix -9" */
	char method[128];      /* "model:mix:level=9", "codec:xz -6", "fit:20:transformer",
				  "external:NAME", "coder:range"; "figure:structure" and others are
				  no codec: a document for the report (figure.h) */
	char version[96];      /* of the library with its package's revision, of the program, .. */
	char not_counted[16];  /* what the reader must hold besides: "prior", "world"; or empty */
	char compress[512], decompress[512]; /* commands of an external program, or empty */
	bool wants_regret;     /* by role, besides */
	unsigned threads;      /* of one of our models; others have one */
	unsigned limit_seconds;      /* of each direction */
	uint64_t limit_memory_bytes; /* of addresses of each process; 0: none */
};

/* New object of all members, numbers that are NaN as null; NULL: no memory. */
json_t *spec_json(const struct spec *s);

/* STATUS_CORRUPT, with what is wrong, unless it is such an object with sound values. */
MUST_CHECK enum status spec_parse(const json_t *object, struct spec *s);

bool spec_is_figure(const struct spec *s);
bool spec_is_digest(const char *text); /* 16 hexadecimal digits in lower case */

/* The digest of everything above but the titles (of the corpus, and `name`), and of the machine's
 * id (machine.h). */
void spec_key(const struct spec *s, const char *machine_id, char key[SPEC_KEY_CHARS]);

#endif
