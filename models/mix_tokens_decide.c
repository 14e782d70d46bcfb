/* SPDX-License-Identifier: BSD-2-Clause
 *
 * mix_tokens_decide.c - one binary decision of a token's code: what is known of it, mixed.
 *
 * Contexts count exactly: a slot is a probability that moves by 1/(n + 1.6) of its error, as the
 * source is taken to be stationary; bit histories, which forget, are better for files but not here.
 * A slot is worth two inputs of the mixer: its log-odds, less of them the fewer it has been told,
 * and what slots of this count and probability were worth in this context.  A memory is one
 * input: what its having been right so often is worth.  Where something new is said, what counts is
 * how many words are below (mix_tokens_fresh.c): another input.
 *
 * The mixer has three sets of weights, chosen by how much the best contexts may be trusted, by the
 * topic and class, and by how new what is spoken of is, and a final set over their three opinions.
 * (One layer with summed weights, as for bytes, needs 0.6 % more bits here.)  Half of the last word
 * has a map of what the mixer's probabilities were worth at the tree's node.
 */
#include "elementary.h"
#include "mix_observer.h"
#include "mix_tokens_state.h"

#define WEIGHT_START 0.05f
#define MEMORY_WEIGHT_START 0.3f
#define MAPPED_WEIGHT_START 0.15f
#define RATE 0.005f       /* of the weights in the end */
#define RATE_START 0.05f  /* more than that at first, for RATE_DECISIONS decisions of a set */
#define RATE_DECISIONS 32
#define FINAL_RATE 0.002f
#define BIAS 0.3f
#define SURPRISE_MIN 0.003f /* sum of the sets' errors below which nothing is learnt */

/* The channel wants the product of a token's probabilities to be a number.  So after so many
 * decisions, of which a token seldom has half, none is more certain than 2^-8. */
#define CERTAIN_DECISIONS 24u
#define UNCERTAIN_LEAST (BIT_PROBABILITY_ONE >> 8)

/* Inputs of the mixer: log-odds and worth of each context, a constant, the memories, what the
 * sentence may be about, all words alike, the network, and whom the sentence may be about. */
#define INPUT_WORTH TOKEN_CONTEXTS
#define INPUT_BIAS (2 * TOKEN_CONTEXTS)
#define INPUT_MEMORY (INPUT_BIAS + 1)
#define INPUT_LATENT (INPUT_MEMORY + TOKEN_MEMORIES)
#define INPUT_EVEN (INPUT_LATENT + 1)
#define INPUT_NETWORK (INPUT_EVEN + 1) /* log-odds, and what they were worth */
#define INPUT_SUBJECT (INPUT_NETWORK + 2) /* the same */
_Static_assert(INPUT_SUBJECT + 1 < TOKEN_INPUTS, "inputs");

#define REFINED_TOLD 20

#define TRUSTS 7        /* values of trust() */
#define MEMORY_TRUSTS 4

const uint32_t token_set_size[TOKEN_SETS] = {
    TOKEN_KINDS * TRUSTS * TRUSTS * MEMORY_TRUSTS,
    TOKEN_KINDS * (LEXICON_TOPICS_MAX + 1) * TOKEN_WEIGHT_CLASSES,
    TOKEN_KINDS * TOKEN_NOVELTIES * 4,
};

/* Tables ------------------------------------------------------------------------------------ */

static double log_odds(double p)
{
	return elementary_log(p / (1 - p));
}

static double odds_to_p(double x)
{
	return 1 / (1 + elementary_exp(-x));
}

static uint8_t class_of_count(uint32_t n)
{
	static const uint16_t from[MAP_COUNTS] = {0, 1, 2, 3, 4, 5, 7, 10, 15, 25, 50, 150};
	uint8_t c = MAP_COUNTS - 1;

	while (from[c] > n)
		c--;
	return c;
}

static void map_start(struct worth map[MAP_COUNTS * MAP_PROBABILITIES])
{
	for (unsigned i = 0; i < MAP_COUNTS * MAP_PROBABILITIES; i++) {
		double x = (i % MAP_PROBABILITIES + 0.5) / 2 - MAP_PROBABILITIES / 4;

		map[i].stretch = (float)x;
		map[i].p_count = (uint32_t)(odds_to_p(x) * 4194303) << COUNT_BITS | 6;
	}
}

