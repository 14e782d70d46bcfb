/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Property  the parts of the mixing core do what their headers say: the machine of histories counts
 *           and orders its states, tables are monotone inverses, what is learnt approaches what was
 *           planted and stays a probability, slots are found again and the least known gives way,
 *           the mixer computes the documented sums.
 * Method    all states and all table entries; planted bits; twins in plain loops (mixer_twin.h),
 *           here against the plain form.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define VEC_FORM VEC_PLAIN
#include "mixer_twin.h"

#define ONE22 ((uint32_t)1 << 22)
#define RUN_MAX 40
#define LINES_LOG2 4
#define N_LINES (1u << LINES_LOG2)

static struct mixing_tables tables;

static int build(void **state)
{
	(void)state;
	mixing_tables_build(&tables);
	return 0;
}

/* ---- Histories. ------------------------------------------------------------------------------ */

static void every_state_has_its_place(void **state)
{
	const struct bit_history *h = &tables.machine;
	bool reached[BIT_HISTORY_STATES] = {true};
	unsigned before = 0;

	(void)state;
	assert_in_range(h->n_states, 200, BIT_HISTORY_STATES);
	for (unsigned changed = 1; changed;) { /* until nothing new is reached */
		changed = 0;
		for (unsigned s = 0; s < BIT_HISTORY_STATES; s++)
			for (unsigned bit = 0; reached[s] && bit < 2; bit++) {
				changed |= !reached[h->next[s][bit]];
				reached[h->next[s][bit]] = true;
			}
	}
	for (unsigned s = 0; s < BIT_HISTORY_STATES; s++) {
		unsigned total = h->count[s][0] + h->count[s][1];

		assert_int_equal(total == 0, s == 0 || s >= h->n_states);
		assert_true(!reached[s] || s < h->n_states);
		assert_true(s >= h->n_states || total >= before); /* larger: better known */
		before = total;
	}
}

/* Nobody goes back to "nothing yet", the count of what came grows or is at a bound, the other one
 * does not grow, and of little nothing is forgotten. */
static void bits_are_counted(void **state)
{
	const struct bit_history *h = &tables.machine;

	(void)state;
	for (unsigned s = 0; s < h->n_states; s++)
		for (unsigned bit = 0; bit < 2; bit++) {
			const uint8_t *old = h->count[s], *now = h->count[h->next[s][bit]];

			assert_in_range(h->next[s][bit], 1, h->n_states - 1);
			assert_true(now[bit] == old[bit] + 1 || now[bit] == old[bit]);
			assert_true(now[bit] > old[bit] || old[bit] >= 5);
			assert_true(now[!bit] <= old[!bit]);
			assert_true(now[!bit] > 0 || old[!bit] == 0);
			if (old[0] + old[1] < 5)
				assert_true(now[bit] == old[bit] + 1 && now[!bit] == old[!bit]);
		}
}

static void runs_are_exact(void **state)
{
	const struct bit_history *h = &tables.machine;

	(void)state;
	for (unsigned bit = 0; bit < 2; bit++)
		for (unsigned k = 1, s = 0; k <= RUN_MAX + 10; k++) {
			s = h->next[s][bit];
			assert_int_equal(h->count[s][bit], k < RUN_MAX ? k : RUN_MAX);
			assert_int_equal(h->count[s][!bit], 0);
		}
}

/* Exchanging 0 and 1 exchanges the counts; after a surprise, a long run is a short memory. */
static void bits_are_alike(void **state)
{
	const struct bit_history *h = &tables.machine;
	struct rng rng = rng_stream(5, 0, 0);
	unsigned s = 0, mirrored = 0, run = 0;

	(void)state;
	for (unsigned i = 0; i < 20000; i++) {
		unsigned rarely = (i >> 10 & 7) + 1, bit = rng_below(&rng, 1 + rarely) == 0;

		s = h->next[s][bit];
		mirrored = h->next[mirrored][!bit];
		assert_int_equal(h->count[s][0], h->count[mirrored][1]);
		assert_int_equal(h->count[s][1], h->count[mirrored][0]);
	}
	for (unsigned i = 0; i < RUN_MAX; i++)
		run = h->next[run][0];
	run = h->next[run][1];
	assert_int_equal(h->count[run][1], 1);
	assert_in_range(h->count[run][0], 2, RUN_MAX / 4);
}

/* ---- Tables and what is learnt. -------------------------------------------------------------- */

