/* SPDX-License-Identifier: BSD-2-Clause
 *
 * mix_tokens_roles.c - which places of sentences state the same kind of thing about their key.
 *
 * "Her office is in X", "she commutes to X", "the road to her office leads to X": that these places
 * mean the same is seen from keys of which they say the same X, again and again, while they say
 * something else of other keys.  A place starts with a role of its own.  Whenever it states of a
 * key what some other role stated of that key before, it comes to doubt its role, and after
 * a few such times takes the other one, if that is the more widespread of the two.  So fifty places
 * soon agree.  Chance coincidences (some people work where they were born) are too rare to count.
 *
 * Only facts take part: places where the same key has mostly had the same word, but one word seldom
 * follows itself from key to key; "of the" is no fact.
 *
 * With it, a fact stated once in any words is known in all others, and the set of roles that a
 * record has stated says what it has yet to state.
 */
#include "mix_tokens_state.h"

#define SAME_START 0.3f
#define SAME_MAX 0.3f
#define FACT_START 0.4f
#define FACT_MIN 0.6f
#define ADAPT 0.05f
#define TRUST_MAX 6
#define TRUST_START 3 /* of a role just taken; what each contradiction takes off */
#define IDLE_MAX 8u   /* contradicting users of a place's entry until it is given up */
#define ROLE_BITS 20  /* of a fact's entry; the others check */

static uint64_t place_hash(const struct mix_tokens *m)
{
	return token_hash(m->past.place, 77);
}

uint32_t token_role(const struct mix_tokens *m)
{
	uint64_t hash = place_hash(m);
	const struct place *p = &m->place[hash >> (64 - m->places_log2)];

	return p->check == (uint32_t)hash ? p->role : 0;
}

/* The present place's entry, its own or a new one; NULL while somebody else's is in use. */
static struct place *find_place(struct mix_tokens *m)
{
	uint64_t hash = place_hash(m);
	uint32_t i = (uint32_t)(hash >> (64 - m->places_log2));
	struct place *p = &m->place[i];

	if (p->role && p->check == (uint32_t)hash) {
		p->idle = 0;
		return p;
	}
	if (p->role) {
		if (m->role[p->role].n_places > 1 && p->idle++ < IDLE_MAX)
			return NULL;
		m->role[p->role].n_places--;
	}
	*p = (struct place){.role = i + 1, .check = (uint32_t)hash, .same = SAME_START};
	m->role[p->role].n_places++;
	m->role[p->role].fact = FACT_START;
	return p;
}

/* Was this what the role said of the key last time? */
static void learn_fact(struct mix_tokens *m, struct role *r, uint32_t role, uint32_t symbol)
{
	uint64_t hash = token_hash(m->past.key, role + 11);
	uint32_t *said = &m->said[hash >> (64 - m->facts_log2)];
	uint32_t check = (uint32_t)hash & 0xffff0000u;

	if (*said && (*said & 0xffff0000u) == check)
		r->fact += ((float)((*said & 0xffff) == symbol) - r->fact) * ADAPT;
	*said = check | symbol;
}

/* Another role has said this of the key before: whose is it? */
static void compare_roles(struct mix_tokens *m, struct place *p, uint32_t symbol)
{
	const uint32_t role_mask = ((uint32_t)1 << ROLE_BITS) - 1;
	uint64_t hash = token_hash(m->past.key, symbol + 5);
	uint32_t *entry = &m->fact[hash >> (64 - m->facts_log2)];
	uint32_t check = (uint32_t)hash & ~role_mask, other = *entry & role_mask;
	uint32_t n = m->role[p->role].n_places, n_other;

	if ((*entry & ~role_mask) != check)
		other = 0;
	n_other = m->role[other].n_places;
	if (other == p->role) {
		p->trust += p->trust < TRUST_MAX;
	} else if (other && (n_other > n || (n_other == n && other > p->role))) {
		p->trust -= TRUST_START;
		if (p->trust < 0) {
			m->role[p->role].n_places--;
			m->role[other].n_places++;
			p->role = other;
			p->trust = TRUST_START;
		}
	} else {
		*entry = check | p->role;
	}
}

void token_roles_learn(struct mix_tokens *m, uint32_t symbol)
{
	struct place *p = find_place(m);
	struct role *r;

	if (!p)
		return;
	p->same += ((float)(p->last == symbol) - p->same) * ADAPT;
	p->last = (uint16_t)symbol;
	if (!m->past.key)
		return;
	r = &m->role[p->role];
	learn_fact(m, r, p->role, symbol);
	if (p->same > SAME_MAX || r->fact < FACT_MIN)
		return;
	if (!m->past.sentence_role || m->role[m->past.sentence_role].n_places < r->n_places)
		m->past.sentence_role = p->role;
	compare_roles(m, p, symbol);
}
