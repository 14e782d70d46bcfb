/* SPDX-License-Identifier: BSD-2-Clause
 *
 * document.h - what all JSON that this program prints has in common.
 *
 * A document is one object.  Its first member, "format", says what it is (twopart-list), its
 * second, "schema", is a number that grows when a reader of the older form could not read the newer
 * one.  Both, and every other member with its unit, are described by a JSON Schema in
 * reports/schema/NAME.schema.json, which tests/test_schema.sh holds against what is printed.
 * Members stand in the order in which the code puts them, so documents can be compared as text, and
 * a number that does not apply is null: JSON has no NaN, and jansson makes no object with one.
 */
#ifndef TWOPART_DOCUMENT_H
#define TWOPART_DOCUMENT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "status.h"

/* New object: format twopart-`name`, `schema`, then `members`, which it steals.  NULL is lack of
 * memory, there as here. */
json_t *document_new(const char *name, int schema, json_t *members);

/* A real, or null for NaN and infinities. */
json_t *document_number(double value);

/* Of a document that was read, perhaps of another version: the number of that name, NaN when there
 * is none; the text, "" when there is none. */
double document_value(const json_t *object, const char *name);
const char *document_text(const json_t *object, const char *name);

/* The whole number from 0 to `most` of that name, or the whole number that a double is: false, and
 * *count 0, when there is none.  A cast of whatever else a double may be is undefined. */
bool document_count(const json_t *object, const char *name, uint64_t most, uint64_t *count);
bool document_whole(double value, uint64_t most, uint64_t *count);

/* value / n, or null when there is nothing to divide by. */
json_t *document_quotient(double value, uint64_t n);

/* Write it as a text of lines, or as one line, and free it.  NULL is lack of memory; what the file
 * does not take shows in its error flag. */
MUST_CHECK enum status document_write(json_t *document, FILE *to);
MUST_CHECK enum status document_write_line(json_t *document, FILE *to);

#endif