static void squash_undoes_stretch(void **state)
{
	(void)state;
	for (uint32_t p = 0; p < ONE22; p += 61) {
		double exact = (p + 0.5) / ONE22, cell = 1 / (double)MIXING_SQUASH_SCALE;
		double back = (double)squash(&tables, stretch22(&tables, p));

		assert_true(fabs(back - exact) <= 0.5 / (1 << MIXING_STRETCH_LOG2) +
						      0.51 * cell * exact * (1 - exact) + 1e-6);
	}
	for (unsigned i = 1; i < 1 << MIXING_STRETCH_LOG2; i++) {
		assert_true(tables.stretch[i] > tables.stretch[i - 1]);
		assert_true(fabsf(tables.stretch[i] +
				  tables.stretch[(1 << MIXING_STRETCH_LOG2) - 1 - i]) < 1e-5f);
	}
	for (unsigned i = 1; i <= MIXING_SQUASH_CELLS; i++)
		assert_true(tables.squash[i] >= tables.squash[i - 1]);
	assert_true(tables.squash[0] > 0 && squash(&tables, 1e9f) < 1);
	assert_true(squash(&tables, -1e9f) == tables.squash[0]);
}

/* Of a state that the machine never left the start for, p is a half; a run's is extreme. */
static void worth_starts_with_the_counts(void **state)
{
	uint32_t worth[BIT_HISTORY_STATES];

	(void)state;
	worth_start(worth, &tables);
	for (unsigned s = 0; s < BIT_HISTORY_STATES; s++) {
		double n0 = tables.machine.count[s][0], n1 = tables.machine.count[s][1];

		assert_true(worth[s] > 0 && worth[s] < ONE22);
		assert_int_equal((worth[s] > ONE22 / 2) - (worth[s] < ONE22 / 2),
				 (n1 > n0) - (n1 < n0));
		assert_true(fabs((double)worth[s] / ONE22 - (n1 + 0.4) / (n0 + n1 + 0.8)) < 1e-6);
	}
}

static void worth_is_learnt(void **state)
{
	static const double planted[] = {0, 0.02, 0.3, 0.9, 1};

	(void)state;
	for (unsigned k = 0; k < sizeof planted / sizeof *planted; k++) {
		struct rng rng = rng_stream(6, k, 0);
		uint32_t p = ONE22 / 2;
		double sum = 0;

		for (unsigned i = 0; i < 60000; i++) {
			worth_learn(&p, rng_unit(&rng) < planted[k]);
			assert_true(p < ONE22);
			assert_true(fabsf(stretch22(&tables, p)) < MIXING_STRETCH_MAX);
			sum += i >= 10000 ? p : 0;
		}
		assert_true(fabs(sum / 50000 / ONE22 - planted[k]) < 0.006);
	}
}

/* With the rate 1 / (n + 1.5) p is a count's share; from `limit` on it forgets, but no faster. */
static void indirect_is_learnt(void **state)
{
	static const double planted[] = {0, 0.02, 0.3, 0.9, 1}, start[] = {0x1p-12, 0.5, 0.9999};
	static const uint32_t limit[] = {7, 30, 255, 1023};

	(void)state;
	for (unsigned k = 0; k < 5 * 3 * 4; k++) {
		struct rng rng = rng_stream(7, k, 0);
		double truth = planted[k % 5], sum = 0;
		struct indirect e;

		indirect_start(&e, &tables, start[k / 5 % 3]);
		assert_true(fabs((double)(e.p_count >> 10) / ONE22 - start[k / 5 % 3]) < 1e-6);
		assert_int_equal(e.p_count & 1023, 0);
		for (unsigned i = 0; i < 12000; i++) {
			indirect_learn(&e, &tables, rng_unit(&rng) < truth, limit[k / 15]);
			assert_int_equal(e.p_count & 1023,
					 i < limit[k / 15] ? i + 1 : limit[k / 15]);
			assert_true(e.stretch == stretch22(&tables, e.p_count >> 10));
			assert_true(truth > 0 || e.p_count >> 10 < ONE22 / 3);
			sum += i >= 2000 ? e.p_count >> 10 : 0;
		}
		assert_true(fabs(sum / 10000 / ONE22 - truth) < 0.02);
	}
}

static void indirect_counts(void **state)
{
	struct indirect e;
	unsigned n1 = 0;

	(void)state;
	indirect_start(&e, &tables, 0.5);
	for (unsigned i = 0; i < 1000; i++) {
		n1 += i % 7 == 3;
		indirect_learn(&e, &tables, i % 7 == 3, 1023);
		assert_true(fabs((double)(e.p_count >> 10) / ONE22 - (n1 + 0.25) / (i + 1.5)) <
			    0.002);
	}
}

