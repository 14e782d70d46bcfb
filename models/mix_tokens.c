/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include "mix_tokens_state.h"
#include "elementary.h"

enum status mix_tokens_open(struct predictor **out, const struct predictor_setup *s);
uint32_t mix_tokens_code(struct predictor *p, struct bit_channel *c, uint32_t symbol);
void mix_tokens_stats(struct predictor *p);

static double LR = 0.005, LR1 = 0.05; static int MAPLIM = 1023, SLOTLIM = 1023; static double RB = 2; static int THR = 32768;

static inline uint64_t mixh(uint64_t a, uint64_t b)
{
	uint64_t h = (a ^ b * 0x9E3779B97F4A7C15u) * 0xD6E8FEB86659FD93u;
	return h ^ h >> 32;
}
static inline float stretch22(const struct mix_tokens *m, uint32_t p)
{
	if (p < 1 << 16) return m->st_fine[p >> 4];
	if (p >= (1 << 22) - (1 << 16)) return -m->st_fine[((1 << 22) - 1 - p) >> 4];
	return m->st_coarse[p >> 10];
}
static inline float squashf(const struct mix_tokens *m, float x)
{
	x = x > 11.99f ? 11.99f : x < -11.99f ? -11.99f : x;
	return m->sq[(int)((x + 12.0f) * (4096 / 24.0f))];
}
static inline void count_update(const struct mix_tokens *m, uint32_t *e, unsigned bit, uint32_t limit)
{
	uint32_t n = *e & 1023, p = *e >> 10;
	float t = bit ? 4194303.0f : 0.0f;
	float q = (float)p + (t - (float)p) * m->recip[n];
	p = (uint32_t)(q + 0.5f);
	*e = p << 10 | (n < limit ? n + 1 : n);
}
static double W0 = 0.05, CA = 0.4, RC = 1.6; static uint32_t NOV = 0;
#define FRESH (((uint32_t)1 << 21) << 10)

static uint32_t *find_bucket(struct mix_tokens *m, uint64_t h, bool alloc)
{
	uint32_t check = (uint32_t)h | 1;
	uint32_t *line = m->bucket + (h >> (64 - m->buckets_log2)) / 2 * 2 * BUCKET;
	(void)alloc;
	if (line[0] == check) return line;
	if (line[BUCKET] == check) return line + BUCKET;
	uint32_t *v = line;
	if (line[0] && (!line[BUCKET] || (line[BUCKET + 1] & 1023) < (line[1] & 1023))) v = line + BUCKET;
	if (v[0]) { /* age the other one */ uint32_t *o = v == line ? line + BUCKET : line; uint32_t n = o[1] & 1023; (void)n; }
	v[0] = check;
	for (int i = 1; i < BUCKET; i++) v[i] = FRESH;
	return v;
}

