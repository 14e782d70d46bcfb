/* SPDX-License-Identifier: BSD-2-Clause */
#include "mix_bytes.h"

#define LINES_LOG2_MIN 8
/* Archives hold the estimate: the same number on every machine. */
#define STATE_BYTES 65536u
_Static_assert(sizeof(struct mix_bytes) + ARENA_ALIGNMENT <= STATE_BYTES, "STATE_BYTES");

#define MIX_BLOCK_MAX ((uint64_t)1 << 31) /* places in a block are numbers of 32 bits */

const uint32_t mix_set_sizes[MIX_SETS_MAX] = {
    MIX_CONTENTS * 256,
    MIX_LENGTHS / 4 * 2 * 3 * 3 * 8,
    25 * 3 * 8,
    256 * 8,
    256 * 8,
    256 * 8,
    3 * 256,
    MIX_NETWORK_SURE * 8,
};

static void lay_out(struct mix_bytes *m, struct arena *a, uint64_t n_max)
{
	const struct mix_level *level = m->level;
	const struct mix_size size = mix_sizes[level->shape];
	uint64_t wanted = n_max * size.n_contexts * SLOT_BYTES / 2;

	m->n_contexts = size.n_contexts;
	m->lines_log2 = fitting_log2(wanted, LINES_LOG2_MIN + 6, level->slots_log2) - 6;
	m->slots = arena_take(a, (uint64_t)1 << m->lines_log2, SLOT_LINE_BYTES);
	m->worth = arena_take(a, (uint64_t)MIX_CONTENTS * m->n_contexts, sizeof *m->worth);
	for (unsigned k = 0; k < size.n_matches; k++) {
		m->match[k].log2 = fitting_log2(n_max, 8, level->match_log2);
		m->match[k].last =
		    arena_take(a, (uint64_t)1 << m->match[k].log2, sizeof *m->match[k].last);
	}
	for (unsigned s = 0; s < size.n_sets; s++)
		m->weight[s] = arena_take(a, (uint64_t)mix_set_sizes[s] * mix_inputs(size),
					  sizeof *m->weight[s]);
	for (unsigned i = 0; i < size.n_apms; i++)
		m->apm[i] =
		    arena_take(a, (uint64_t)MIX_APM_CONTEXTS * APM_CELLS, sizeof *m->apm[i]);
	m->whole_agree = arena_take(a, MIX_WHOLE_AGREE * 256, sizeof *m->whole_agree);
	m->whole_pair = arena_take(a, 65536, sizeof *m->whole_pair);
	m->whole_triple = arena_take(a, 65536, sizeof *m->whole_triple);
	m->whole_weight = arena_take(a, 2 * MIX_LENGTHS / 4 * MIXING_LANES,
				     sizeof *m->whole_weight);
	if (level->shape == MIX_SHAPE_SMALL)
		mix_small_layout(&m->small, a, n_max, level->match_log2);
	if (size.is_deep)
		mix_deep_layout(&m->deep, a, n_max, size.n_contexts, mix_inputs(size));
	mix_past_layout(&m->past, a, n_max);
}

/* Somebody who has said nothing yet takes a match for right. */
static void start_whole(struct mix_bytes *m)
{
	const double p = 0.97;

	for (unsigned i = 0; i < MIX_WHOLE_AGREE * 256; i++)
		indirect_start(&m->whole_agree[i], &m->tables, p);
	for (unsigned i = 0; i < 65536; i++) {
		indirect_start(&m->whole_pair[i], &m->tables, p);
		indirect_start(&m->whole_triple[i], &m->tables, p);
	}
	mixer_start(m->whole_weight, 2 * MIX_LENGTHS / 4, MIXING_LANES, 0.3f);
}

static void start(struct mix_bytes *m)
{
	const struct mix_size size = mix_sizes[m->level->shape];

	mixing_tables_build(&m->tables);
	mix_past_start(&m->past);
	m->hashed = UINT32_MAX;
	for (unsigned i = 0; i < MIX_CONTENTS * m->n_contexts; i++)
		worth_start(m->worth[i], &m->tables);
	for (unsigned k = 0; k < MIX_MATCHES; k++) {
		m->match[k].min_bytes = m->level->match_bytes[k];
		m->match[k].shift = (63 + m->level->match_bytes[k]) / m->level->match_bytes[k];
		for (unsigned i = 0; i < 2 * MIX_LENGTHS; i++) {
			double n = i % MIX_LENGTHS;

			indirect_start(&m->match[k].worth[i], &m->tables, (n + 1) / (n + 1.5));
			indirect_start(&m->match[k].whole[i], &m->tables, (n + 1) / (n + 2));
		}
	}
	start_whole(m);
	if (m->level->shape == MIX_SHAPE_SMALL)
		mix_small_start(&m->small, &m->tables);
	if (size.is_deep)
		mix_deep_start(&m->deep, &m->tables, mix_inputs(size));
	for (unsigned s = 0; s < size.n_sets; s++)
		mixer_start(m->weight[s], mix_set_sizes[s], mix_inputs(size),
			    (mix_inputs(size) > MIXING_LANES ? 0.12f : 0.25f) / (float)size.n_sets);
	for (unsigned i = 0; i < size.n_apms; i++)
		apm_start(m->apm[i], &m->tables, MIX_APM_CONTEXTS);
}

