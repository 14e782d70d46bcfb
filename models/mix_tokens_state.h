/* SPDX-License-Identifier: BSD-2-Clause
 *
 * mix_tokens_state.h - what the parts of the token half of `mix` share.
 *
 *   mix_tokens.c          life: memory, when to learn a lexicon, going through the past again
 *   mix_tokens_spell.c    a token: its contexts, the walk down the lexicon's trees, unknown ids
 *   mix_tokens_decide.c   a decision: what each context and memory says, mixed; and learning it
 *   mix_tokens_fresh.c    words that are not in the topic's tree
 *   mix_tokens_latent.c   what the sentence may be about
 *   mix_tokens_past.c     the sentence and the record so far: classes, words, key
 *   mix_tokens_roles.c    which places in sentences state the same kind of thing
 *   mix_tokens_subject.c  whom the sentence may be about, before it says so
 *   mix_tokens_network.c  what a network says, if there is one
 *   mix_tokens_shape.c    what is learnt beside a lexicon: records, classes that stand for words
 *
 * SENTENCES end with the lexicon's separator, RECORDS with a token at regular distances after
 * separators, if there is one; otherwise a record is a sentence.  The KEY of a record is what it
 * is about: that pair of adjacent tokens, among those read so far, whose classes have the tightest
 * and most varied pairs (names of two parts).  A PLACE is what a sentence has read up to some
 * token, in classes where these say enough; places with the same ROLE state the same about a key.
 */
#ifndef TWOPART_MIX_TOKENS_STATE_H
#define TWOPART_MIX_TOKENS_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "arena.h"
#include "bit_channel.h"
#include "lexicon.h"
#include "mix_forms.h"
#include "mix_tokens.h"
#include "mix_tokens_network.h"

#define TOKEN_CONTEXTS 9 /* of a decision; the first is the tree's node alone */
#define TOKEN_MEMORIES 5
#define TOKEN_KINDS 5 /* of decisions, see enum token_kind */
#define TOKEN_LEVELS 2
#define TOKEN_NOVELTIES 14 /* of what is spoken of */
#define TRUSTED_FIRST 1 /* contexts whose trust chooses weights */
#define TRUSTED_SECOND 2

#define BUCKET_SLOTS 8 /* a check and a tree of 7 nodes, 3 decisions deep */
#define BUCKET_DEPTH 3

#define COUNT_BITS 10 /* of a slot: how often it was told, below a probability of 22 bits */
#define COUNT_MAX 1023u
#define SLOT_FRESH (((uint32_t)1 << 21) << COUNT_BITS)

#define MAP_COUNTS 12
#define MAP_PROBABILITIES 32
#define MEMORY_STATES 64
#define MAPPED_STATES 64 /* of what the network says, and what is known of subjects */
#define TOKEN_WEIGHT_CLASSES 64 /* of contexts for weights: more than there are classes */

#define SENTENCE_TOKENS 1024 /* further words of a sentence are not gone through again */
#define LATENT_LABELS 16
#define LATENT_STEPS 256
#define LATENT_RECORD_END UINT32_MAX /* label of what ends a record */
#define SUBJECT_WORDS 16 /* that are known of one */
#define SUBJECT_LISTED 64 /* subjects that are listed with a word */
#define SUBJECT_SAID 8 /* telling words of a sentence that are looked at */
#define SUBJECT_CANDIDATES 64
#define SUBJECT_GUESSES 64 /* words of theirs that may come */
#define SUBJECT_SENTENCES_MAX ((uint32_t)1 << 24)
#define NO_WORD 65536u
#define STRETCH_CELLS 4096
#define STRETCH_MAX 12.0f
#define SQUASH_CELLS 4096
#define ROOTS 4096
#define REFINED_LOG2 13
#define REFINED_NODES (1u << REFINED_LOG2) /* nodes share maps by hash */
#define REFINED_CELLS 33

/* Where in the code of a token a decision stands. */
enum token_kind {
	KIND_TOPIC_CLASS, /* a topic's tree: which class? */
	KIND_TOPIC_WORD,  /* which word of the class? */
	KIND_CLASS,       /* the tree of all words: which class? */
	KIND_WORD,
	KIND_ID, /* an id that the lexicon does not have */
};