/* sentence state */
/* The class of a word after the prefix of classes h: what came there last if the word is new. */
static uint32_t class_at(struct mix_tokens *m, uint32_t t, uint64_t h, uint32_t w)
{
	uint32_t c = lexicon_class(m->lx, t, w);
	uint8_t *p = &m->next_class[mixh(h, t + 31) >> (64 - NEXT_CLASS_LOG2)];
	if (c == LEXICON_NO_CLASS) return *p ? *p - 1u : c;
	if (NOV && m->nov[t][c] >= NOV) *p = (uint8_t)(c + 1);
	return c;
}
static void push_class(struct mix_tokens *m, uint32_t w)
{
	uint32_t c = class_at(m, m->tree, m->chist, w);
	m->chist = mixh(m->chist, m->closed[m->tree][c] ? 1000 + w : c + 1);
	m->c4 = m->c3; m->c3 = m->c2; m->c2 = m->c1; m->c1 = c;
}
static void choose_tree(struct mix_tokens *m)
{
	uint32_t t = m->lx->n_topics;
	if (m->belief.p_best >= (uint32_t)THR) t = m->belief.best;
	if (t == m->tree) return;
	m->tree = t;
	m->chist = 0x1234567; m->c1 = m->c2 = m->c3 = m->c4 = 99;
	for (uint32_t i = 0; i < m->n_sent; i++) push_class(m, m->sent[i]);
}
static uint32_t role_of(struct mix_tokens *m)
{
	uint64_t h = mixh(m->gchist, 77);
	struct role_slot *r = &m->role[h >> (64 - m->roles_log2)];
	return r->check == (uint32_t)h ? r->role : 0;
}
/* The word s has come after the present prefix, in the record of the present key. */
static void learn_role(struct mix_tokens *m, uint32_t s)
{
	uint64_t h = mixh(m->gchist, 77);
	uint32_t check0 = (uint32_t)h;
	struct role_slot *r = &m->role[h >>= 64 - m->roles_log2];
	struct role_info *ri;
	if (r->role && r->check != check0) { if (r->conf >= 0 && m->info[r->role].mass > 1 && r->age++ < 8) return; m->info[r->role].mass--; r->role = 0; }
	if (r->role == 0) { r->check = check0; r->age = 0; r->role = 1 + (uint32_t)h; r->conf = 0; r->same = 0.3f; m->info[r->role].mass++; m->info[r->role].fact = 0.4f; }
	r->age = 0;
	r->same += ((r->last == s) - r->same) * 0.05f;
	r->last = (uint16_t)s;
	ri = &m->info[r->role];
	if (!m->key) return;
	uint64_t g = mixh(m->key, r->role + 11u);
	uint32_t *e = &m->said[g >> (64 - m->facts_log2)], check = (uint32_t)g & 0xffff0000u;
	if (*e && (*e & 0xffff0000u) == check) ri->fact += (((*e & 0xffff) == s) - ri->fact) * 0.05f;
	*e = check | s;
	if (r->same > 0.3f || ri->fact < 0.6f) return;
	if (!m->sent_role || m->info[m->sent_role].mass < ri->mass) m->sent_role = r->role;
	uint64_t fh = mixh(m->key, s + 5);
	uint32_t *f = &m->fact[fh >> (64 - m->facts_log2)];
	uint32_t R = *f & 0xfffff, chk = (uint32_t)fh & 0xfff00000u;
	if (R && (*f & 0xfff00000u) != chk) R = 0;
	if (R == 0) *f = chk | r->role;
	else if (R == r->role) { if (r->conf < 6) r->conf++; }
	else if (m->info[R].mass > ri->mass || (m->info[R].mass == ri->mass && R > r->role)) {
		r->conf -= 3;
		if (r->conf < 0) { ri->mass--; m->info[R].mass++; r->role = R; r->conf = 3; }
	} else *f = chk | r->role;
}
static void start_sentence(struct mix_tokens *m)
{
	m->gchist = 0x777;
	m->used += m->sent_role ? mixh(m->sent_role, 9) : 0; m->sent_role = 0;
	m->n_sent = 0; m->rare = 65536; m->rare_count = UINT32_MAX;
	m->chist = 0x1234567; m->c1 = m->c2 = m->c3 = m->c4 = 99;
	m->w1 = m->w2 = m->w3 = 65536;
}
static void start_record(struct mix_tokens *m)
{
	m->key = 0; m->key_score = 0; m->n_rec = 0;
	start_sentence(m); m->used = 0;
	memset(m->lastw, 0xff, sizeof m->lastw);
}
static void learn_token(struct mix_tokens *m, uint32_t s, bool counts)
{
	bool sep = s == m->lx->separator;
	bool outer = s == (m->outer == LEXICON_NONE ? m->lx->separator : m->outer);
	if (sep) m->n_rec++;
	learn_role(m, s);
	{
		uint32_t g = m->lx->n_topics, c = class_at(m, g, m->gchist, s);
		for (uint32_t t = 0; t <= g; t++) m->lastw[t][lexicon_class(m->lx, t, s)] = (uint16_t)s;
		m->gchist = mixh(m->gchist, m->closed[g][c] ? 1000 + s : c + 1);
	}
	if (counts) m->count[s]++;
	if (!sep && m->w1 < 65536) {
		uint64_t h = mixh(m->w1 * 65537u + 7, s);
		uint32_t *pc = &m->pair_count[h >> (64 - m->pairs_log2)];
		if (counts) ++*pc;
		float x = (float)*pc, sc = x * x / ((float)m->count[s] * (float)m->count[m->w1]);
		uint32_t g = m->lx->n_topics, cx = lexicon_class(m->lx, g, m->w1), cy = lexicon_class(m->lx, g, s);
		struct bond *bo = &m->bond[cx * 64 + cy];
		if (bo->n < 1000) bo->n++;
		bo->mean += (sc - bo->mean) / (float)bo->n;
		if (x < 1.5f) bo->distinct++;
		float score = bo->mean * m->root[bo->distinct < 4095 ? bo->distinct : 4095];
		if (score > m->key_score) { m->key_score = score; m->key = h | 1; }
	}
	if (!sep && m->count[s] < m->rare_count) { m->rare = s; m->rare_count = m->count[s]; }
	lexicon_belief_step(m->lx, &m->belief, s);
	if (outer) { start_record(m); lexicon_belief_start(m->lx, &m->belief); }
	else if (sep) start_sentence(m);
	else {
		m->w3 = m->w2; m->w2 = m->w1; m->w1 = s;
		if (m->n_sent < SENT_MAX) m->sent[m->n_sent++] = (uint16_t)s;
		push_class(m, s);
	}
	choose_tree(m);
}
static void contexts(struct mix_tokens *m)
{
	uint64_t t = m->tree, pos = m->n_sent < 255 ? m->n_sent : 255;
	uint64_t *c = m->ctx[0], *w = m->ctx[1];
	int i = 0;
	c[0] = 0; w[0] = 0;
	i = 1;
	bool rec = m->outer != LEXICON_NONE;
	uint64_t kr = mixh(m->key, role_of(m));
	c[i] = mixh(i, pos); i++;
	c[i] = mixh(i, m->c1); i++;
	c[i] = mixh(i, m->c1 * 256 + m->c2); i++;
	c[i] = mixh(i, (m->c1 * 256 + m->c2) * 256 + m->c3); i++;
	c[i] = mixh(i, m->chist); i++;
	c[i] = mixh(i, m->w1); i++;
	c[i] = mixh(i, m->w1 * 65537 + m->w2 + 5); i++;
	c[i] = mixh(i, kr); i++;
	c[i] = rec ? mixh(i, mixh(m->used, m->chist)) : mixh(i, mixh(m->key, m->c1)); i++;
	c[i] = rec ? mixh(i, mixh(m->n_rec, m->gchist)) : mixh(i, mixh(m->belief.best, m->c1)); i++;
	c[i] = rec ? mixh(i, mixh(m->w1 * 65537 + m->w2, m->w3)) : mixh(i, mixh(m->belief.best * 32 + m->belief.second, pos)); i++;
	i = 1;
	w[i] = mixh(i, m->w1); i++;
	w[i] = mixh(i, m->w1 * 65537 + m->w2 + 5); i++;
	w[i] = mixh(i, m->key); i++;
	w[i] = mixh(i, kr); i++;
	w[i] = mixh(i, m->c1); i++;
	w[i] = mixh(i, m->chist); i++;
	w[i] = mixh(i, 9); i++;
	w[i] = rec ? mixh(i, mixh(m->used, m->w1)) : mixh(i, pos); i++;
	w[i] = mixh(i, mixh(m->w1 * 65537 + m->w2, m->w3)); i++;
	w[i] = rec ? mixh(i, mixh(m->used, m->gchist)) : mixh(i, mixh(m->belief.best, m->c1)); i++;
	w[i] = rec ? mixh(i, mixh(m->key, m->c1)) : mixh(i, mixh(m->belief.best * 32 + m->belief.second, pos)); i++;
	m->mem_hash[0] = mixh(m->w1, 1000);
	m->mem_hash[1] = mixh(kr, 1001);
	m->mem_hash[2] = mixh(mixh(m->rare, role_of(m)), 1002);
	m->mem_hash[3] = mixh(m->key, 1003);
	m->mem_hash[4] = mixh(m->rare, 1004);
	for (i = 1; i < N_CTX; i++) { c[i] = mixh(c[i], t + 100); w[i] = mixh(w[i], t + 200); }
}

