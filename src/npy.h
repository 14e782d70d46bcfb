/* SPDX-License-Identifier: BSD-2-Clause
 *
 * npy.h - the header of a NumPy array of one dimension; the numbers follow it as they are.
 */
#ifndef TWOPART_NPY_H
#define TWOPART_NPY_H

#include <stdint.h>

#define NPY_HEADER_BYTES 128 /* enough for any count, and a multiple of 64 as NumPy wishes */

/* `type` as NumPy spells it: "<u2", "<f8". */
void npy_header(uint8_t header[NPY_HEADER_BYTES], const char *type, uint64_t n_items);

#endif
