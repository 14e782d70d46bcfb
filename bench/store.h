/* SPDX-License-Identifier: BSD-2-Clause
 *
 * store.h - where results are kept: an SQLite file, one row a cell.
 *
 *      result(key TEXT PRIMARY KEY, machine TEXT, finished TEXT, outcome TEXT, body TEXT)
 *
 * `body` is the JSON of result.h; for whoever asks with SQL, the view `measured` has its members as
 * columns, and `repetition` a row for each of its repetitions.  Every change is a transaction:
 * after a kill at any moment each result is there whole or not at all.  Several processes may use
 * one store; a writer waits for another.  In a process one thread at a time uses it.
 */
#ifndef TWOPART_STORE_H
#define TWOPART_STORE_H

#include <stdbool.h>
#include <stdio.h>

#include "result.h"
#include "status.h"

struct store;

/* Open the file, or make it; NULL: in memory, gone when closed.  STATUS_CORRUPT: the file is
 * something else, or of a version that is not known. */
MUST_CHECK enum status store_open(struct store **out, const char *path);
void store_close(struct store *s); /* NULL is fine */

/* Open for reading only what `path` holds: a store, or lines of JSON (in memory then); "-" is
 * standard input. */
MUST_CHECK enum status store_open_reading(struct store **out, const char *path);

/* *found says whether it is there; if so, the caller frees *r. */
MUST_CHECK enum status store_get(struct store *s, const char *key, struct result *r, bool *found);

/* Insert it, or let it take the place of an earlier state of the same cell. */
MUST_CHECK enum status store_put(struct store *s, const struct result *r);

/* Insert each line's result that is not there yet; of two with one key the one with more
 * repetitions stays, then the later one, so that the order of merging does not matter.  Nothing is
 * changed when one line is wrong.  Adds to the counts; what takes another's place is new. */
MUST_CHECK enum status store_merge(struct store *s, FILE *lines, const char *name, size_t *n_new,
				   size_t *n_known);

/* The same with all that another store holds. */
MUST_CHECK enum status store_merge_store(struct store *s, struct store *from, size_t *n_new,
					 size_t *n_known);

/* All results, by corpus, machine and name: the same order for the same contents.  The caller frees
 * each and the array: store_free_all(). */
MUST_CHECK enum status store_all(struct store *s, struct result **out, size_t *n);
void store_free_all(struct result *all, size_t n); /* NULL and 0 are fine */

/* All results as JSON, a line each, in that order. */
MUST_CHECK enum status store_export(struct store *s, FILE *to);

#endif