/* Probabilities are worth what they say, as if told so a few times. */
void token_refinement_start(struct mix_tokens *m)
{
	for (unsigned j = 0; j < REFINED_CELLS; j++) {
		double x = ((double)j / (REFINED_CELLS - 1) * 2 - 1) * (double)STRETCH_MAX;
		uint32_t cell = (uint32_t)(odds_to_p(x) * 4194303) << COUNT_BITS | REFINED_TOLD;

		for (unsigned i = 0; i < REFINED_NODES; i++)
			m->refined[i][j] = cell;
	}
}

static void maps_start(struct mix_tokens *m)
{
	for (unsigned k = 0; k < TOKEN_KINDS; k++) {
		for (unsigned i = 0; i < TOKEN_CONTEXTS; i++)
			map_start(m->map[k][i]);
		for (unsigned e = 0; e < TOKEN_MEMORIES; e++)
			for (unsigned i = 0; i < MEMORY_STATES; i++)
				m->memory_map[k][e][i] = (struct worth){
				    0.5f, (uint32_t)(0.62 * 4194304) << COUNT_BITS | 2};
		for (unsigned i = 0; i < MAPPED_STATES; i++) {
			double x = ((i + 0.5) / MAPPED_STATES * 2 - 1) * (double)STRETCH_MAX;

			m->subject_map[k][i] = m->network_map[k][i] = (struct worth){
			    (float)x, (uint32_t)(odds_to_p(x) * 4194303) << COUNT_BITS | 6};
		}
	}
}

void token_tables_build(struct mix_tokens *m)
{
	for (uint32_t n = 0; n <= COUNT_MAX; n++) {
		m->rate[n] = (float)(1 / (n + 1.6));
		m->confidence[n] = (float)(n / (n + 0.4));
		m->count_class[n] = class_of_count(n);
	}
	for (unsigned i = 0; i < STRETCH_CELLS; i++) {
		m->stretch[i] = (float)log_odds((i + 0.5) / STRETCH_CELLS);
		m->stretch_small[i] = (float)log_odds((i + 0.5) / STRETCH_CELLS / 64);
	}
	for (unsigned i = 0; i < SQUASH_CELLS; i++)
		m->squash[i] = (float)odds_to_p((i + 0.5) / SQUASH_CELLS * 24 - 12);
	for (unsigned s = 0; s < TOKEN_SETS; s++)
		for (uint32_t i = 0; i < token_set_size[s] * TOKEN_INPUTS; i++) {
			unsigned input = i % TOKEN_INPUTS;

			m->weight[s][i] = input < INPUT_BIAS       ? WEIGHT_START
					: input == INPUT_BIAS    ? 0
					: input < INPUT_NETWORK ? MEMORY_WEIGHT_START
								 : MAPPED_WEIGHT_START;
		}
	for (unsigned i = 0; i < TOKEN_KINDS * 4; i++)
		for (unsigned s = 0; s < TOKEN_SETS; s++)
			m->final_weight[i][s] = 1.0f / TOKEN_SETS;
	maps_start(m);
}

/* p in units of 2^-22. */
static inline float stretch_of(const struct mix_tokens *m, uint32_t p)
{
	const uint32_t one = (uint32_t)1 << 22, small = one / 64;

	if (p < small)
		return m->stretch_small[p / (small / STRETCH_CELLS)];
	if (p >= one - small)
		return -m->stretch_small[(one - 1 - p) / (small / STRETCH_CELLS)];
	return m->stretch[p / (one / STRETCH_CELLS)];
}

static inline float limited(float x)
{
	const float most = STRETCH_MAX - 0.01f;

	return x > most ? most : x < -most ? -most : x;
}

static inline float squash_of(const struct mix_tokens *m, float x)
{
	return m->squash[(int)((limited(x) + STRETCH_MAX) * (SQUASH_CELLS / (2 * STRETCH_MAX)))];
}

/* Slots ------------------------------------------------------------------------------------- */

static inline void slot_learn(const struct mix_tokens *m, uint32_t *slot, unsigned bit)
{
	uint32_t n = *slot & COUNT_MAX;
	float p = (float)(*slot >> COUNT_BITS), target = bit ? 4194303.0f : 0.0f;
	float moved = p + (target - p) * m->rate[n];

	*slot = (uint32_t)(moved + 0.5f) << COUNT_BITS | (n < COUNT_MAX ? n + 1 : n);
}

void token_slot_learn(const struct mix_tokens *m, uint32_t *slot, unsigned bit)
{
	slot_learn(m, slot, bit);
}

float token_log_odds(const struct mix_tokens *m, float p)
{
	return stretch_of(m, (uint32_t)(p * 4194303.0f));
}