struct walk { uint32_t tree, nclass, node, depth, in_group; unsigned kind; bool after; };

static void open_group(struct mix_tokens *m, const struct walk *k, unsigned level)
{
	uint64_t h[N_CTX];
	uint64_t salt = k->node + (k->after ? 0x5000000u : 0);
	for (int i = 1; i < N_CTX; i++) {
		uint64_t x = m->ctx[level][i];
		if (level && i == 7) x = mixh(x, m->lastw[k->tree][k->nclass]);
		h[i] = mixh(x, salt);
		__builtin_prefetch(m->bucket + (h[i] >> (64 - m->buckets_log2)) / 2 * 2 * BUCKET);
	}
	for (int i = 1; i < N_CTX; i++) m->at[i] = find_bucket(m, h[i], true);
}

static inline unsigned pq(float s)
{
	int x = (int)((s + 8.0f) * 2.0f);
	return x < 0 ? 0 : x > 31 ? 31 : (unsigned)x;
}

static inline uint32_t trust(uint32_t e)
{
	uint32_t n = e & 1023, p = e >> 10;
	if (n == 0) return 0;
	/* all alike: p of n equal outcomes is beyond 1 - 0.7 / n */
	uint32_t q = p > 1u << 21 ? (1u << 22) - p : p;
	bool same = (uint64_t)q * (n + 1) < 3u << 20;
	if (!same) return n < 8 ? 5 : 6;
	return n == 1 ? 1 : n < 4 ? 2 : n < 12 ? 3 : 4;
}
static unsigned decide(struct mix_tokens *m, struct bit_channel *c, const struct walk *k, unsigned path, unsigned bit, unsigned nclass)
{
	uint32_t *d = k->kind == 4 ? &m->raw_slot : &m->direct[k->node * 2 + k->after];
	m->n_dec++;
	for (int i = 0; i < N_CTX; i++) m->slot[i] = i ? m->at[i] + path : d;
	if (m->replaying) {
		for (int i = 0; i < N_CTX; i++) count_update(m, m->slot[i], bit, SLOTLIM);
		return bit;
	}
	uint32_t conf = 0;
	for (int i = 0; i < N_CTX; i++) {
		uint32_t e = *m->slot[i], n = e & 1023;
		float s = stretch22(m, e >> 10);
		struct map_cell *mc = &m->map[k->kind][i][m->nq[n] * MAP_P + pq(s)];
		m->cell[i] = mc;
		m->in[i] = s * m->conf[n];
		m->in[N_CTX + i] = n ? mc->stretch : 0;
	}
	m->in[2 * N_CTX] = 0.3f;
	uint32_t best_mem = 0;
	for (int e = 0; e < N_MEM; e++) {
		m->mem_cell[e] = NULL;
		m->in[2 * N_CTX + 1 + e] = 0;
		if (m->mem_n[e] > k->depth) {
			unsigned hit = k->depth - m->mem_from[e];
			unsigned n = m->mem[e]->n; n = n < 4 ? n : n < 6 ? 4 : n < 10 ? 5 : n < 40 ? 6 : 7;
			m->mem_cell[e] = &m->mem_map[k->kind][e][(n * 2 + (m->mem[e]->miss > 0)) * 4 + (hit > 3 ? 3 : hit)];
			float st = m->mem_cell[e]->stretch;
			unsigned trustm = st < 1 ? 1 : st < 3 ? 2 : 3;
			if (trustm > best_mem) best_mem = trustm;
			m->in[2 * N_CTX + 1 + e] = m->mem_bits[e][k->depth] ? st : -st;
		}
	}
	{
		bool w = k->kind & 1;
		conf = (trust(*m->slot[w ? 4 : 5]) * 7 + trust(*m->slot[w ? 3 : 3])) * 4 + best_mem;
	}
	uint32_t set[3] = {k->kind * 196 + conf, (m->tree * 64 + nclass) * 5 + k->kind, k->kind * 64 + (m->n_sent < 63 ? m->n_sent : 63)};
	if (set[1] >= m->set_size[1]) set[1] = 0;
	float dot[3], p[3], fd = 0;
	float *fw = m->fw[k->kind * 4 + (m->n_sent < 3 ? m->n_sent : 3)];
	for (int j = 0; j < 3; j++) {
		float *w = m->w[j] = m->weight[j] + (size_t)set[j] * N_INPUTS;
		float acc[16] = {0};
		for (int v = 0; v < N_INPUTS; v += 16)
			for (int l = 0; l < 16; l++) acc[l] += w[v + l] * m->in[v + l];
		for (int half = 8; half; half /= 2) for (int l = 0; l < half; l++) acc[l] += acc[l + half];
		dot[j] = acc[0] > 11.9f ? 11.9f : acc[0] < -11.9f ? -11.9f : acc[0];
		p[j] = squashf(m, dot[j]);
		fd += fw[j] * dot[j];
	}
	float pf = squashf(m, fd);
	uint32_t p1 = (uint32_t)(pf * 1048576.0f);
	p1 = p1 < 1 ? 1 : p1 > 1048575 ? 1048575 : p1;
	bit = c->code(c, p1, bit);
	float y = (float)bit;
	for (int j = 0; j < 3; j++) {
		float e = (y - p[j]) * ((float)LR + (float)LR1 / (1 + (float)m->visits[j][set[j]] * (1.0f / 32)));
		m->visits[j][set[j]]++;
		float *w = m->w[j];
		for (int v = 0; v < N_INPUTS; v++) w[v] += e * m->in[v];
		fw[j] += (y - pf) * 0.002f * dot[j];
	}
	for (int e = 0; e < N_MEM; e++) if (m->mem_cell[e]) {
		struct map_cell *mc = m->mem_cell[e];
		count_update(m, &mc->p_count, bit == m->mem_bits[e][k->depth], (uint32_t)MAPLIM);
		mc->stretch = stretch22(m, mc->p_count >> 10);
	}
	for (int i = 0; i < N_CTX; i++) {
		count_update(m, m->slot[i], bit, SLOTLIM);
		struct map_cell *mc = m->cell[i];
		count_update(m, &mc->p_count, bit, (uint32_t)MAPLIM);
		mc->stretch = stretch22(m, mc->p_count >> 10);
	}
	return bit;
}

