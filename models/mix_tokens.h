/* SPDX-License-Identifier: BSD-2-Clause
 *
 * mix_tokens.h - the token half of the predictor `mix`, for alphabets of more than 256 symbols.
 *
 * Nothing is known of the tokens beforehand: a lexicon (lexicon.h) of topics, classes of words and
 * codes is learnt from the past whenever that has grown enough, by encoder and decoder alike; what
 * else is remembered is then filled anew by going through the past once more.
 */
#ifndef TWOPART_MIX_TOKENS_H
#define TWOPART_MIX_TOKENS_H

#include <stdbool.h>
#include <stdint.h>

#include "bit_channel.h"
#include "status.h"

struct mix_form;
struct mix_observer;
struct mix_tokens;
struct online;

struct mix_tokens_setup {
	uint32_t n_symbols;
	uint64_t n_max; /* tokens, each below n_symbols */
	uint64_t memory_max_bytes; /* of contexts */
	bool subjects; /* families of words (lexicon.h), and whom sentences are about */
};

/* The whole stream must go through one of these: a block of its own would begin without a lexicon.
 * `network` is asked about each decision, and told each token; NULL: there is none. */
MUST_CHECK enum status mix_tokens_open(struct mix_tokens **out,
				       const struct mix_tokens_setup *setup,
				       const struct mix_form *form, struct online *network);
void mix_tokens_close(struct mix_tokens *m); /* NULL is fine */

/* Upper estimate of the bytes of open() and of the pass over n_max tokens, or
 * PREDICTOR_MEMORY_UNKNOWN (predictor.h): there is not even memory to estimate with. */
uint64_t mix_tokens_memory(const struct mix_tokens_setup *setup);

/* The name of input k = 1, 2, ..; NULL behind the last one. */
const char *mix_tokens_input(unsigned k);
/* Let input k say nothing; 0: none. */
void mix_tokens_silence(struct mix_tokens *m, unsigned k);

/* Name the opinions to the observer (mix_observer.h), who is told from here on. */
void mix_tokens_observe(struct mix_tokens *m, struct mix_observer *o);

/* Code one token, of which `symbol` is all that is known, and learn it.  Returns it; *failed is set
 * when memory ran out, and must not be ignored. */
uint32_t mix_tokens_code(struct mix_tokens *m, struct bit_channel *c, uint32_t symbol,
			 enum status *failed);

#endif
