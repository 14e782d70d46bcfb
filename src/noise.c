/* SPDX-License-Identifier: BSD-2-Clause */
#include "noise.h"

#include <stdlib.h>

#define WINDOW_BYTES 32768
#define BACK_MAX 4          /* how far back a byte is compared */
#define N_STATISTICS (BACK_MAX + 3)
#define CELLS 256           /* of a statistic: all of them equally probable in noise */

#define TAIL_BYTES_MIN 1024 /* of a last window that is looked at by itself */

/* Chi square of 255 degrees of freedom: mean 255, standard deviation 22.6; six of these above it is
 * chance once in ten million windows. */
#define CHI_SQUARE_MAX 391

/* Over the whole, deviations worth 0.02 % are allowed: chi square / (2 ln 2) bits. */
#define WHOLE_BYTES_PER_CHI_SQUARE 450

#define REPEAT_BYTES 8
#define SAMPLE_LOG2 6       /* one place in 64 is remembered */
#define TABLE_LOG2_MAX 18

struct counts {
	uint32_t cell[N_STATISTICS][CELLS];
};

/* data[-BACK_MAX] is the first byte that is looked at, but not counted. */
static void count(struct counts *c, const uint8_t *data, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const uint8_t *at = data + i;

		c->cell[0][at[0]]++;
		for (unsigned back = 1; back <= BACK_MAX; back++)
			c->cell[back][(uint8_t)(at[0] - at[-(int)back])]++;
		c->cell[BACK_MAX + 1][(at[-1] & 0xf0) | at[0] >> 4]++;
		c->cell[BACK_MAX + 2][(uint8_t)(at[-1] << 4) | (at[0] & 0x0f)]++;
	}
}

/* Is chi square, 256 / n * sum of squares - n, at most `most` in all statistics of n bytes? */
static bool is_even(const struct counts *c, size_t n, uint64_t most)
{
	for (unsigned s = 0; s < N_STATISTICS; s++) {
		uint64_t squares = 0;

		for (unsigned i = 0; i < CELLS; i++)
			squares += (uint64_t)c->cell[s][i] * c->cell[s][i];
		if (squares > (n + most) * n / CELLS)
			return false;
	}
	return true;
}

static void add(struct counts *sum, const struct counts *c)
{
	for (unsigned s = 0; s < N_STATISTICS; s++)
		for (unsigned i = 0; i < CELLS; i++)
			sum->cell[s][i] += c->cell[s][i];
}

static bool has_even_values(const uint8_t *data, size_t size_bytes)
{
	struct counts whole = {0};
	size_t counted = size_bytes - BACK_MAX;

	for (size_t at = BACK_MAX; at < size_bytes; at += WINDOW_BYTES) {
		size_t n = size_bytes - at < WINDOW_BYTES ? size_bytes - at : WINDOW_BYTES;
		struct counts window = {0};

		count(&window, data + at, n);
		if (n >= TAIL_BYTES_MIN && !is_even(&window, n, CHI_SQUARE_MAX))
			return false;
		add(&whole, &window);
	}
	return is_even(&whole, counted, CHI_SQUARE_MAX + counted / WHOLE_BYTES_PER_CHI_SQUARE);
}

/* Little-endian, spelled out: the same bytes are remembered on every machine. */
static uint64_t load(const uint8_t *at)
{
	return (uint64_t)at[7] << 56 | (uint64_t)at[6] << 48 | (uint64_t)at[5] << 40 |
	       (uint64_t)at[4] << 32 | (uint64_t)at[3] << 24 | (uint64_t)at[2] << 16 |
	       (uint64_t)at[1] << 8 | at[0];
}

/* Do eight bytes at a remembered place come again? */
static bool has_repeat(const uint8_t *data, size_t size_bytes, uint64_t *table, unsigned log2)
{
	for (size_t at = 0; at + REPEAT_BYTES <= size_bytes; at++) {
		uint64_t bytes = load(data + at), hash = bytes * 0x9e3779b97f4a7c15u;

		if (hash >> (64 - SAMPLE_LOG2))
			continue;
		uint64_t *place = &table[hash >> (64 - SAMPLE_LOG2 - log2)];

		if (*place == bytes && bytes)
			return true;
		*place = bytes;
	}
	return false;
}

bool noise_recognise(const uint8_t *data, size_t size_bytes)
{
	unsigned log2 = 10;

	if (size_bytes < NOISE_BYTES_MIN || size_bytes > INT32_MAX ||
	    !has_even_values(data, size_bytes))
		return false;
	while (log2 < TABLE_LOG2_MAX && size_bytes >> SAMPLE_LOG2 >> log2)
		log2++;
	uint64_t *table = calloc((size_t)1 << log2, sizeof *table);
	bool noise = table && !has_repeat(data, size_bytes, table, log2);

	free(table);
	return noise;
}