/* Walk down a tree; returns leaf symbol */
static void memory_spell(struct mix_tokens *m, int e, uint32_t tree, unsigned depth, const uint8_t *sofar)
{
	struct memory *y = m->mem[e];
	bool esc;
	m->mem_n[e] = 0;
	if (!y->n || y->check != (uint8_t)m->mem_hash[e]) return;
	m->mem_n[e] = lexicon_spell(m->lx, tree, y->word, m->mem_bits[e], &esc);
	if (m->mem_n[e] <= depth || memcmp(m->mem_bits[e], sofar, depth)) m->mem_n[e] = 0;
	if (esc) m->mem_n[e] = 0;
	m->mem_from[e] = depth;
}
static void memory_learn(struct mix_tokens *m, int e, uint32_t s)
{
	struct memory *y = m->mem[e];
	uint8_t check = (uint8_t)m->mem_hash[e];
	if (y->n && y->check == check && y->word == s) { if (y->n < 255) y->n++; }
	else if (y->n > 1 && y->check == check) y->n = y->n > 8 ? 4 : 1, y->miss = 1;
	else if (y->n > 3 && y->check != check && ++y->miss < 4) y->n--;
	else { y->miss = y->check == check; y->word = (uint16_t)s; y->check = check; y->n = 1; }
}
static uint32_t walk_tree(struct mix_tokens *m, struct bit_channel *c, uint32_t tree, uint32_t symbol, bool after)
{
	uint8_t bits[LEXICON_DEPTH_MAX]; bool esc;
	unsigned depth = 0, nb = lexicon_spell(m->lx, tree, symbol, bits, &esc);
	struct walk k = {.node = lexicon_root(m->lx, tree), .after = after};
	unsigned path = 1, level = 0;
	unsigned global = tree == m->lx->n_topics;
	open_group(m, &k, 0);
	uint8_t sofar[LEXICON_DEPTH_MAX];
	if (!m->replaying) for (int e = 0; e < N_MEM; e++) { m->mem_n[e] = 0; if (e < 3) memory_spell(m, e, tree, 0, sofar); }
	for (;;) {
		unsigned nc = m->lx->node_class[k.node];
		unsigned lv = nc != LEXICON_NO_CLASS;
		if (path >= 1 << GROUP_DEPTH || lv != level) { level = lv; path = 1; k.nclass = nc; k.tree = tree; open_group(m, &k, level);
			if (lv && !m->mem_word) {
				m->mem_word = true;
				for (int e = 3; e < N_MEM; e++) {
					m->mem_hash[e] = mixh(m->mem_hash[e], tree * 64 + nc);
					m->mem[e] = &m->memory[m->mem_hash[e] >> (64 - m->memory_log2)];
					if (!m->replaying) memory_spell(m, e, tree, depth, sofar);
				}
			} }
		k.depth = depth;
		k.kind = global * 2 + level;
		unsigned b = decide(m, c, &k, path, depth < nb ? bits[depth] : 0, level ? nc : m->c1);
		if (depth < LEXICON_DEPTH_MAX) sofar[depth] = (uint8_t)b;
		for (int e = 0; e < N_MEM; e++) if (depth >= m->mem_n[e] || m->mem_bits[e][depth] != b) m->mem_n[e] = 0;
		depth++;
		path = path * 2 + b;
		uint32_t next = lexicon_child(m->lx, k.node, b);
		if (next & LEXICON_LEAF) return next & ~LEXICON_LEAF;
		k.node = next;
	}
}

