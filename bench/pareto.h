/* SPDX-License-Identifier: BSD-2-Clause
 *
 * pareto.h - which methods are worth having: those that no other beats in size and time at once.
 *
 * Two fronts, since what is packed once is unpacked often: total size against processor time to
 * compress, and against processor time to decompress.  Time is that of whole processes, the only
 * one that is known of other people's programs.
 */
#ifndef TWOPART_PARETO_H
#define TWOPART_PARETO_H

#include <stdbool.h>
#include <stddef.h>

#include "row.h"

/* Is a as small as b in both, and smaller in one?  Never with NaN. */
bool pareto_beats(double a_size, double a_seconds, double b_size, double b_seconds);

/*
 * Fill the member `pareto` of all rows: "enc" on the first front, "dec" on the second, "enc+dec" on
 * both, otherwise empty.  The rows of one table compete; those whose reader must be told what is
 * not counted do not, nor do bounds.  O(n_rows^2).
 */
void pareto_mark(struct row *row, size_t n_rows);

#endif
