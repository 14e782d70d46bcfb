/* SPDX-License-Identifier: BSD-2-Clause
 *
 * mix_tokens_fresh.c - which words a topic may say that its tree does not have.
 *
 * What a topic has said says little of what it will say that it never did: there every word that
 * it has not is as likely as the next one, whatever its share of the corpus.  So the walk down the
 * tree of all words, after a topic's escape, weighs words: one that the topic's tree has cannot
 * come, and a decision that leads to nothing else is not made; any other weighs 1, and AGAIN more
 * for each time that it came by this topic's escape.
 *
 * In the same way a new fact is any of its class's words, however often they were said: `even` is
 * what a decision is worth if all words below are as likely.  The mixer finds out where that holds.
 *
 * Cost: a few additions for each node that an escaped word passes; for a new lexicon, a few for
 * each node of the tree of all words by topic.
 */
#include <stdlib.h>

#include "mix_tokens_state.h"

#define AGAIN 8u
#define WEIGHT_MAX ((uint32_t)1 << 30) /* of all words together */

/* Of the tree of all words, whose nodes are the last ones. */
static uint32_t first_node(const struct lexicon *lx)
{
	return lx->root[lx->n_topics - 1] + 1;
}

/* Of the two sides of each node since `from`, the number of words below, without those that have a
 * leaf in `known` (NULL: with all).  Children have smaller numbers than the nodes above them. */
static void add_up(const struct lexicon *lx, uint32_t from, const uint32_t *known, uint32_t *weight)
{
	for (uint32_t place = 2 * from; place < 2 * lx->n_nodes; place++) {
		uint32_t what = lx->child[place], symbol = what & ~LEXICON_LEAF;
		uint32_t *w = &weight[place - 2 * from];

		if (!(what & LEXICON_LEAF))
			*w = weight[2 * (what - from)] + weight[2 * (what - from) + 1];
		else
			*w = symbol == LEXICON_ESCAPE || !known || known[symbol] == LEXICON_NONE;
	}
}

enum status token_fresh_start(struct mix_tokens *m)
{
	const struct lexicon *lx = m->lexicon;
	uint32_t from = first_node(lx), n = 2 * (lx->n_nodes - from);
	uint32_t *leaves = malloc(2 * (size_t)lx->n_nodes * sizeof *leaves);

	free(m->fresh);
	free(m->even);
	m->fresh = malloc((size_t)lx->n_topics * n * sizeof *m->fresh);
	m->even = malloc(lx->n_nodes * sizeof *m->even);
	if (!leaves || !m->fresh || !m->even) {
		free(leaves);
		return fail_no_memory();
	}
	for (uint32_t t = 0; t < lx->n_topics; t++)
		add_up(lx, from, lx->leaf + (size_t)t * lx->n_symbols, m->fresh + (size_t)t * n);
	add_up(lx, 0, NULL, leaves);
	for (uint32_t i = 0; i < lx->n_nodes; i++)
		m->even[i] = token_log_odds(m, (float)leaves[2 * i + 1] /
						   (float)(leaves[2 * i] + leaves[2 * i + 1]));
	free(leaves);
	return STATUS_OK;
}

static uint32_t *fresh_row(const struct mix_tokens *m, uint32_t topic)
{
	uint32_t from = first_node(m->lexicon), n = 2 * (m->lexicon->n_nodes - from);

	return m->fresh + (size_t)topic * n;
}

const uint32_t *token_fresh(const struct mix_tokens *m, uint32_t topic, uint32_t node)
{
	return fresh_row(m, topic) + 2 * (node - first_node(m->lexicon));
}

void token_fresh_learn(struct mix_tokens *m, uint32_t topic, uint32_t symbol)
{
	const struct lexicon *lx = m->lexicon;
	uint32_t *row = fresh_row(m, topic), from = first_node(lx), all = lx->n_topics;
	uint32_t root = 2 * (lx->root[all] - from);
	uint32_t place = symbol == LEXICON_ESCAPE ? lx->escape[all]
						  : lx->leaf[(size_t)all * lx->n_symbols + symbol];

	if (row[root] + row[root + 1] > WEIGHT_MAX)
		return;
	for (; place != LEXICON_NONE; place = lx->parent[place / 2])
		row[place - 2 * from] += AGAIN;
}