/* The ids that the lexicon does not have, by binary digits from the top; each weighs 1, and RAW_SEEN more for each time it came. */
#define RAW_SEEN 16
static uint32_t raw_code(struct mix_tokens *m, struct bit_channel *c, uint32_t symbol)
{
	uint32_t node = 1; unsigned path = 1, depth = 0;
	struct walk k = {.node = m->lx->n_nodes, .kind = 4};
	for (int b = 15; b >= 0; b--) {
		uint32_t l = m->raw[2 * node], r = m->raw[2 * node + 1];
		unsigned bit = symbol >> b & 1;
		if (l && r) {
			if (depth++ % GROUP_DEPTH == 0) { path = 1; k.node = m->lx->n_nodes + node; open_group(m, &k, 1); }
			float pr = (float)r / (float)(l + r);
			uint32_t p = (uint32_t)(pr * 4194303.0f);
			m->raw_slot = p << 10 | (p > 0 ? 1023 : 0);
			bit = decide(m, c, &k, path, bit, 0);
			path = 2 * path + bit;
		} else bit = l == 0;
		node = 2 * node + bit;
	}
	for (uint32_t i = node; i; i /= 2) m->raw[i] += RAW_SEEN;
	return node - 65536;
}
static void raw_build(struct mix_tokens *m)
{
	memset(m->raw, 0, 131072 * 4);
	for (uint32_t i = 0; i < m->n_symbols; i++) m->raw[65536 + i] = m->lx->leaf[(size_t)m->lx->n_topics * m->n_symbols + i] == LEXICON_NONE;
	for (uint32_t i = 65535; i; i--) m->raw[i] = m->raw[2 * i] + m->raw[2 * i + 1];
}

