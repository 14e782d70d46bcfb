/* SPDX-License-Identifier: BSD-2-Clause
 *
 * mix_tokens.c - the token half of `mix`: life, and when the past is looked at anew.
 *
 * Lexicons are learnt at n/2, n/4, n/8 .. of the n tokens there will be, so that going through the
 * past again costs at most n tokens in all and the last lexicon serves for half of them; in long
 * streams at every second of these times, as a lexicon of millions of tokens improves slowly.
 * Counts are then filled by the whole past; what the mixer has learnt is kept.
 */
#include "mix_tokens.h"

#include <stdlib.h>
#include <string.h>

#include "mix_observer.h"
#include "mix_tokens_state.h"
#include "predictor.h"

#define FIRST_LEXICON 128u
#define SLOW_TOKENS ((uint64_t)1 << 21) /* beyond, a lexicon must be four times the last */
#define LOG2_MIN 8
#define BUCKETS_A_TOKEN 2
#define TOKENS_A_SUBJECT 8

static void lay_out_subjects(struct mix_tokens *m, struct arena *a)
{
	struct subjects *s = &m->subjects;

	s->log2 = fitting_log2(m->n_max / TOKENS_A_SUBJECT, LOG2_MIN, 18);
	s->subject = arena_take(a, (uint64_t)1 << s->log2, sizeof *s->subject);
	s->listed = arena_take(a, (uint64_t)m->n_symbols * SUBJECT_LISTED, sizeof *s->listed);
}

static void lay_out(struct mix_tokens *m, struct arena *a, uint64_t memory_max_bytes)
{
	unsigned buckets_most = LOG2_MIN;

	while (buckets_most < 40 && (uint64_t)(BUCKET_SLOTS * sizeof(uint32_t)) <<
					    (buckets_most + 1) <= memory_max_bytes)
		buckets_most++;
	m->buckets_log2 = fitting_log2(BUCKETS_A_TOKEN * m->n_max, LOG2_MIN, buckets_most);
	m->pairs_log2 = fitting_log2(m->n_max, LOG2_MIN, 20);
	m->facts_log2 = fitting_log2(m->n_max, LOG2_MIN, 20);
	m->memory_log2 = fitting_log2(m->n_max, LOG2_MIN, 20);
	m->latent_log2 = fitting_log2(m->n_max, LOG2_MIN, 20);
	m->places_log2 = fitting_log2(m->n_max, LOG2_MIN, 18);
	m->bucket = arena_take(a, (uint64_t)BUCKET_SLOTS << m->buckets_log2, sizeof *m->bucket);
	m->pair_count = arena_take(a, (uint64_t)1 << m->pairs_log2, sizeof *m->pair_count);
	m->fact = arena_take(a, (uint64_t)1 << m->facts_log2, sizeof *m->fact);
	m->said = arena_take(a, (uint64_t)1 << m->facts_log2, sizeof *m->said);
	m->latent_slot = arena_take(a, (uint64_t)2 << m->latent_log2, sizeof *m->latent_slot);
	m->memory = arena_take(a, (uint64_t)1 << m->memory_log2, sizeof *m->memory);
	m->place = arena_take(a, (uint64_t)1 << m->places_log2, sizeof *m->place);
	m->role = arena_take(a, ((uint64_t)1 << m->places_log2) + 1, sizeof *m->role);
	m->refined = arena_take(a, REFINED_NODES, sizeof *m->refined);
	if (m->has_subjects)
		lay_out_subjects(m, a);
	m->count = arena_take(a, m->n_symbols, sizeof *m->count);
	m->unknown = arena_take(a, (uint64_t)2 << 16, sizeof *m->unknown);
	m->token = arena_take(a, m->n_max, sizeof *m->token);
	for (unsigned s = 0; s < TOKEN_SETS; s++) {
		m->weight[s] = arena_take(a, (uint64_t)token_set_size[s] * TOKEN_INPUTS,
					  sizeof *m->weight[s]);
		m->n_learnt[s] = arena_take(a, token_set_size[s], sizeof *m->n_learnt[s]);
	}
}