/* A probability that is told bits, and its log-odds. */
struct worth {
	float stretch;
	uint32_t p_count; /* like a slot */
};

/* What came last in a context. */
struct memory {
	uint16_t word;
	uint8_t n; /* in a row; 0: nothing */
	uint8_t missed;
	uint8_t check;
};

struct guess {
	struct memory *memory;
	uint64_t hash;
	struct worth *worth; /* used in the present decision, or NULL */
	unsigned from, n;    /* decisions of the tree that it has an opinion of: from .. n - 1 */
	uint8_t bit[LEXICON_DEPTH_MAX];
};

/* A pair of classes: how tightly their words are bound, and how many pairs there are. */
struct bond {
	float mean;
	uint32_t n, n_pairs;
};

struct place {
	uint32_t role; /* 0: not used */
	uint32_t check;
	int8_t trust;
	uint8_t idle;
	uint16_t last; /* the word that came here last */
	float same;    /* how often it was the same twice */
};

struct role {
	uint32_t n_places;
	float fact; /* how often a key's word was the one that it had been */
};

/* A decision of the present sentence, to be counted when its label is known. */
struct latent_step {
	uint32_t node;
	uint8_t n_words; /* before it */
	uint8_t bit;
};

/* What the sentence may be about (mix_tokens_latent.c). */
struct latent {
	uint32_t n; /* labels */
	uint32_t label[LATENT_LABELS], count[LATENT_LABELS];
	float weight[LATENT_LABELS]; /* probability of each */
	float p[LATENT_LABELS];      /* of a 1, given each */
	uint64_t classes[LATENT_LABELS]; /* of the words so far, given each */
	bool active;                 /* not yet certain */
	uint32_t n_steps;
	struct latent_step step[LATENT_STEPS];
};

/* What a key names (mix_tokens_subject.c). */
struct subject {
	uint32_t check; /* 0: not used */
	uint32_t n;     /* sentences */
	uint32_t topic; /* of the last one */
	uint32_t n_words;
	uint16_t word[SUBJECT_WORDS];
};

struct subjects {
	struct subject *subject; /* (2^log2) by hash of the key */
	uint32_t *listed;        /* (n_symbols, SUBJECT_LISTED) subjects, numbered from 1, or 0 */
	unsigned log2;
	uint32_t n;
	bool telling[LEXICON_CLASS_SLOTS]; /* classes of the tree of all words */
	uint32_t class_words[LEXICON_CLASS_SLOTS];
};

/* A word that may come, and what it is worth. */
struct subject_guess {
	float weight;
	uint8_t bit[LEXICON_DEPTH_MAX];
};

/* Whom the present sentence may be about. */
struct candidates {
	uint32_t n, id[SUBJECT_CANDIDATES];
	float weight[SUBJECT_CANDIDATES]; /* with `others` about 1 in all */
	float others, scale;              /* a new one's weight is to be multiplied by scale */
	uint32_t n_words;
	uint16_t word[SUBJECT_SAID]; /* the sentence's telling ones */
	uint32_t n_guesses;          /* in the present class of words */
	float unknown, p_node;       /* weight of all other words, and what they say */
	struct subject_guess guess[SUBJECT_GUESSES];
};

/* Where the words of a class begin: after these decisions in this tree. */
struct subject_place {
	uint32_t tree, class;
	bool escaped;
	unsigned depth;
	const uint8_t *bit;
};

/* What the sentence and its record have said so far. */
struct token_past {
	uint32_t n_words;
	uint16_t word[SENTENCE_TOKENS];
	uint32_t last[3];    /* the newest first, or NO_WORD */
	uint32_t rare, rare_count; /* the rarest word of the sentence */

	uint32_t tree;       /* by which the next word is spelled */
	uint32_t class[3];   /* of the last words in it, or LEXICON_START */
	uint64_t classes;    /* hash of all of them */
	uint64_t place;      /* the same in the tree of all words */

	uint32_t n_sentences; /* of the record */
	uint32_t sentence_role; /* of its most widespread fact */
	uint64_t roles;       /* of the record's finished sentences, in any order */
	uint64_t key;
	float key_score;
	uint32_t key_count; /* how often its pair has come */
	uint16_t class_word[LEXICON_TOPICS_MAX + 1][LEXICON_CLASS_SLOTS]; /* last of its class */
};