static uint32_t code_token(struct mix_tokens *m, struct bit_channel *c, uint32_t symbol)
{
	uint32_t s;
	contexts(m);
	m->mem_word = false;
	for (int e = 0; e < 3; e++) { m->mem[e] = &m->memory[m->mem_hash[e] >> (64 - m->memory_log2)]; __builtin_prefetch(m->mem[e]); }
	s = walk_tree(m, c, m->tree, symbol, false);
	if (s == LEXICON_ESCAPE && m->tree != m->lx->n_topics) s = walk_tree(m, c, m->lx->n_topics, symbol, true);
	if (s == LEXICON_ESCAPE) { for (int e = 0; e < N_MEM; e++) m->mem_n[e] = 0; s = raw_code(m, c, symbol); }
	for (int e = 0; e < (m->mem_word ? N_MEM : 3); e++) memory_learn(m, e, s);
	return s;
}

static double now(void) { struct timespec t; clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t); return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec; }

static void find_outer(struct mix_tokens *m)
{
	uint32_t sep = m->lx->separator, best = LEXICON_NONE;
	m->outer = LEXICON_NONE;
	if (sep == LEXICON_NONE) return;
	uint32_t *last = calloc(m->n_symbols, 4), *after = calloc(m->n_symbols, 4), *n = calloc(m->n_symbols, 4);
	double *s1 = calloc(m->n_symbols, 8), *s2 = calloc(m->n_symbols, 8), best_n = 0;
	for (uint64_t i = 1; i < m->n; i++) {
		uint32_t w = m->past[i];
		double g = (double)i - last[w];
		if (n[w]) { s1[w] += g; s2[w] += g * g; }
		n[w]++; last[w] = (uint32_t)i; after[w] += m->past[i - 1] == sep;
	}
	for (uint32_t w = 0; w < m->n_symbols; w++) {
		if (n[w] < 8 || w == sep || after[w] * 100.0 < 99.0 * n[w]) continue;
		double k = n[w] - 1, mean = s1[w] / k, var = s2[w] / k - mean * mean;
		if (var < 0.1 * mean * mean && s1[w] > 0.8 * (double)m->n && n[w] > best_n) { best = w; best_n = n[w]; }
	}
	m->outer = best;
	free(last); free(after); free(n); free(s1); free(s2);
}
static void find_closed(struct mix_tokens *m)
{
	const struct lexicon *lx = m->lx;
	uint32_t S = LEXICON_CLASS_SLOTS;
	float *wc = malloc((size_t)m->n_symbols * S * 4), *wn = malloc(m->n_symbols * 4);
	for (uint32_t t = 0; t <= lx->n_topics; t++) {
		double lw[64] = {0}, lc[64] = {0}; float cc[64 * 64] = {0}, cn[64] = {0};
		memset(wc, 0, (size_t)m->n_symbols * S * 4); memset(wn, 0, m->n_symbols * 4);
		uint64_t i0 = 0; uint32_t budget = 65536;
		for (uint32_t q = 0; q < lx->n_sentences && budget; q++) {
			uint64_t e = i0; while (e < m->n && m->past[e] != lx->separator) e++;
			if (t == lx->n_topics || lx->label[q] == t)
				for (uint64_t i = i0; i < e && i + 1 < m->n && budget; i++, budget--) {
					uint32_t w = m->past[i], c = lexicon_class(lx, t, w), d = lexicon_class(lx, t, m->past[i + 1]);
					float pc = (cc[c * 64 + d] + 0.5f) / (cn[c] + 0.5f * 50);
					float pw = (wc[w * S + d] + 2 * pc) / (wn[w] + 2);
					lc[c] -= elementary_lg(pc); lw[c] -= elementary_lg(pw);
					cc[c * 64 + d]++; cn[c]++; wc[w * S + d]++; wn[w]++;
				}
			i0 = e + 1;
		}
		for (uint32_t c = 0; c < 64; c++) m->closed[t][c] = lw[c] < 0.95 * lc[c] - 0.02 * cn[c];
		if (getenv("VERB2")) { fprintf(stderr, "closed %u:", t); for (uint32_t c = 0; c < lx->n_classes[t]; c++) fprintf(stderr, " %d(%.2f)", m->closed[t][c], lw[c] / (lc[c] + 1e-9)); fprintf(stderr, "\n"); }
	}
	free(wc); free(wn);
}
static enum status rebuild(struct mix_tokens *m)
{
	struct lexicon *lx;
	double t0 = now();
	TRY(lexicon_learn(&lx, m->lx, m->past, m->n, m->n_symbols));
	m->rebuild_s += now() - t0; t0 = now();
	if (getenv("VERB")) { fprintf(stderr, "rebuild %lu: sep %u topics %u classes", (unsigned long)m->n, lx->separator, lx->n_topics); for (uint32_t t = 0; t <= lx->n_topics; t++) fprintf(stderr, " %u", lx->n_classes[t]); fprintf(stderr, "\n"); }
	lexicon_free(m->lx);
	m->lx = lx;
	free(m->direct);
	m->n_direct = lx->n_nodes * 2;
	m->direct = malloc(m->n_direct * 4);
	for (uint32_t i = 0; i < m->n_direct; i++) m->direct[i] = FRESH;
	memset(m->bucket, 0, (size_t)4 * BUCKET << m->buckets_log2);
	m->replaying = true;
	memset(m->memory, 0, sizeof *m->memory << m->memory_log2); memset(m->next_class, 0, 1 << NEXT_CLASS_LOG2);
	memset(m->pair_count, 0, 4 << m->pairs_log2); memset(m->count, 0, m->n_symbols * 4);
	/* bonds: distinct stays */ for (int i = 0; i < 4096; i++) m->bond[i] = (struct bond){0}; memset(m->class_words, 0, sizeof m->class_words); memset(m->nov, 0, sizeof m->nov); for (uint32_t t = 0; t <= lx->n_topics; t++) for (uint32_t i = 0; i < m->n_symbols; i++) m->nov[t][lexicon_class(lx, t, i)]++;
	for (uint32_t i = 0; i < m->n_symbols; i++) m->class_words[lexicon_class(lx, lx->n_topics, i)]++;
	memset(m->role, 0, sizeof *m->role << m->roles_log2); memset(m->info, 0, sizeof *m->info << m->roles_log2); memset(m->said, 0, 4 << m->facts_log2); memset(m->fact, 0, 4 << m->facts_log2);
	find_outer(m); raw_build(m);
	find_closed(m);
	lexicon_belief_start(lx, &m->belief);
	start_record(m); m->tree = 999; choose_tree(m);
	for (uint64_t i = 0; i < m->n; i++) {
		code_token(m, NULL, m->past[i]);
		learn_token(m, m->past[i], true);
	}
	m->replaying = false;
	m->replay_s += now() - t0;
	return STATUS_OK;
}