/* What was counted with the lexicon before means nothing with the new one. */
static void forget(struct mix_tokens *m)
{
	memset(m->bucket, 0, (BUCKET_SLOTS * sizeof *m->bucket) << m->buckets_log2);
	memset(m->pair_count, 0, sizeof *m->pair_count << m->pairs_log2);
	memset(m->fact, 0, sizeof *m->fact << m->facts_log2);
	memset(m->said, 0, sizeof *m->said << m->facts_log2);
	for (uint64_t i = 0; i < (uint64_t)1 << m->latent_log2; i++) {
		m->latent_slot[i] = SLOT_FRESH;
		m->latent_slot[i + ((uint64_t)1 << m->latent_log2)] = 0;
	}
	memset(m->memory, 0, sizeof *m->memory << m->memory_log2);
	memset(m->place, 0, sizeof *m->place << m->places_log2);
	memset(m->role, 0, (((size_t)1 << m->places_log2) + 1) * sizeof *m->role);
	memset(m->count, 0, m->n_symbols * sizeof *m->count);
	memset(m->bond, 0, sizeof m->bond);
	for (uint32_t i = 0; i < 2 * m->lexicon->n_nodes; i++)
		m->node_slot[i] = SLOT_FRESH;
	token_subject_forget(m);
	token_refinement_start(m);
	token_ids_start(m);
	token_past_start(m);
	m->last_escaped = false;
}

/* When to learn a lexicon next: never is UINT64_MAX. */
static uint64_t next_time(const struct mix_tokens *m)
{
	uint64_t next = UINT64_MAX;

	for (uint64_t t = m->n_max / 2; t > m->n && t >= FIRST_LEXICON;
	     t /= t > SLOW_TOKENS ? 4 : 2)
		next = t;
	return next;
}

static enum status learn_lexicon(struct mix_tokens *m)
{
	struct lexicon *lexicon;

	TRY(lexicon_learn(&lexicon, m->lexicon, m->token, m->n, m->n_symbols, m->has_subjects));
	lexicon_free(m->lexicon);
	m->lexicon = lexicon;
	free(m->node_slot);
	m->node_slot = malloc(2 * (size_t)lexicon->n_nodes * sizeof *m->node_slot);
	if (!m->node_slot)
		return fail_no_memory();
	TRY(token_shape_learn(m));
	TRY(token_fresh_start(m));
	forget(m);
	m->replaying = true;
	for (uint64_t i = 0; i < m->n; i++) {
		token_spell(m, NULL, m->token[i]);
		token_past_learn(m, m->token[i]);
	}
	m->replaying = false;
	m->next_lexicon = next_time(m);
	return m->network ? token_network_lexicon(m->network, lexicon) : STATUS_OK;
}

static void roots_build(struct mix_tokens *m)
{
	for (unsigned i = 1; i < ROOTS; i++) {
		float x = (float)i;

		for (unsigned k = 0; k < 20; k++) /* Newton */
			x = 0.5f * (x + (float)i / x);
		m->root[i] = x;
	}
}

static void set_up(struct mix_tokens *m, const struct mix_tokens_setup *setup)
{
	m->n_symbols = setup->n_symbols;
	m->n_max = setup->n_max;
	m->has_subjects = setup->subjects;
}

enum status mix_tokens_open(struct mix_tokens **out, const struct mix_tokens_setup *setup,
			    const struct mix_form *form, struct online *network)
{
	struct mix_tokens *m = calloc(1, sizeof *m);
	struct arena arena = {0};
	enum status status;

	if (!m)
		return fail_no_memory();
	set_up(m, setup);
	m->form = form;
	lay_out(m, &arena, setup->memory_max_bytes);
	status = arena_open(&arena, arena.used_bytes);
	if (status == STATUS_OK) {
		lay_out(m, &arena, setup->memory_max_bytes);
		token_tables_build(m);
		roots_build(m);
		if (network)
			status = token_network_open(&m->network, network, m->n_symbols);
	}
	if (status == STATUS_OK) {
		status = learn_lexicon(m); /* of nothing */
	}
	if (status != STATUS_OK) {
		mix_tokens_close(m);
		return status;
	}
	*out = m;
	return STATUS_OK;
}