/* ---- Direct counts. -------------------------------------------------------------------------- */

#define DIRECT_LOG2 5
#define DIRECT_LINES (1u << DIRECT_LOG2)

/* What a table holds, kept in plain words: of each place who, and the bits told at each node. */
struct direct_twin {
	bool taken;
	uint32_t hash;
	unsigned n[15];
	uint32_t p_count[15];
};

/* The place where this context is or comes. */
static unsigned direct_place(struct direct_twin *twin, uint32_t hash)
{
	unsigned first = (unsigned)((uint64_t)(uint32_t)(hash * 0x9e3779b1u) * DIRECT_LINES >> 32);
	unsigned second = first % 2 ? first - 1 : first + 1, at;

	for (unsigned k = 0; k < 2; k++) {
		at = k ? second : first;
		if (twin[at].taken && twin[at].hash == hash)
			return at;
	}
	at = twin[second].n[0] < twin[first].n[0] ? second : first;
	twin[at] = (struct direct_twin){.taken = true, .hash = hash};
	for (unsigned i = 0; i < 15; i++)
		twin[at].p_count[i] = ONE22 / 2 << 10;
	return at;
}

/* Of contexts more than a table has room for, those that are told most stay. */
static void direct_counts_are_found_again(void **state)
{
	static struct direct_line line[DIRECT_LINES];
	static struct direct_twin twin[DIRECT_LINES];
	struct rng rng = rng_stream(9, 0, 0);
	unsigned n_new = 0;

	(void)state;
	for (unsigned i = 0; i < DIRECT_LINES; i++)
		direct_start(&line[i], 0);
	for (unsigned round = 0; round < 20000; round++) {
		uint32_t k = (uint32_t)rng_below(&rng, 1 + rng_below(&rng, 2 * DIRECT_LINES));
		uint32_t hash = (k + 1) * 0x85ebca6bu;
		unsigned node = (unsigned)rng_below(&rng, 2) * (unsigned)rng_below(&rng, 15);
		unsigned bit = rng_below(&rng, 20) < k, at = direct_place(twin, hash);
		struct direct_line *found = direct_find(line, DIRECT_LOG2, hash);

		assert_int_equal(found - line, at);
		assert_int_equal(found->check, hash);
		assert_memory_equal(found->p_count, twin[at].p_count, sizeof found->p_count);
		n_new += twin[at].n[0] == 0;
		count_learn(&found->p_count[node], &tables, bit, 255);
		twin[at].n[node] += twin[at].n[node] < 255;
		twin[at].p_count[node] = found->p_count[node];
		assert_int_equal(found->p_count[node] & 1023, twin[at].n[node]);
	}
	assert_in_range(n_new, DIRECT_LINES, 10000);
}

/* ---- Adaptive map. --------------------------------------------------------------------------- */

static void apm_starts_as_identity(void **state)
{
	uint16_t cell[3 * APM_CELLS];
	struct apm_place place;
	float before = 0;

	(void)state;
	apm_start(cell, &tables, 3);
	assert_memory_equal(cell, cell + 2 * APM_CELLS, APM_CELLS * sizeof *cell);
	for (float x = -15; x < 15; x += 0.01f) {
		float p = apm_refine(cell + APM_CELLS, x, &place);

		assert_true(fabsf(p - squash(&tables, x)) < 0.01f);
		assert_true(p >= before && p < 1);
		assert_in_range(place.cell - cell, APM_CELLS, 2 * APM_CELLS - 2);
		assert_true(place.upper >= 0 && place.upper < 1);
		before = p;
	}
}

static void apm_learns(void **state)
{
	uint16_t cell[2 * APM_CELLS], untold[2 * APM_CELLS];
	struct rng rng = rng_stream(8, 0, 0);
	struct apm_place place;
	double sum = 0;
	unsigned moved = 0;

	(void)state;
	apm_start(cell, &tables, 2);
	(void)apm_refine(cell, 0, &place);
	apm_learn(&place, 1, 6);
	assert_true(fabsf(apm_refine(cell, 0, &place) - (0.5f + 0.5f / 64)) < 0.003f);
	apm_start(cell, &tables, 2);
	memcpy(untold, cell, sizeof cell);
	for (unsigned i = 0; i < 40000; i++) { /* on both sides of one cell */
		(void)apm_refine(cell, i % 2 ? 2.9f : 3.1f, &place);
		sum += i >= 10000 ? cell[20] : 0;
		apm_learn(&place, rng_below(&rng, 4) == 0, 6);
		moved |= 1u << (place.cell + (place.upper > 0.5f) - cell);
	}
	assert_int_equal(moved, 1u << 20); /* -12 + 20 x 0.75 = 3 */
	for (unsigned i = 0; i < 2 * APM_CELLS; i++)
		assert_int_equal(cell[i] == untold[i], i != 20);
	assert_true(fabs(sum / 30000 / 65536 - 0.25) < 0.01);
	for (unsigned bit = 0; bit < 2; bit++) /* nothing wraps */
		for (unsigned i = 0; i < 2000; i++) {
			float p = apm_refine(cell, 3, &place);

			assert_true(p >= 0 && p < 1);
			apm_learn(&place, bit, 6);
		}
}