struct mix_tokens {
	uint32_t n_symbols;
	uint64_t n, n_max, next_lexicon;
	bool replaying; /* only counts are filled */
	uint32_t silent; /* a bit for each context, then for each memory */
	struct mix_observer *observer; /* or NULL */
	uint16_t *token; /* (n_max) the past */
	struct lexicon *lexicon;
	struct lexicon_belief belief;
	const struct mix_form *form;
	struct token_past past;
	struct latent latent;
	struct token_network *network; /* or NULL */
	bool has_subjects;
	struct subjects subjects;
	struct candidates candidates;

	/* mix_tokens_shape.c */
	uint32_t record_end; /* or LEXICON_NONE */
	bool literal[LEXICON_TOPICS_MAX + 1][LEXICON_CLASS_SLOTS]; /* its words matter, not it */

	/* Tables of 2^n entries. */
	uint32_t *bucket, *pair_count, *fact, *said, *latent_slot;
	struct memory *memory;
	struct place *place;
	struct role *role;
	unsigned buckets_log2, pairs_log2, facts_log2, memory_log2, places_log2, latent_log2;
	uint32_t *count;     /* (n_symbols) */
	uint32_t *unknown;   /* (2 x 65536) a tree over ids: weight of those not in the lexicon */
	uint32_t *node_slot; /* (2 x nodes of the lexicon) */
	float *even;         /* (nodes of the lexicon) log-odds if all words below are as likely */
	uint32_t *fresh;     /* (topics, 2 x nodes of the tree of all words) mix_tokens_fresh.c */
	struct bond bond[LEXICON_CLASS_SLOTS * LEXICON_CLASS_SLOTS];

	/* The present token. */
	uint64_t context[TOKEN_LEVELS][TOKEN_CONTEXTS];
	struct guess guess[TOKEN_MEMORIES];
	uint32_t *group[TOKEN_CONTEXTS]; /* buckets */
	uint32_t id_slot;
	unsigned n_decisions;
	unsigned novelty;  /* of what is spoken of, below TOKEN_NOVELTIES */
	bool last_escaped; /* did the last token come by its topic's escape? */
	bool respelt;      /* it came by decisions that no encoder takes to it: damaged */

	/* The mixer. */
	float *weight[TOKEN_SETS];
	uint32_t *n_learnt[TOKEN_SETS]; /* by each set */
	float final_weight[TOKEN_KINDS * 4][TOKEN_SETS];
	uint32_t (*refined)[REFINED_CELLS]; /* (REFINED_NODES) */
	struct worth map[TOKEN_KINDS][TOKEN_CONTEXTS][MAP_COUNTS * MAP_PROBABILITIES];
	struct worth memory_map[TOKEN_KINDS][TOKEN_MEMORIES][MEMORY_STATES];
	struct worth subject_map[TOKEN_KINDS][MAPPED_STATES];
	struct worth network_map[TOKEN_KINDS][MAPPED_STATES];

	/* Functions as tables. */
	float confidence[COUNT_MAX + 1], rate[COUNT_MAX + 1];
	uint8_t count_class[COUNT_MAX + 1];
	float stretch[STRETCH_CELLS], stretch_small[STRETCH_CELLS];
	float squash[SQUASH_CELLS];
	float root[ROOTS];      /* of whole numbers */
};

/* In the tree of all words. */
static inline uint32_t token_class(const struct mix_tokens *m, uint32_t symbol)
{
	return lexicon_class(m->lexicon, m->lexicon->n_topics, symbol);
}

static inline uint64_t token_hash(uint64_t a, uint64_t b)
{
	uint64_t h = (a ^ b * 0x9E3779B97F4A7C15u) * 0xD6E8FEB86659FD93u;

	return h ^ h >> 32;
}

/* --- mix_tokens_decide.c --- */

struct decision {
	enum token_kind kind;
	uint32_t node;
	uint32_t class;  /* of the words below, or of the last word */
	unsigned depth;  /* in the tree */
	unsigned path;   /* in the bucket: 1 .. 7 */
	bool escaped;    /* from a topic's tree */
	float even;      /* log-odds by the words below (mix_tokens_fresh.c), or 0 */
	float network;   /* what the network says: P(1) */
	bool has_subject;
	float subject;   /* what those say whom the sentence may be about: P(1) */
};

