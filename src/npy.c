/* SPDX-License-Identifier: BSD-2-Clause */
#include "npy.h"

#include <stdio.h>
#include <string.h>

/* Version 1.0: magic, version, length of the rest as uint16, a Python dictionary padded with spaces
 * and ended by a newline. */
void npy_header(uint8_t header[NPY_HEADER_BYTES], const char *type, uint64_t n_items)
{
	char text[NPY_HEADER_BYTES + 1], dictionary[80];
	int rest = NPY_HEADER_BYTES - 10;

	snprintf(dictionary, sizeof dictionary,
		 "{'descr': '%s', 'fortran_order': False, 'shape': (%llu,), }", type,
		 (unsigned long long)n_items);
	snprintf(text, sizeof text, "\x93NUMPY\x01%c%c%c%-*s\n", 0, rest, 0, rest - 1, dictionary);
	memcpy(header, text, NPY_HEADER_BYTES);
}