static inline void worth_told(const struct mix_tokens *m, struct worth *w, unsigned bit)
{
	slot_learn(m, &w->p_count, bit);
	w->stretch = stretch_of(m, w->p_count >> COUNT_BITS);
}

/* The bucket with this hash: of the two in a line that may have it, or else the one that was told
 * less, emptied. */
static uint32_t *find_bucket(struct mix_tokens *m, uint64_t hash)
{
	uint32_t check = (uint32_t)hash | 1;
	uint32_t *first = m->bucket + (hash >> (64 - m->buckets_log2)) / 2 * 2 * BUCKET_SLOTS;
	uint32_t *second = first + BUCKET_SLOTS, *old = first;

	if (first[0] == check)
		return first;
	if (second[0] == check)
		return second;
	if (first[0] && (!second[0] || (second[1] & COUNT_MAX) < (first[1] & COUNT_MAX)))
		old = second;
	old[0] = check;
	for (unsigned i = 1; i < BUCKET_SLOTS; i++)
		old[i] = SLOT_FRESH;
	return old;
}

void token_open_buckets(struct mix_tokens *m, const uint64_t *context, uint64_t own)
{
	uint64_t hash[TOKEN_CONTEXTS];

	for (unsigned i = 1; i < TOKEN_CONTEXTS; i++) {
		hash[i] = token_hash(context[i], own);
		__builtin_prefetch(m->bucket +
				   (hash[i] >> (64 - m->buckets_log2)) / 2 * 2 * BUCKET_SLOTS);
	}
	for (unsigned i = 1; i < TOKEN_CONTEXTS; i++)
		m->group[i] = find_bucket(m, hash[i]);
}

/* How much a slot's probability may be trusted: 0 nothing known; 1..4 always the same, the more
 * the oftener; 5, 6 not always the same. */
static inline uint32_t trust(uint32_t slot)
{
	uint32_t n = slot & COUNT_MAX, p = slot >> COUNT_BITS, half = (uint32_t)1 << 21;
	uint32_t rarer = p > half ? 2 * half - p : p;

	if (n == 0)
		return 0;
	if ((uint64_t)rarer * (n + 1) >= (uint64_t)3 << 20)
		return n < 8 ? 5 : 6;
	return n == 1 ? 1 : n < 4 ? 2 : n < 12 ? 3 : 4;
}

/* Inputs ------------------------------------------------------------------------------------ */

struct opinions {
	uint32_t *slot[TOKEN_CONTEXTS];
	struct worth *worth[TOKEN_CONTEXTS];
	float input[TOKEN_INPUTS] __attribute__((aligned(64)));
	uint32_t memory_trust;
	struct worth *network, *subject; /* each set if it is asked */
	bool latent;
};

static void find_slots(struct mix_tokens *m, const struct decision *d, uint32_t **slot)
{
	slot[0] = d->kind == KIND_ID ? &m->id_slot : &m->node_slot[2 * d->node + d->escaped];
	for (unsigned i = 1; i < TOKEN_CONTEXTS; i++)
		slot[i] = m->group[i] + d->path;
}

static inline unsigned map_place(const struct mix_tokens *m, uint32_t n, float x)
{
	int place = (int)((x + MAP_PROBABILITIES / 4) * 2);

	place = place < 0 ? 0 : place >= MAP_PROBABILITIES ? MAP_PROBABILITIES - 1 : place;
	return m->count_class[n] * MAP_PROBABILITIES + (unsigned)place;
}

static void ask_contexts(struct mix_tokens *m, const struct decision *d, struct opinions *o)
{
	find_slots(m, d, o->slot);
	for (unsigned i = 0; i < TOKEN_CONTEXTS; i++) {
		uint32_t n = *o->slot[i] & COUNT_MAX;
		float x = stretch_of(m, *o->slot[i] >> COUNT_BITS);

		o->worth[i] = &m->map[d->kind][i][map_place(m, n, x)];
		o->input[i] = x * m->confidence[n];
		o->input[INPUT_WORTH + i] = n > 0 ? o->worth[i]->stretch : 0;
		if (m->silent >> i & 1)
			o->input[i] = o->input[INPUT_WORTH + i] = 0;
	}
	o->input[INPUT_BIAS] = BIAS;
}

