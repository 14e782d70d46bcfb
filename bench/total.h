/* SPDX-License-Identifier: BSD-2-Clause
 *
 * total.h - what each method makes of all ordinary files of a run together.
 *
 * Sizes and seconds are sums, peaks of memory are maxima.  Only a method that has a row on every
 * file has a total: the sum over those it could do would look good.
 */
#ifndef TWOPART_TOTAL_H
#define TWOPART_TOTAL_H

#include <stddef.h>

#include "row.h"

/* Write the totals behind the n_rows rows that are there, in their order, and return how many there
 * are: none for fewer than two files.  There must be room for as many again. */
size_t total_rows(struct row *row, size_t n_rows);

#endif
