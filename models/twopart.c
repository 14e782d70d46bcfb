/* SPDX-License-Identifier: BSD-2-Clause
 *
 * twopart.c - the predictor `twopart`: first a model of the corpus, explicit and paid for to the
 * bit, then the corpus given that model.
 *
 * The model is a description of what a Syntax-Knowledge corpus says (corpora/sk_description.h),
 * chosen by sk_choose() and written by sk_model_write(); L(M) is the bytes of it.  The data are
 * coded by the oracles' exact predictor, which believes the description instead of a world.  Both
 * halves are told the prior, as `bayes` is, so that the two can be compared: what the model costs
 * beyond `bayes` is the price of saying it before, instead of learning it from, the corpus.
 *
 * open() turns the description into the predictor of the data, which is the sk oracle's own state:
 * nothing is forwarded but the calls.
 */
#include <stdlib.h>
#include <string.h>

#include "oracle_sk.h"
#include "sk_belief.h"
#include "sk_choice.h"

/* While a model is read, one table of weights as long as the largest number in it (scribe.h): two
 * doubles each, and the old table beside the new one while it grows. */
#define READING_BYTES 24u

/* A model that may take more than this to read is not read to estimate memory: its header may be
 * forged, and nothing has been compared with a limit yet. */
#define READ_AHEAD_BYTES ((uint64_t)1 << 26)

static enum status check_family(const struct world *w)
{
	if (strcmp(w->family, oracle_sk_ops.family) == 0)
		return STATUS_OK;
	return fail(STATUS_UNSUPPORTED, "%s: family %s has no two-part code", w->path, w->family);
}

/* No sentence is shorter than a name of one part and the end. */
static uint64_t sentences_max(uint64_t n_total)
{
	return n_total / 2;
}

/* The prior and the description in front of a corpus of n_total tokens; the caller frees both. */
static enum status read_stored(const struct predictor_setup *s, uint64_t n_total,
			       struct sk_prior **prior, struct sk_description **d)
{
	TRY(check_family(s->world));
	if (!s->stored)
		return fail(STATUS_CORRUPT, "there is no stored model");
	TRY(sk_prior_load(prior, s->world->prior));
	return sk_model_read(d, *prior, sentences_max(n_total), s->stored, s->stored_bytes);
}

/* Before fit(), and for a model that is not or cannot be read, that of any of such a corpus. */
static uint64_t twopart_memory_bytes(const struct predictor_setup *s, uint64_t n_total)
{
	struct sk_description *d = NULL;
	struct sk_prior *prior = NULL;
	uint64_t n_sentences = sentences_max(n_total), bytes = 0;

	if (check_family(s->world) != STATUS_OK)
		return 0;
	enum status status = STATUS_UNSUPPORTED; /* not read */

	if (s->stored && READING_BYTES * n_sentences <= READ_AHEAD_BYTES)
		status = read_stored(s, n_total, &prior, &d);
	if (status == STATUS_OK)
		n_sentences = d->n_sentences;
	bytes = sk_belief_model_memory_bytes(s->world, d, n_total);
	if (status == STATUS_NO_MEMORY || bytes == PREDICTOR_MEMORY_UNKNOWN)
		bytes = PREDICTOR_MEMORY_UNKNOWN;
	else
		bytes += READING_BYTES * n_sentences;
	sk_description_free(d);
	sk_prior_free(prior);
	return bytes;
}

static enum status describe_tokens(const struct sk_prior *prior, const uint16_t *token, uint64_t n,
				   uint64_t model_bits_max, struct buffer *stored)
{
	double law_bits[SK_COUNT_LAWS];
	struct sk_description *d = NULL;
	struct sk_counts *counts = NULL;

	TRY(sk_counts_open(&counts, prior));
	enum status status = sk_counts_add_tokens(counts, token, n);

	if (status == STATUS_OK)
		status = sk_choose(&d, counts, model_bits_max, law_bits);
	if (status == STATUS_OK)
		status = sk_model_write(d, stored);
	sk_description_free(d);
	sk_counts_free(counts);
	return status;
}

static enum status twopart_fit(const struct predictor_setup *s, const uint16_t *symbol, uint64_t n,
			       uint64_t model_bits_max, struct buffer *stored)
{
	struct sk_prior *prior = NULL;

	TRY(check_family(s->world));
	TRY(sk_prior_load(&prior, s->world->prior));
	enum status status = describe_tokens(prior, symbol, n, model_bits_max, stored);

	sk_prior_free(prior);
	return status;
}

static enum status twopart_open(struct predictor **out, const struct predictor_setup *s)
{
	struct sk_description *d = NULL;
	struct sk_prior *prior = NULL;
	enum status status = read_stored(s, s->n_total, &prior, &d);

	if (status == STATUS_OK)
		status = oracle_sk_open_model(out, s->world, d);
	sk_description_free(d);
	sk_prior_free(prior);
	return status;
}

static void twopart_ask(struct predictor *p, struct dist *d)
{
	oracle_sk_ops.ask(p, d);
}

static uint32_t twopart_spell(struct predictor *p, uint32_t symbol)
{
	return oracle_sk_ops.spell(p, symbol);
}

static bool twopart_tell(struct predictor *p, uint32_t outcome, uint32_t *symbol)
{
	return oracle_sk_ops.tell(p, outcome, symbol);
}

static void twopart_close(struct predictor *p)
{
	oracle_sk_ops.close(p);
}

const struct predictor_ops twopart_ops = {
    .name = "twopart",
    .summary = "a stored model of an sk corpus, then the corpus given it (needs its world)",
    .id = 6,
    .needs_world = true,
    .not_counted = "prior",
    .whole_stream = true,
    .memory_bytes = twopart_memory_bytes,
    .fit = twopart_fit,
    .open = twopart_open,
    .ask = twopart_ask,
    .spell = twopart_spell,
    .tell = twopart_tell,
    .close = twopart_close,
};