extern const uint32_t token_set_size[TOKEN_SETS];
void token_tables_build(struct mix_tokens *m);
void token_refinement_start(struct mix_tokens *m);
/* The buckets of all contexts at this node, hashed with `own`, for the next decisions. */
void token_open_buckets(struct mix_tokens *m, const uint64_t *context, uint64_t own);
unsigned token_decide(struct mix_tokens *m, struct bit_channel *c, const struct decision *d,
		      unsigned bit);

/* What mix_observer.h calls the opinions after the inputs of mix_tokens_input(). */
enum {
	OPINION_LATENT = TOKEN_CONTEXTS + TOKEN_MEMORIES,
	OPINION_EVEN,
	OPINION_SUBJECT,
	OPINION_NETWORK,
	OPINION_CONSTANT,
	TOKEN_OPINIONS,
};

void token_slot_learn(const struct mix_tokens *m, uint32_t *slot, unsigned bit);
float token_log_odds(const struct mix_tokens *m, float p);

/* --- mix_tokens_latent.c --- */

/* Labels are topics (numbered from 1) or else roles. */
bool token_latent_by_topic(const struct mix_tokens *m);
void token_latent_start(struct mix_tokens *m);
void token_latent_word(struct mix_tokens *m, uint32_t symbol);
/* The sentence was about this; 0: about nothing that is known. */
void token_latent_finish(struct mix_tokens *m, uint32_t label);
bool token_latent_asked(const struct mix_tokens *m);
float token_latent_ask(struct mix_tokens *m, uint32_t node); /* P(1) */
void token_latent_learn(struct mix_tokens *m, uint32_t node, unsigned bit);

/* --- mix_tokens_subject.c --- */

/* With a new lexicon, of a past with these counts of words. */
void token_subject_learn(struct mix_tokens *m, const uint32_t *count);
void token_subject_forget(struct mix_tokens *m);
void token_subject_start(struct mix_tokens *m); /* a sentence */
void token_subject_word(struct mix_tokens *m, uint32_t symbol);
void token_subject_finish(struct mix_tokens *m); /* the sentence */
/* The words of a class begin; then, for each decision, asked or not, ask if asked, and step. */
void token_subject_enter(struct mix_tokens *m, const struct subject_place *at);
bool token_subject_asked(const struct mix_tokens *m);
/* P(1), if those of whom nothing is known say p_node. */
float token_subject_ask(struct mix_tokens *m, unsigned depth, float p_node);
void token_subject_step(struct mix_tokens *m, unsigned depth, unsigned bit);

/* --- mix_tokens_spell.c --- */

/* Code (or, replaying, only count) one token. */
uint32_t token_spell(struct mix_tokens *m, struct bit_channel *c, uint32_t symbol);
/* With a new lexicon: no id has been seen that it does not have. */
void token_ids_start(struct mix_tokens *m);

/* --- mix_tokens_fresh.c --- */

/* With a new lexicon. */
MUST_CHECK enum status token_fresh_start(struct mix_tokens *m);
/* After the topic's escape: weights of a 0 and of a 1 at the node. */
const uint32_t *token_fresh(const struct mix_tokens *m, uint32_t topic, uint32_t node);
/* The symbol, or the escape, came by the topic's escape. */
void token_fresh_learn(struct mix_tokens *m, uint32_t topic, uint32_t symbol);

/* --- mix_tokens_past.c --- */

void token_past_start(struct mix_tokens *m);
void token_past_learn(struct mix_tokens *m, uint32_t symbol);

/* --- mix_tokens_roles.c --- */

uint32_t token_role(const struct mix_tokens *m); /* of the present place; 0: none yet */
void token_roles_learn(struct mix_tokens *m, uint32_t symbol);

/* --- mix_tokens_shape.c --- */

MUST_CHECK enum status token_shape_learn(struct mix_tokens *m);

/* By class of a tree: occurrences, and different words among them. */
struct class_counts {
	double n[LEXICON_CLASS_SLOTS];
	uint32_t n_words[LEXICON_CLASS_SLOTS], n_different;
};

struct class_counts token_class_counts(const struct lexicon *lx, uint32_t tree,
				       const uint32_t *count);

#endif