/* ---- Slots. ---------------------------------------------------------------------------------- */

static uint8_t table[N_LINES * SLOT_LINE_BYTES] __attribute__((aligned(SLOT_LINE_BYTES)));

/* A context of this line with this check byte. */
static uint32_t hash_of(uint32_t line, uint32_t check)
{
	return line << (32 - LINES_LOG2) | 0x5a5a00 | check;
}

static uint8_t *slot_of(uint32_t line, uint32_t check)
{
	return slot_find(table, LINES_LOG2, hash_of(line, check));
}

static void slots_are_found_again(void **state)
{
	(void)state;
	memset(table, 0, sizeof table);
	for (uint32_t line = 0; line < N_LINES; line++)
		for (uint32_t k = 1; k <= 4; k++) {
			uint8_t *slot = slot_of(line, 40 * k + line);

			assert_int_equal((slot - table) / SLOT_LINE_BYTES, line);
			assert_int_equal((slot - table) % SLOT_BYTES, 0);
			assert_int_equal(slot[0], 40 * k + line);
			for (unsigned i = 1; i < SLOT_BYTES; i++) {
				assert_int_equal(slot[i], 0);
				slot[i] = (uint8_t)(16 * k + i);
			}
		}
	for (uint32_t line = N_LINES; line-- > 0;)
		for (uint32_t k = 4; k >= 1; k--) {
			const uint8_t *slot = slot_of(line, 40 * k + line);

			assert_int_equal(slot[0], 40 * k + line);
			for (unsigned i = 1; i < SLOT_BYTES; i++)
				assert_int_equal(slot[i], 16 * k + i);
		}
}

/* Wherever the least known of four stands, it is the one that gives way, and it alone. */
static void least_known_gives_way(void **state)
{
	(void)state;
	for (unsigned order = 0; order < 256; order++) {
		uint8_t *slot[4], before[SLOT_LINE_BYTES], *line = table + 3 * SLOT_LINE_BYTES;
		unsigned least = 255, at;

		memset(table, 0, sizeof table);
		for (unsigned k = 0; k < 4; k++) {
			slot[k] = slot_of(3, 10 + k);
			memset(slot[k] + 1, 200, SLOT_BYTES - 1); /* until all are made */
		}
		for (unsigned k = 0; k < 4; k++) {
			slot[k][1] = (uint8_t)(1 + 4 * (order >> (2 * k) & 3));
			least = slot[k][1] < least ? slot[k][1] : least;
		}
		memcpy(before, line, sizeof before);
		uint8_t *made = slot_of(3, 99);

		at = (unsigned)(made - line);
		assert_int_equal(before[at + 1], least);
		assert_int_equal(made[0], 99);
		for (unsigned i = 0; i < SLOT_LINE_BYTES; i++)
			if (i / SLOT_BYTES != at / SLOT_BYTES)
				assert_int_equal(line[i], before[i]);
			else
				assert_int_equal(line[i], i == at ? 99 : 0);
		assert_ptr_equal(slot_of(3, 99), made);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_state_has_its_place),
	    cmocka_unit_test(bits_are_counted),
	    cmocka_unit_test(runs_are_exact),
	    cmocka_unit_test(bits_are_alike),
	    cmocka_unit_test(squash_undoes_stretch),
	    cmocka_unit_test(worth_starts_with_the_counts),
	    cmocka_unit_test(worth_is_learnt),
	    cmocka_unit_test(indirect_is_learnt),
	    cmocka_unit_test(indirect_counts),
	    cmocka_unit_test(direct_counts_are_found_again),
	    cmocka_unit_test(apm_starts_as_identity),
	    cmocka_unit_test(apm_learns),
	    cmocka_unit_test(slots_are_found_again),
	    cmocka_unit_test(least_known_gives_way),
	    MIXER_TWIN_TESTS,
	};

	return cmocka_run_group_tests(tests, build, NULL);
}