static void ask_memories(struct mix_tokens *m, const struct decision *d, struct opinions *o)
{
	o->memory_trust = 0;
	for (unsigned i = INPUT_MEMORY; i < TOKEN_INPUTS; i++)
		o->input[i] = 0;
	for (unsigned e = 0; e < TOKEN_MEMORIES; e++) {
		struct guess *g = &m->guess[e];
		uint32_t n, right, t;
		float x;

		g->worth = NULL;
		if (g->n <= d->depth || m->silent >> (TOKEN_CONTEXTS + e) & 1)
			continue;
		n = g->memory->n;
		n = n < 4 ? n : n < 6 ? 4 : n < 10 ? 5 : n < 40 ? 6 : 7;
		right = d->depth - g->from;
		right = right > 3 ? 3 : right;
		g->worth = &m->memory_map[d->kind][e]
					 [(2 * n + (g->memory->missed > 0)) * 4 + right];
		x = g->worth->stretch;
		t = x < 1 ? 1 : x < 3 ? 2 : 3;
		o->memory_trust = t > o->memory_trust ? t : o->memory_trust;
		o->input[INPUT_MEMORY + e] = g->bit[d->depth] ? x : -x;
	}
}

/* Two inputs: what somebody says, P(1) = p, and what that was worth. */
static struct worth *ask_mapped(const struct mix_tokens *m, float p,
				struct worth map[MAPPED_STATES], float input[2])
{
	float x = limited(token_log_odds(m, p));
	struct worth *worth =
	    &map[(int)((x + STRETCH_MAX) * (MAPPED_STATES / (2 * STRETCH_MAX)))];

	input[0] = x;
	input[1] = worth->stretch;
	return worth;
}

static void choose_sets(const struct mix_tokens *m, const struct decision *d,
			const struct opinions *o, uint32_t set[TOKEN_SETS])
{
	uint32_t t = trust(*o->slot[TRUSTED_FIRST]) * TRUSTS + trust(*o->slot[TRUSTED_SECOND]);

	set[0] = (d->kind * TRUSTS * TRUSTS + t) * MEMORY_TRUSTS + o->memory_trust;
	set[1] = (m->past.tree * TOKEN_WEIGHT_CLASSES + d->class) * TOKEN_KINDS + d->kind;
	set[2] = (d->kind * TOKEN_NOVELTIES + m->novelty) * 4 + 2 * d->escaped + o->latent;
}

/* The decision ------------------------------------------------------------------------------ */

static void learn(struct mix_tokens *m, const struct decision *d, struct opinions *o,
		  unsigned bit)
{
	for (unsigned e = 0; e < TOKEN_MEMORIES; e++)
		if (m->guess[e].worth)
			worth_told(m, m->guess[e].worth, bit == m->guess[e].bit[d->depth]);
	for (unsigned i = 0; i < TOKEN_CONTEXTS; i++) {
		if (*o->slot[i] & COUNT_MAX) /* or else its worth was not asked */
			worth_told(m, o->worth[i], bit);
		slot_learn(m, o->slot[i], bit);
	}
}

/* Where log-odds x are in the node's map: the cell below, and how far it is to the next one. */
static uint32_t *refine(struct mix_tokens *m, const struct decision *d, float x, float *upper)
{
	uint64_t hash = token_hash(d->node, d->kind);
	float at = (x + STRETCH_MAX) * ((REFINED_CELLS - 1) / (2 * STRETCH_MAX));
	int cell = (int)at;

	*upper = at - (float)cell;
	return m->refined[hash >> (64 - REFINED_LOG2)] + cell;
}

static uint32_t to_channel(const struct mix_tokens *m, float p)
{
	uint32_t least = m->n_decisions > CERTAIN_DECISIONS ? UNCERTAIN_LEAST : 1;
	uint32_t p1 = (uint32_t)(p * (float)BIT_PROBABILITY_ONE);

	return p1 < least ? least : p1 > BIT_PROBABILITY_ONE - least ? BIT_PROBABILITY_ONE - least
								       : p1;
}