void mix_tokens_close(struct mix_tokens *m)
{
	if (!m)
		return;
	lexicon_free(m->lexicon);
	token_network_close(m->network);
	free(m->node_slot);
	free(m->even);
	free(m->fresh);
	free(m->bucket); /* the arena's first */
	free(m);
}

/* Archives hold the estimate: the same number on every machine, so not sizeof. */
#define STATE_BYTES ((uint64_t)1 << 19)
#define NODE_BYTES 28u /* in a topic's tree, and of the tree of all words in its weights */
#define SHAPE_BYTES 256u /* a symbol, while its classes are looked at */
_Static_assert(sizeof(struct mix_tokens) <= STATE_BYTES, "STATE_BYTES");

uint64_t mix_tokens_memory(const struct mix_tokens_setup *setup)
{
	uint32_t n_symbols = setup->n_symbols;
	uint64_t n_max = setup->n_max;
	struct mix_tokens *m = calloc(1, sizeof *m); /* too large for a small stack */
	struct arena a = {0};
	uint64_t n_known = n_symbols < n_max ? n_symbols : n_max;

	if (!m)
		return PREDICTOR_MEMORY_UNKNOWN;
	set_up(m, setup);
	lay_out(m, &a, setup->memory_max_bytes);
	free(m);
	return STATE_BYTES + arena_bytes(a.used_bytes) +
	       lexicon_memory_bytes(n_max / 2, n_symbols) + n_symbols * SHAPE_BYTES +
	       (LEXICON_TOPICS_MAX + 1) * (n_known + 1) * NODE_BYTES;
}

const char *mix_tokens_input(unsigned k)
{
	/* Of each context: what it is for the class / for the word in the class. */
	static const char *const name[TOKEN_CONTEXTS + TOKEN_MEMORIES] = {
	    "the tree's node alone",
	    "the sentence's classes / key and role",
	    "three classes / key",
	    "two classes / two words",
	    "a word / class before",
	    "two words / the sentence's classes",
	    "key and role / last of the class",
	    "roles stated or key / and the word before",
	    "sentences or topics / roles and place",
	    "memory: the word before",
	    "memory: key and role",
	    "memory: rarest word and role",
	    "memory: key and class",
	    "memory: rarest word and class",
	};

	return k > 0 && k <= TOKEN_CONTEXTS + TOKEN_MEMORIES ? name[k - 1] : NULL;
}

void mix_tokens_silence(struct mix_tokens *m, unsigned k)
{
	m->silent = mix_tokens_input(k) ? (uint32_t)1 << (k - 1) : 0;
}

void mix_tokens_observe(struct mix_tokens *m, struct mix_observer *o)
{
	for (unsigned k = 0; k < OPINION_LATENT; k++)
		o->name[k] = mix_tokens_input(k + 1);
	o->name[OPINION_LATENT] = "what the sentence may be about";
	o->name[OPINION_EVEN] = "how many words are below";
	o->name[OPINION_SUBJECT] = "whom the sentence may be about";
	o->name[OPINION_NETWORK] = "network";
	o->name[OPINION_CONSTANT] = "constant";
	o->n_names = TOKEN_OPINIONS;
	m->observer = o;
}

uint32_t mix_tokens_code(struct mix_tokens *m, struct bit_channel *c, uint32_t symbol,
			 enum status *failed)
{
	symbol = token_spell(m, c, symbol < m->n_symbols ? symbol : 0);
	token_past_learn(m, symbol);
	m->token[m->n++] = (uint16_t)symbol;
	if (m->network)
		token_network_tell(m->network, symbol);
	if (m->n >= m->next_lexicon)
		*failed = learn_lexicon(m);
	if (m->respelt)
		*failed = fail(STATUS_CORRUPT, "damaged: no encoder spells a token like this");
	return symbol;
}
