/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOPART_MIX_TOKENS_STATE_H
#define TWOPART_MIX_TOKENS_STATE_H

#include "lexicon.h"
#include "predictor.h"

#define N_CTX 12
#define N_MEM 5
#define NEXT_CLASS_LOG2 18
#define N_VECS 2
#define N_INPUTS (16 * N_VECS)
#define GROUP_DEPTH 3
#define BUCKET 8
#define N_KINDS 5
#define MAP_N 12
#define MAP_P 32
#define SENT_MAX 4096

struct map_cell { float stretch; uint32_t p_count; };

struct mix_tokens {
	struct predictor base;
	uint32_t n_symbols;
	uint64_t n, n_max;
	uint16_t *past;
	uint64_t next_rebuild;
	struct lexicon *lx;
	struct lexicon_belief belief;

	uint32_t *bucket;
	unsigned buckets_log2;
	uint32_t *direct; /* by node */
	uint32_t n_direct;

	/* sentence */
	uint32_t n_sent;
	uint16_t sent[SENT_MAX];
	uint32_t tree;
	uint64_t chist;
	uint32_t c1, c2, c3, c4;
	uint32_t w1, w2, w3;
	struct role_slot { uint32_t role, check; uint16_t age; int16_t conf; uint16_t last; float same; } *role; struct role_info { uint32_t mass; float fact; } *info; uint32_t *fact, *said, sent_role; float root[4096]; unsigned roles_log2, facts_log2;
	uint64_t gchist; uint16_t lastw[LEXICON_TOPICS_MAX + 1][64];
	struct bond { float mean; uint32_t n, distinct; } bond[64 * 64]; uint32_t class_words[64];
	uint32_t outer, n_rec; uint64_t used; bool closed[LEXICON_TOPICS_MAX + 1][64];

	uint32_t *pair_count; unsigned pairs_log2;
	uint32_t *count;
	float key_score; uint64_t key;

	uint64_t ctx[2][N_CTX]; /* class level, word level */
	uint32_t *at[N_CTX];
	uint32_t *slot[N_CTX];
	uint32_t dummy[8];
	struct map_cell *cell[N_CTX];
	struct map_cell map[N_KINDS][N_CTX][MAP_N * MAP_P];
	float in[N_INPUTS] __attribute__((aligned(64)));
	uint32_t *visits[3]; float *w[3]; float *weight[3]; uint32_t set_size[3];
	float fw[64][4];
	struct memory { uint16_t word; uint8_t n, miss, check; } *memory, *mem[N_MEM]; unsigned memory_log2;
	uint64_t mem_hash[N_MEM]; uint8_t mem_bits[N_MEM][LEXICON_DEPTH_MAX]; unsigned mem_n[N_MEM], mem_from[N_MEM]; bool mem_word;
	struct map_cell mem_map[N_KINDS][N_MEM][64], *mem_cell[N_MEM];
	uint32_t rare, rare_count; uint8_t *next_class;
	uint32_t nov[LEXICON_TOPICS_MAX + 1][64];
	uint32_t raw_slot, *raw; /* trie of unseen */
	float conf[1024];
	float recip[1024];
	uint8_t nq[1024];
	float st_coarse[4096], st_fine[4096];
	float sq[4097];
	bool replaying;
	double rebuild_s, replay_s; uint64_t n_dec;
};
#endif