/* Tell the observer: `weight` is that of each set, `final` that of the sets. */
static void tell_observer(const struct mix_tokens *m, const struct opinions *o,
			  float *const weight[TOKEN_SETS], const float *final, uint32_t p1,
			  unsigned bit)
{
	struct mix_opinion opinion[TOKEN_OPINIONS];
	float pull[TOKEN_INPUTS];
	unsigned n = 0;

	for (unsigned i = 0; i < TOKEN_INPUTS; i++) {
		pull[i] = 0;
		for (unsigned s = 0; s < TOKEN_SETS; s++)
			pull[i] += final[s] * weight[s][i] * o->input[i];
	}
	for (; n < TOKEN_CONTEXTS; n++)
		opinion[n] = (struct mix_opinion){n, o->input[INPUT_WORTH + n],
						  pull[n] + pull[INPUT_WORTH + n]};
	for (unsigned i = INPUT_MEMORY; i <= INPUT_EVEN; i++, n++)
		opinion[n] = (struct mix_opinion){n, o->input[i], pull[i]};
	opinion[n] = (struct mix_opinion){n, o->input[INPUT_SUBJECT + 1],
					  pull[INPUT_SUBJECT] + pull[INPUT_SUBJECT + 1]};
	n++;
	opinion[n] = (struct mix_opinion){n, o->input[INPUT_NETWORK + 1],
					  pull[INPUT_NETWORK] + pull[INPUT_NETWORK + 1]};
	n++;
	opinion[n] = (struct mix_opinion){n, 0, pull[INPUT_BIAS]};
	m->observer->told(m->observer,
			  &(struct mix_decision){opinion, TOKEN_OPINIONS, bit, 1, p1});
}

static unsigned mix(struct mix_tokens *m, struct bit_channel *c, const struct decision *d,
		    const struct opinions *o, unsigned bit)
{
	uint32_t set[TOKEN_SETS], position = m->past.n_words < 3 ? m->past.n_words : 3;
	float *weight[TOKEN_SETS], sum[TOKEN_SETS], step[TOKEN_SETS], all = 0, surprise = 0;
	float error, p, upper, refined;
	uint32_t *cell, p1;
	float *final = m->final_weight[d->kind * 4 + position];

	choose_sets(m, d, o, set);
	for (unsigned s = 0; s < TOKEN_SETS; s++)
		weight[s] = m->weight[s] + (size_t)set[s] * TOKEN_INPUTS;
	m->form->token_weigh(sum, weight, o->input);
	for (unsigned s = 0; s < TOKEN_SETS; s++) {
		sum[s] = limited(sum[s]);
		all += final[s] * sum[s];
	}
	p = squash_of(m, all);
	cell = refine(m, d, limited(all), &upper);
	refined = (float)(cell[0] >> COUNT_BITS) * (1 - upper) +
		  (float)(cell[1] >> COUNT_BITS) * upper;
	m->n_decisions++;
	p1 = to_channel(m, 0.5f * p + 0.5f * (refined * (1.0f / 4194304)));
	bit = c->code(c, p1, bit);
	if (m->observer)
		tell_observer(m, o, weight, final, p1, bit);
	slot_learn(m, cell + (upper > 0.5f), bit);
	for (unsigned s = 0; s < TOKEN_SETS; s++) {
		uint32_t *n = &m->n_learnt[s][set[s]];
		float more = RATE_START / (1 + (float)*n * (1.0f / RATE_DECISIONS));

		error = (float)bit - squash_of(m, sum[s]);
		surprise += error < 0 ? -error : error;
		step[s] = error * (RATE + more);
		*n += *n < UINT32_MAX;
		final[s] += ((float)bit - p) * FINAL_RATE * sum[s];
	}
	if (surprise > SURPRISE_MIN)
		m->form->token_teach(weight, o->input, step);
	return bit;
}

unsigned token_decide(struct mix_tokens *m, struct bit_channel *c, const struct decision *d,
		      unsigned bit)
{
	struct opinions o;

	if (m->replaying) {
		find_slots(m, d, o.slot);
		for (unsigned i = 0; i < TOKEN_CONTEXTS; i++)
			slot_learn(m, o.slot[i], bit);
		if (d->kind != KIND_ID)
			token_latent_learn(m, d->node, bit);
		return bit;
	}
	ask_contexts(m, d, &o);
	ask_memories(m, d, &o);
	o.input[INPUT_EVEN] = d->even;
	o.latent = d->kind != KIND_ID && token_latent_asked(m);
	if (o.latent)
		o.input[INPUT_LATENT] = token_log_odds(m, token_latent_ask(m, d->node));
	if (m->network)
		o.network = ask_mapped(m, d->network, m->network_map[d->kind],
				       &o.input[INPUT_NETWORK]);
	if (d->has_subject)
		o.subject = ask_mapped(m, d->subject, m->subject_map[d->kind],
				       &o.input[INPUT_SUBJECT]);
	bit = mix(m, c, d, &o, bit);
	learn(m, d, &o, bit);
	if (m->network)
		worth_told(m, o.network, bit);
	if (d->has_subject)
		worth_told(m, o.subject, bit);
	if (d->kind != KIND_ID)
		token_latent_learn(m, d->node, bit);
	return bit;
}
