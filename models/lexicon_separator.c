/* SPDX-License-Identifier: BSD-2-Clause
 *
 * lexicon_separator.c - which token ends sentences?
 *
 * The gaps between a token's occurrences tell: a word that comes and goes by itself has geometric
 * gaps, so knowing how long it has been away says nothing of whether it comes now.  Sentences have
 * a shortest, a longest and a usual length, so for the token that ends them the distance since the
 * last one saves bits at every position.  The token that saves most is the separator, if the saving
 * pays for the table of hazards.  Cost: a pass over the newest WINDOW tokens for each candidate.
 */
#include <stdlib.h>
#include <string.h>

#include "elementary.h"
#include "lexicon_past.h"

#define WINDOW ((size_t)1 << 17)
#define CANDIDATES 12u
#define COUNT_MIN 12u
#define GAPS 128u       /* longer gaps share the last entry */
#define GAP_MEAN_MIN 3u /* a sentence has two words and its end */
#define SAVING_MIN 0.01 /* bits a token */

/* Bits of a yes-or-no question asked `n` times, `yes` of them true. */
static double entropy_bits(double yes, double n)
{
	double no = n - yes;

	if (yes <= 0 || no <= 0)
		return 0;
	return n * elementary_lg(n) - yes * elementary_lg(yes) - no * elementary_lg(no);
}

/* What the distance since the last `symbol` saves of the question whether it comes now. */
static double gap_saving(const uint16_t *token, size_t n, uint32_t symbol)
{
	double asked[GAPS] = {0}, came[GAPS] = {0}, total_asked = 0, total_came = 0, saving;
	uint32_t gap = 0, n_gaps = 0;

	for (size_t i = 0; i < n; i++) {
		bool is = token[i] == symbol;

		asked[gap]++;
		came[gap] += is;
		gap = is ? 0 : gap + (gap < GAPS - 1);
	}
	for (uint32_t g = 0; g < GAPS; g++) {
		total_asked += asked[g];
		total_came += came[g];
	}
	saving = entropy_bits(total_came, total_asked);
	for (uint32_t g = 0; g < GAPS; g++) {
		saving -= entropy_bits(came[g], asked[g]);
		n_gaps += asked[g] > 0;
	}
	return saving - 0.5 * n_gaps * elementary_lg(total_asked);
}

static uint32_t most_frequent(const uint32_t *count, uint32_t n_symbols)
{
	uint32_t best = 0;

	for (uint32_t s = 1; s < n_symbols; s++)
		if (count[s] > count[best])
			best = s;
	return best;
}

enum status lexicon_separator(const uint16_t *token, size_t n, uint32_t n_symbols,
			      uint32_t *separator)
{
	uint32_t *count = calloc(n_symbols, sizeof *count);
	double best;

	*separator = LEXICON_NONE;
	if (!count)
		return fail_no_memory();
	if (n > WINDOW) {
		token += n - WINDOW;
		n = WINDOW;
	}
	best = SAVING_MIN * (double)n;
	for (size_t i = 0; i < n; i++)
		count[token[i]]++;
	for (unsigned i = 0; i < CANDIDATES; i++) {
		uint32_t symbol = most_frequent(count, n_symbols);
		double saving;

		if (count[symbol] < COUNT_MIN)
			break;
		if (count[symbol] > n / GAP_MEAN_MIN) {
			count[symbol] = 0;
			continue;
		}
		count[symbol] = 0;
		saving = gap_saving(token, n, symbol);
		if (saving > best) {
			best = saving;
			*separator = symbol;
		}
	}
	free(count);
	return STATUS_OK;
}
