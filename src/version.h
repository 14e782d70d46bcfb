/* SPDX-License-Identifier: BSD-2-Clause
 *
 * version.h - the program's version.  The archive format has its own (FORMAT.md).
 */
#ifndef TWOPART_VERSION_H
#define TWOPART_VERSION_H

#define TWOPART_VERSION "0.1.0"

#endif
