/* SPDX-License-Identifier: BSD-2-Clause
 *
 * record.h - a struct as a JSON object and back, by a table that names its members.
 *
 * One table serves writing, reading and digests, so that a member cannot be written and forgotten
 * when read.  What is read comes from other machines and other people: every member must be there,
 * of its type and in its range, and nothing else may be.
 */
#ifndef TWOPART_RECORD_H
#define TWOPART_RECORD_H

#include <jansson.h>
#include <stddef.h>

#include "status.h"

enum member_kind {
	MEMBER_TEXT,   /* char array, ended */
	MEMBER_WHOLE,  /* double, a whole number from 0 to 2^53, or NaN */
	MEMBER_REAL,   /* double, finite, not negative, or NaN */
	MEMBER_SIGNED, /* double, finite, or NaN */
	MEMBER_FLAG,   /* bool */
	MEMBER_COUNT,  /* unsigned, below 2^31 */
	MEMBER_BYTES,  /* uint64_t, below 2^63 */
};

struct member {
	const char *name; /* NULL ends the table */
	enum member_kind kind;
	size_t offset;
	size_t size_bytes; /* of the text's array */
};

#define MEMBER(struct_name, member_name, member_kind)                                              \
	{                                                                                          \
		.name = #member_name, .kind = (member_kind),                                       \
		.offset = offsetof(struct struct_name, member_name),                               \
		.size_bytes = sizeof((struct struct_name *)NULL)->member_name                      \
	}

/* New object of all members; numbers that are not finite are null.  NULL: no memory. */
json_t *record_json(const struct member *table, const void *from);

/* STATUS_CORRUPT, "WHAT: .." saying what is wrong, unless it is an object of just these members
 * and `n_others` more, which are the caller's to look at. */
MUST_CHECK enum status record_parse(const struct member *table, const json_t *object,
				    const char *what, size_t n_others, void *to);

/* Replace bytes that are no part of a character, which JSON cannot hold, by '?'. */
void record_clean(char *text);

#endif