enum status mix_tokens_open(struct predictor **out, const struct predictor_setup *s)
{
	struct mix_tokens *m = aligned_alloc(64, (sizeof *m + 63) / 64 * 64);
	memset(m, 0, sizeof *m);
	if (getenv("LR")) LR = atof(getenv("LR"));
	if (getenv("LR1")) LR1 = atof(getenv("LR1"));
	if (getenv("W0")) W0 = atof(getenv("W0"));if (getenv("CA")) CA = atof(getenv("CA"));if (getenv("RC")) RC = atof(getenv("RC")); if (getenv("NOV")) NOV = (uint32_t)atoi(getenv("NOV"));
	if (getenv("MAPLIM")) MAPLIM = atoi(getenv("MAPLIM"));
	if (getenv("SLOTLIM")) SLOTLIM = atoi(getenv("SLOTLIM"));
	if (getenv("RB")) RB = atof(getenv("RB"));
	if (getenv("THR")) THR = (int)(atof(getenv("THR")) * 65536);
	m->n_symbols = s->n_symbols; m->n_max = s->n_total;
	m->past = malloc(2 * s->n_total);
	m->buckets_log2 = 21;
	if (getenv("BL")) m->buckets_log2 = (unsigned)atoi(getenv("BL"));
	m->bucket = aligned_alloc(64, (size_t)4 * BUCKET << m->buckets_log2);
	m->roles_log2 = 18; m->role = calloc(1 << m->roles_log2, sizeof *m->role); m->info = calloc(2 + (1 << m->roles_log2), sizeof *m->info); m->said = calloc(1 << 20, 4); for (int i = 0; i < 4096; i++) { float x = 1; for (int k = 0; k < 30; k++) x = 0.5f * (x + (float)(i + 1) / x); m->root[i] = x; }
	m->facts_log2 = 20; m->fact = calloc(1 << m->facts_log2, 4);
	m->pairs_log2 = 20; m->pair_count = calloc(1 << m->pairs_log2, 4);
	m->count = calloc(m->n_symbols, 4);
	m->set_size[0] = 196 * 5; m->set_size[1] = 64 * 33 * 5; m->set_size[2] = 320;
	for (int j = 0; j < 3; j++) {
		m->visits[j] = calloc(m->set_size[j], 4);
		m->weight[j] = aligned_alloc(64, (size_t)m->set_size[j] * N_INPUTS * 4);
		for (uint32_t i = 0; i < m->set_size[j] * N_INPUTS; i++) m->weight[j][i] = i % N_INPUTS < 2 * N_CTX ? (float)W0 : i % N_INPUTS > 2 * N_CTX ? 0.3f : 0;
	}
	for (int i = 0; i < 64; i++) for (int j = 0; j < 3; j++) m->fw[i][j] = 1.0f / 3;
	m->raw = calloc(131072, 4);
	m->memory_log2 = 20; m->memory = calloc((size_t)1 << m->memory_log2, sizeof *m->memory); m->next_class = calloc(1 << NEXT_CLASS_LOG2, 1);
	for (int k = 0; k < N_KINDS; k++) for (int e = 0; e < N_MEM; e++) for (int i = 0; i < 64; i++) m->mem_map[k][e][i] = (struct map_cell){0.5f, (uint32_t)(0.62 * 4194304) << 10 | 2};
	for (int i = 0; i < 1024; i++) {
		m->recip[i] = (float)(1.0 / (i + RC));
		m->conf[i] = (float)(i / (i + CA));
		m->nq[i] = i < 5 ? (uint8_t)i : i < 7 ? 5 : i < 10 ? 6 : i < 15 ? 7 : i < 25 ? 8 : i < 50 ? 9 : i < 150 ? 10 : 11;
	}
	for (int i = 0; i < 4096; i++) {
		double p = (i + 0.5) / 4096;
		m->st_coarse[i] = (float)elementary_log(p / (1 - p));
		p = (i + 0.5) / 4096 / 64;
		m->st_fine[i] = (float)elementary_log(p / (1 - p));
	}
	for (int i = 0; i <= 4096; i++) m->sq[i] = (float)(1 / (1 + elementary_exp(-((i + 0.5) / 4096 * 24 - 12))));
	for (int k = 0; k < N_KINDS; k++) for (int i = 0; i < N_CTX; i++) for (int n = 0; n < MAP_N; n++) for (int p = 0; p < MAP_P; p++) {
		double st = (p + 0.5) / 2 - 8, pr = 1 / (1 + elementary_exp(-st));
		m->map[k][i][n * MAP_P + p].stretch = (float)st;
		m->map[k][i][n * MAP_P + p].p_count = (uint32_t)(pr * 4194303) << 10 | 6;
	}
	m->next_rebuild = getenv("FIRST") ? (uint64_t)atoi(getenv("FIRST")) : 128;
	TRY(rebuild(m));
	*out = &m->base;
	return STATUS_OK;
}

uint32_t mix_tokens_code(struct predictor *p, struct bit_channel *c, uint32_t symbol)
{
	struct mix_tokens *m = (struct mix_tokens *)p;
	uint32_t s = code_token(m, c, symbol);
	m->past[m->n++] = (uint16_t)s;
	learn_token(m, s, true);
	if (m->n >= m->next_rebuild) {
		m->next_rebuild = (uint64_t)((double)m->n * RB);
		if (rebuild(m)) m->base.failed = STATUS_NO_MEMORY;
	}
	return s;
}
void mix_tokens_stats(struct predictor *p)
{
	struct mix_tokens *m = (struct mix_tokens *)p;
	printf("  learn %.2f s, replay %.2f s, decisions/token %.2f\n", m->rebuild_s, m->replay_s, (double)m->n_dec / (double)m->n);
}