uint64_t mix_bytes_memory(const struct mix_level *level, uint64_t n_max)
{
	struct mix_bytes m = {.level = level};
	struct arena a = {0};

	lay_out(&m, &a, n_max);
	return a.used_bytes + STATE_BYTES;
}

static bool has_context(const struct mix_level *level, unsigned number)
{
	for (unsigned content = 0; content < MIX_CONTENTS; content++)
		for (unsigned i = 0; i < mix_sizes[level->shape].n_contexts; i++)
			if (level->context[content][i] == number)
				return true;
	return false;
}

uint64_t mix_bytes_input(const struct mix_level *level, unsigned k, const char **name)
{
	static const char *const names[MIX_MATCHES + SMALL_ORDERS] = {
	    "match",
	    "match of lines, or long",
	    "guess by 2 bytes",
	    "guess by 4 bytes",
	    "guess by 6 bytes",
	};
	unsigned n_matches = mix_sizes[level->shape].n_matches;

	for (unsigned number = 0; number < MIX_CONTEXT_NUMBERS; number++)
		if (has_context(level, number) && --k == 0) {
			if (name)
				*name = mix_contexts[number].name;
			return (uint64_t)1 << number;
		}
	if (level->shape == MIX_SHAPE_SMALL && k > n_matches)
		k += MIX_MATCHES - n_matches;
	else if (k > n_matches)
		return 0;
	if (k < 1 || k > MIX_MATCHES + SMALL_ORDERS)
		return 0;
	if (name)
		*name = names[k - 1];
	return (uint64_t)1 << (MIX_SILENCE_MATCHES + k - 1);
}

/* A match that never is long enough, and no line that is known. */
static void silence_matches(struct mix_bytes *m)
{
	for (unsigned k = 0; k < MIX_MATCHES; k++)
		if (m->silenced >> (MIX_SILENCE_MATCHES + k) & 1)
			m->match[k].min_bytes = UINT32_MAX;
}

enum status mix_bytes_open(struct mix_bytes **out, const struct mix_level *level, uint64_t n_max,
			   uint64_t silenced, struct online *network)
{
	struct arena a;

	if (n_max > MIX_BLOCK_MAX)
		return fail(STATUS_LIMIT, "model mix codes blocks of at most 2^31 bytes: --block");
	TRY(arena_open(&a, mix_bytes_memory(level, n_max)));
	struct mix_bytes *m = arena_take(&a, 1, sizeof *m);

	m->level = level;
	m->silenced = silenced;
	m->network = network;
	lay_out(m, &a, n_max);
	start(m);
	silence_matches(m);
	*out = m;
	return STATUS_OK;
}

void mix_bytes_close(struct mix_bytes *m)
{
	free(m);
}

/* Numbers of the contexts with this number in mix_contexts[]. */
static void number_context(struct mix_bytes *m, uint64_t silences, unsigned opinion)
{
	for (unsigned content = 0; content < MIX_CONTENTS; content++)
		for (unsigned i = 0; i < m->n_contexts; i++)
			if (silences >> m->level->context[content][i] & 1)
				m->opinion[content][i] = (uint8_t)opinion;
}

void mix_bytes_observe(struct mix_bytes *m, struct mix_observer *o)
{
	uint64_t silences;
	unsigned n = 0;

	for (; (silences = mix_bytes_input(m->level, n + 1, &o->name[n])) != 0; n++) {
		number_context(m, silences, n);
		if (silences == (uint64_t)1 << MIX_SILENCE_MATCHES)
			m->opinion_matches = (uint8_t)n;
	}
	if (m->network) {
		o->name[n] = "network";
		m->opinion_network = (uint8_t)n++;
	}
	o->name[n] = "constant";
	m->opinion_constant = (uint8_t)n++;
	o->n_names = n;
	m->observer = o;
}
