/* SPDX-License-Identifier: BSD-2-Clause */
#include "mix_level.h"

/* Numbers of mix_contexts[], in its order. */
enum { O0, O1, O2, O3, O4, O5, O6, O7, WORD, WORDS2, WORDS3, WORDS_SKIP, SPACING, COLUMN, ABOVE,
       LINE, AFTER1, AFTER2, SKIP1, SKIP2, B13, B1256, UPPER, REC1, REC2, WORD32, KEY, SENTENCE,
       SHAPE, SKELETON, WORDS_SKIP2, WORDS4, AFTER_WORD, WORD_COLUMN, NUMBERS };
_Static_assert(NUMBERS == MIX_CONTEXT_NUMBERS, "as many as mix_contexts[]");

#define SMALL                                                                                      \
	{                                                                                          \
		{O1, O2, O3, WORD},                                                                \
		{O1, O2, O3, SKIP2},                                                               \
	}
#define MEDIUM                                                                                     \
	{                                                                                          \
		{O1, O2, O4, O6, WORD, SENTENCE, WORDS3, KEY},                                     \
		{O1, O2, O3, O4, O6, SKIP1, SKIP2, AFTER2},                                        \
	}
#define LARGE                                                                                      \
	{                                                                                          \
		{O0, O1, O2, O3, O4, O5, O6, O7, WORD, WORDS2, WORDS3, WORDS_SKIP, SPACING,        \
		 COLUMN, ABOVE, LINE, AFTER1, AFTER2, SKIP1, KEY, B13, REC1},                      \
		{O0, O1, O2, O3, O4, O5, O6, O7, WORD, WORDS2, ABOVE, AFTER1, AFTER2, SKIP1,       \
		 SKIP2, B13, B1256, UPPER, REC1, REC2, WORD32, COLUMN},                            \
	}

#define DEEP                                                                                       \
	{                                                                                          \
		{O0, O1, O2, O3, O4, O5, O6, O7, WORD, WORDS2, WORDS3, WORDS_SKIP, SPACING,        \
		 COLUMN, ABOVE, LINE, AFTER1, AFTER2, SKIP1, KEY, B13, REC1, SENTENCE, SHAPE,      \
		 SKELETON, WORDS_SKIP2, WORDS4, AFTER_WORD, WORD_COLUMN},                          \
		{O0, O1, O2, O3, O4, O5, O6, O7, WORD, WORDS2, ABOVE, AFTER1, AFTER2, SKIP1,       \
		 SKIP2, B13, B1256, UPPER, REC1, REC2, WORD32, COLUMN, KEY, LINE, SPACING,         \
		 SHAPE, WORDS3, WORDS_SKIP, AFTER_WORD},                                           \
	}

/* All but one in n. */
#define BUT_ONE_IN(n) ((1 << 22) - (1 << 22) / (n))

const struct mix_level mix_levels[MIX_LEVEL_NEURAL] = {
    {MIX_SHAPE_SMALL, 22, 18, {5, 16}, BUT_ONE_IN(64), 0.25f, 1 << 24, SMALL},
    {MIX_SHAPE_SMALL, 24, 20, {6, 16}, BUT_ONE_IN(256), 0.3f, 1 << 24, SMALL},
    {MIX_SHAPE_SMALL, 26, 22, {6, 22}, BUT_ONE_IN(256), 0.5f, 1 << 25, SMALL},
    {MIX_SHAPE_MEDIUM, 25, 21, {6, 22}, BUT_ONE_IN(256), 0, 1 << 25, MEDIUM},
    {MIX_SHAPE_MEDIUM, 27, 23, {6, 22}, BUT_ONE_IN(64), 0, 1 << 26, MEDIUM},
    {MIX_SHAPE_MEDIUM, 28, 24, {6, 22}, BUT_ONE_IN(4096), 0, 1 << 26, MEDIUM},
    {MIX_SHAPE_LARGE, 27, 23, {6, 22}, BUT_ONE_IN(1024), 0, 1 << 26, LARGE},
    {MIX_SHAPE_LARGE, 28, 24, {6, 22}, BUT_ONE_IN(4096), 0, 1 << 26, LARGE},
    {MIX_SHAPE_LARGE, 29, 24, {6, 22}, BUT_ONE_IN(4096), 0, 1 << 27, LARGE},
    {MIX_SHAPE_NEURAL, 29, 24, {6, 22}, BUT_ONE_IN(4096), 0, 0, DEEP},
};
