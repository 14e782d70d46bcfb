/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kernels_tiles.h - EACH_ROW_n(F): F(0) F(1) .. F(n - 1), for the rows of a tile of sums.
 *
 * The sums of a tile must live in registers.  Variables with names of their own do; of an array
 * gcc 12 keeps a copy in memory.
 */
#ifndef TWOPART_KERNELS_TILES_H
#define TWOPART_KERNELS_TILES_H

#define EACH_ROW_1(F) F(0)
#define EACH_ROW_2(F) EACH_ROW_1(F) F(1)
#define EACH_ROW_3(F) EACH_ROW_2(F) F(2)
#define EACH_ROW_4(F) EACH_ROW_3(F) F(3)
#define EACH_ROW_5(F) EACH_ROW_4(F) F(4)
#define EACH_ROW_6(F) EACH_ROW_5(F) F(5)
#define EACH_ROW_7(F) EACH_ROW_6(F) F(6)
#define EACH_ROW_8(F) EACH_ROW_7(F) F(7)
#define EACH_ROW_9(F) EACH_ROW_8(F) F(8)
#define EACH_ROW_10(F) EACH_ROW_9(F) F(9)
#define EACH_ROW_11(F) EACH_ROW_10(F) F(10)
#define EACH_ROW_12(F) EACH_ROW_11(F) F(11)

#endif
