/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Property  the byte half of `mix` codes what it should: every form of instructions makes the same
 *           archive and reads that of another; what is planted costs little more than its entropy,
 *           a repeat nearly nothing and one decision a byte; higher levels are not larger.  The
 *           walk depends on the answers alone, whatever it takes a byte to be, and any answers
 *           make bytes.  Its past maps operands of calls one to one, finds records and kinds of
 *           content.
 * Method    data made here, alike to text, records and x86 code; archives of every form; the walk
 *           through a byte under a channel that counts decisions and adds up their lengths.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "archive.h"
#include "mix_bytes.h"
#include "mix_forms.h"
#include "rng.h"
#include "simd.h"

#include <cmocka.h> /* after status.h: it defines a macro fail() */

#define N_KIND 12000u     /* bytes of a sample of one kind */
#define N_MARKOV 60000u
#define N_REPEATED 8000u
#define RECORD_BYTES 28u
#define WORDS 300u
#define TARGETS 24u
#define PAST_BYTES 40000u

#define NEURAL "neural:dim=16,ctx=16,layers=1,block=256" /* a small network */

enum kind { TEXT, CODE, RECORDS, KINDS };

/* ---- Data. ----------------------------------------------------------------------------------- */

/* Sentences of words of which the first ones are frequent, in lines. */
static void make_text(uint8_t *byte, size_t n, uint64_t seed)
{
	struct rng rng = rng_stream(seed, 0, 0);
	char word[WORDS][9];

	for (unsigned i = 0; i < WORDS; i++) {
		unsigned length = 1 + (unsigned)rng_below(&rng, 8);

		for (unsigned k = 0; k < length; k++)
			word[i][k] = "etaoinshrdlucmfw"[rng_below(&rng, 4 + 12 * (k % 2))];
		word[i][length] = '\0';
	}
	for (size_t at = 0, line = 0; at < n;) {
		double u = rng_unit(&rng);
		const char *w = word[(unsigned)(u * u * u * WORDS)];

		while (*w && at < n)
			byte[at++] = (uint8_t)*w++;
		if (rng_below(&rng, 9) == 0 && at < n)
			byte[at++] = '.';
		if (at == n)
			break;
		byte[at] = at - line > 60 ? '\n' : ' ';
		line = byte[at] == '\n' ? at : line;
		at++;
	}
}

/* Records of a counter, a constant, a small number and noise. */
static void make_records(uint8_t *byte, size_t n, uint64_t seed, size_t record_bytes)
{
	struct rng rng = rng_stream(seed, 1, 0);

	for (size_t at = 0; at < n; at++) {
		size_t row = at / record_bytes, column = at % record_bytes;

		byte[at] = column < 2    ? (uint8_t)(row >> (8 * column))
			   : column < 12 ? (uint8_t)(0xd0 + column)
			   : column < 16 ? (uint8_t)rng_below(&rng, 256)
			   : column < 20 ? (uint8_t)rng_below(&rng, 3)
					 : 0;
	}
}

/* Instructions of a few kinds; every few of them a call of one of TARGETS functions. */
static void make_code(uint8_t *byte, size_t n, uint64_t seed)
{
	static const char *const instruction[] = {"\x55", "\x5d", "\x89\xe5", "\x83\xc4\x10",
						  "\x31\xc9", "\x8b\x45\xf8", "\x01\xd1"};
	struct rng rng = rng_stream(seed, 2, 0);

	for (size_t at = 0; at < n;) {
		const char *i = instruction[rng_below(&rng, 7)];

		if (rng_below(&rng, 5) == 0 && at + 5 <= n) {
			uint32_t target = 100 + 1237 * (uint32_t)rng_below(&rng, TARGETS);
			uint32_t operand = target - (uint32_t)(at + 5);

			byte[at++] = 0xe8;
			for (unsigned k = 0; k < 4; k++)
				byte[at++] = (uint8_t)(operand >> (8 * k));
			continue;
		}
		while (*i && at < n)
			byte[at++] = (uint8_t)*i++;
	}
}

static void make(enum kind kind, uint8_t *byte, size_t n, uint64_t seed)
{
	if (kind == TEXT)
		make_text(byte, n, seed);
	else if (kind == CODE)
		make_code(byte, n, seed);
	else
		make_records(byte, n, seed, RECORD_BYTES);
}

/* Some of each kind: never twice the same. */
static void make_mixture(uint8_t *byte, size_t part_bytes)
{
	for (unsigned k = 0; k < KINDS; k++)
		make((enum kind)k, byte + k * part_bytes, part_bytes, 10);
}

/* ---- Archives. ------------------------------------------------------------------------------- */

static struct buffer compress(int level, const uint8_t *byte, size_t n)
{
	struct archive_settings settings;
	struct buffer out = {0};

	if (level == MIX_LEVEL_NEURAL) {
		assert_int_equal(archive_settings_parse(&settings, NEURAL), STATUS_OK);
	} else {
		assert_int_equal(archive_settings_parse(&settings, "mix"), STATUS_OK);
		settings.option[0] = level;
	}
	settings.as_bytes = true;
	settings.threads = 1;
	assert_int_equal(archive_compress(&settings, byte, n, &out, NULL), STATUS_OK);
	return out;
}

static void assert_comes_back(const struct buffer *archive, const uint8_t *byte, size_t n)
{
	struct archive_reading reading = {.threads = 1};
	struct buffer back = {0};

	assert_int_equal(archive_decompress(&reading, archive->data, archive->size_bytes, &back,
					    NULL),
			 STATUS_OK);
	assert_int_equal(back.size_bytes, n);
	assert_memory_equal(back.data, byte, n);
	buffer_free(&back);
}

static void check_forms(int level, const uint8_t *byte, size_t n)
{
	struct buffer plain, other;

	assert_int_equal(simd_force("plain"), STATUS_OK);
	plain = compress(level, byte, n);
	for (enum simd form = SIMD_AVX2; form < SIMD_FORMS; form++) {
		if (!simd_available(form))
			continue;
		assert_int_equal(simd_force(simd_name(form)), STATUS_OK);
		other = compress(level, byte, n);
		assert_int_equal(other.size_bytes, plain.size_bytes);
		assert_memory_equal(other.data, plain.data, plain.size_bytes);
		buffer_free(&other);
	}
	assert_comes_back(&plain, byte, n); /* with the last form there is */
	assert_int_equal(simd_force("auto"), STATUS_OK);
	buffer_free(&plain);
}

static void forms_agree(void **state)
{
	static const int levels[] = {1, 5, 9};
	static uint8_t byte[N_KIND];

	(void)state;
	for (unsigned kind = 0; kind < KINDS; kind++) {
		make((enum kind)kind, byte, N_KIND, 1);
		for (unsigned i = 0; i < 3; i++)
			check_forms(levels[i], byte, N_KIND);
		check_forms(MIX_LEVEL_NEURAL, byte, N_KIND / 4);
	}
}

/* One kind after the other, then a repeat with mistakes: whole bytes that are refused. */
static void every_shape_comes_back(void **state)
{
	static const int levels[] = {1, 2, 5, 8, MIX_LEVEL_NEURAL};
	static uint8_t byte[6 * N_REPEATED / 2];
	const size_t half = sizeof byte / 2;

	(void)state;
	make_mixture(byte, half / KINDS);
	memcpy(byte + half, byte, half);
	for (size_t i = half + 50; i < sizeof byte; i += 97 + i % 211)
		byte[i] ^= (uint8_t)(1 + i % 255);
	for (unsigned i = 0; i < 5; i++) {
		struct buffer archive = compress(levels[i], byte, sizeof byte);

		assert_comes_back(&archive, byte, sizeof byte);
		buffer_free(&archive);
	}
}

static void higher_levels_are_smaller(void **state)
{
	static uint8_t byte[4 * N_KIND];
	size_t size[3];

	(void)state;
	make_mixture(byte, sizeof byte / KINDS);
	for (unsigned i = 0; i < 3; i++) {
		struct buffer archive = compress((int[]){1, 5, 9}[i], byte, sizeof byte);

		size[i] = archive.size_bytes;
		buffer_free(&archive);
	}
	print_message("levels 1, 5, 9: %zu, %zu, %zu bytes\n", size[0], size[1], size[2]);
	assert_true(size[1] < size[0]);
	assert_true(size[2] < size[1]);
}

/* Also where there is little to learn for a network: then by what else its level has. */
static void neural_is_smaller(void **state)
{
	static uint8_t byte[2 * N_KIND];
	struct buffer mix, neural;

	(void)state;
	make_text(byte, sizeof byte, 12);
	mix = compress(9, byte, sizeof byte);
	neural = compress(MIX_LEVEL_NEURAL, byte, sizeof byte);
	print_message("neural: %.4f of level 9\n",
		      (double)neural.size_bytes / (double)mix.size_bytes);
	assert_true(neural.size_bytes < mix.size_bytes);
	buffer_free(&mix);
	buffer_free(&neural);
}

/* ---- The walk through a byte. ---------------------------------------------------------------- */

struct meter {
	struct bit_channel channel; /* first */
	unsigned n_decisions;
	double bits;
};

static unsigned measure(struct bit_channel *c, uint32_t p1, unsigned bit)
{
	struct meter *m = (struct meter *)c;

	assert_in_range(p1, 1, BIT_PROBABILITY_ONE - 1);
	m->n_decisions++;
	m->bits -= log2((double)(bit ? p1 : BIT_PROBABILITY_ONE - p1) / BIT_PROBABILITY_ONE);
	return bit;
}

static struct mix_bytes *open_mix(int level, size_t n, uint64_t silenced)
{
	struct mix_bytes *m;

	assert_int_equal(mix_bytes_open(&m, &mix_levels[level - 1], n, silenced, NULL), STATUS_OK);
	return m;
}

/* What bytes from..to cost, after those before them; decisions in *n_decisions unless NULL. */
static double cost(int level, uint64_t silenced, const uint8_t *byte, size_t from, size_t to,
		   unsigned *n_decisions)
{
	struct mix_bytes *m = open_mix(level, to, silenced);
	struct meter meter = {.channel.code = measure};

	for (size_t i = 0; i < to; i++) {
		if (i == from)
			meter.bits = meter.n_decisions = 0;
		assert_int_equal(mix_form()->code_byte[m->level->shape](m, &meter.channel, byte[i]),
				 byte[i]);
	}
	if (n_decisions)
		*n_decisions = meter.n_decisions;
	mix_bytes_close(m);
	return meter.bits;
}

/* Each byte depends on the two before it: 8 letters, of which few are likely.  Returns the bits
 * that bytes from..n cost somebody who knows all probabilities. */
static double make_markov(uint8_t *byte, size_t from, size_t n)
{
	struct rng rng = rng_stream(20, 0, 0);
	double p[64][8], bits = 0;
	unsigned context = 0;

	for (unsigned c = 0; c < 64; c++) {
		double sum = 0;

		for (unsigned k = 0; k < 8; k++) {
			double u = rng_unit(&rng);

			sum += p[c][k] = u * u + 0.02;
		}
		for (unsigned k = 0; k < 8; k++)
			p[c][k] /= sum;
	}
	for (size_t i = 0; i < n; i++) {
		double u = rng_unit(&rng);
		unsigned k = 0;

		while (k < 7 && u >= p[context][k])
			u -= p[context][k++];
		bits -= i < from ? 0 : log2(p[context][k]);
		byte[i] = (uint8_t)("aeiostnr"[k]);
		context = (context * 8 + k) % 64;
	}
	return bits;
}

static void planted_bytes_cost_their_entropy(void **state)
{
	static const double most[] = {1.16, 1.07, 1.06};
	static uint8_t byte[N_MARKOV];
	double entropy = make_markov(byte, N_MARKOV / 3, N_MARKOV);

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		int level = (int[]){1, 5, 9}[i];
		double bits = cost(level, 0, byte, N_MARKOV / 3, N_MARKOV, NULL);

		print_message("level %d: %.4f of the entropy\n", level, bits / entropy);
		assert_true(bits > entropy * 0.995);
		assert_true(bits < entropy * most[i]);
	}
}

/* What cannot be foreseen costs hardly more than itself. */
static void noise_costs_itself(void **state)
{
	static uint8_t byte[N_KIND];
	struct rng rng = rng_stream(21, 0, 0);

	(void)state;
	for (size_t i = 0; i < N_KIND; i++)
		byte[i] = (uint8_t)rng_below(&rng, 256);
	for (int level = 1; level <= MIX_LEVELS; level += 4) {
		double bits = cost(level, 0, byte, 0, N_KIND, NULL) / (8.0 * N_KIND);

		print_message("level %d: %.4f of noise\n", level, bits);
		assert_true(bits > 0.999 && bits < 1.04);
	}
}

/* Noise, four times: once that is known, a byte is one decision and costs next to nothing. */
static void repeats_cost_nearly_nothing(void **state)
{
	static uint8_t byte[4 * N_REPEATED];
	struct rng rng = rng_stream(22, 0, 0);

	(void)state;
	for (size_t i = 0; i < sizeof byte; i++)
		byte[i] = i < N_REPEATED ? (uint8_t)rng_below(&rng, 256) : byte[i - N_REPEATED];
	for (int level = 1; level <= MIX_LEVELS; level += 4) {
		unsigned n_first, n_decisions;
		double first = cost(level, 0, byte, 0, N_REPEATED, &n_first);
		double bits = cost(level, 0, byte, 3 * N_REPEATED, 4 * N_REPEATED, &n_decisions);

		print_message("level %d: %.4f bits, %.3f decisions a byte\n", level,
			      bits / N_REPEATED, (double)n_decisions / N_REPEATED);
		assert_in_range(n_first, 8 * N_REPEATED - N_REPEATED / 100,
				8 * N_REPEATED + N_REPEATED / 100);
		assert_true(bits < first / 500);
		assert_true(n_decisions < N_REPEATED + N_REPEATED / 50);
	}
}

/* The fast level trusts a match within the first repeat.  A whole byte that is refused: nine
 * decisions, and the byte is the right one (see cost()). */
static void refused_bytes_are_spelt(void **state)
{
	static uint8_t byte[4 * N_REPEATED];
	struct rng rng = rng_stream(23, 0, 0);
	unsigned n_right, n_wrong, n_second;

	(void)state;
	for (size_t i = 0; i < sizeof byte; i++)
		byte[i] = i < N_REPEATED ? (uint8_t)rng_below(&rng, 256) : byte[i - N_REPEATED];
	(void)cost(1, 0, byte, N_REPEATED + N_REPEATED / 4, 2 * N_REPEATED, &n_second);
	assert_in_range(n_second, N_REPEATED / 4 * 3, N_REPEATED / 4 * 3 + N_REPEATED / 50);
	(void)cost(1, 0, byte, sizeof byte - 2, sizeof byte - 1, &n_right);
	byte[sizeof byte - 2] ^= 0x11;
	(void)cost(1, 0, byte, sizeof byte - 2, sizeof byte - 1, &n_wrong);
	assert_int_equal(n_right, 1);
	assert_int_equal(n_wrong, 9);
}

/* Lines that are alike but for one letter: the rest of a line is one decision a byte, and where the
 * letter stands nobody trusts the match, however long it was until then. */
static void whole_bytes_know_their_place(void **state)
{
	static const char line[] = "the same words in each of the lines, but letter=?;\n";
	enum { LINE_BYTES = sizeof line - 1, LINES = 600 };
	static uint8_t byte[LINES * LINE_BYTES];
	const char *letter = strchr(line, '?');
	struct rng rng = rng_stream(24, 0, 0);

	(void)state;
	for (unsigned i = 0; i < LINES; i++) {
		memcpy(byte + i * LINE_BYTES, line, LINE_BYTES);
		byte[i * LINE_BYTES + (size_t)(letter - line)] =
		    (uint8_t)('a' + rng_below(&rng, 16));
	}
	for (int level = 5; level <= MIX_LEVELS; level += 4) {
		unsigned n_decisions;
		double bits = cost(level, 0, byte, sizeof byte / 2, sizeof byte, &n_decisions);

		bits /= LINES / 2;
		print_message("level %d: %.3f bits, %.1f decisions a line\n", level, bits,
			      n_decisions / (LINES / 2.0));
		assert_true(bits > 3.9 && bits < 4.6);
		assert_true(n_decisions / (LINES / 2.0) < LINE_BYTES + 30);
	}
}

/* The fast level guesses most bytes even of words in random order, at some cost in bits.  When
 * nobody may guess, each byte is eight decisions. */
static void guesses_save_decisions(void **state)
{
	static uint8_t byte[N_MARKOV];
	const struct mix_level *level = &mix_levels[0];
	uint64_t guessers = 0;
	unsigned n_all, n_none;
	const char *name = NULL;
	double all, none;

	(void)state;
	make_text(byte, N_MARKOV, 24);
	for (unsigned k = 1; mix_bytes_input(level, k, &name); k++)
		if (strstr(name, "guess") || strstr(name, "match"))
			guessers |= mix_bytes_input(level, k, NULL);
	assert_int_equal(__builtin_popcountll(guessers), 1 + SMALL_ORDERS);
	all = cost(1, 0, byte, N_MARKOV / 2, N_MARKOV, &n_all);
	none = cost(1, guessers, byte, N_MARKOV / 2, N_MARKOV, &n_none);
	print_message("decisions a byte: %.2f, without guesses %.2f; bits: %.3f of those without\n",
		      n_all / (N_MARKOV / 2.0), n_none / (N_MARKOV / 2.0), all / none);
	assert_int_equal(n_none, 8 * (N_MARKOV / 2));
	assert_true(n_all < 5 * (N_MARKOV / 2));
	assert_true(all < 1.15 * none);
}

struct oracle {
	struct bit_channel channel; /* first */
	struct rng rng;
};

/* Mostly what is likely, so that there is much to remember; now and then what is not. */
static unsigned answer(struct bit_channel *c, uint32_t p1, unsigned bit)
{
	struct oracle *o = (struct oracle *)c;
	bool likely = rng_below(&o->rng, 50) != 0;

	assert_in_range(bit, 0, 1);
	return rng_below(&o->rng, BIT_PROBABILITY_ONE) < (likely ? p1 : BIT_PROBABILITY_ONE - p1);
}

/* A decoder is told nothing: all that it does follows from the answers, be they of a damaged
 * stream.  So whatever it takes the next byte to be, the same ones come out. */
static void answers_are_all_that_counts(void **state)
{
	static uint8_t byte[2][2 * N_KIND];

	(void)state;
	for (int level = 1; level <= MIX_LEVELS; level += 2) {
		for (unsigned told = 0; told < 2; told++) {
			struct mix_bytes *m = open_mix(level, sizeof byte[0], 0);
			struct oracle o = {{.code = answer}, rng_stream(25, (uint64_t)level, 0)};

			for (size_t i = 0; i < sizeof byte[0]; i++) {
				uint32_t b = mix_form()->code_byte[m->level->shape](
				    m, &o.channel, told ? i * 37 & 0xff : 0);

				assert_in_range(b, 0, 255);
				byte[told][i] = (uint8_t)b;
			}
			mix_bytes_close(m);
		}
		assert_memory_equal(byte[0], byte[1], sizeof byte[0]);
	}
}

/* Each input has a name and a bit of its own, and without the one that fits the data they cost
 * more. */
static void inputs_can_be_silenced(void **state)
{
	static uint8_t byte[N_MARKOV / 3];
	double all;

	(void)state;
	(void)make_markov(byte, 0, sizeof byte);
	all = cost(5, 0, byte, 0, sizeof byte, NULL);
	for (int level = 1; level <= MIX_LEVELS; level += 4) {
		uint64_t seen = 0, bit;
		const char *name = NULL;
		bool found = false;

		for (unsigned k = 1;; k++) {
			bit = mix_bytes_input(&mix_levels[level - 1], k, &name);
			if (!bit)
				break;
			assert_int_equal(seen & bit, 0);
			assert_int_equal(bit & (bit - 1), 0);
			seen |= bit;
			found |= strcmp(name, "order 2") == 0;
			if (level == 5 && strcmp(name, "order 2") == 0)
				assert_true(cost(5, bit, byte, 0, sizeof byte, NULL) > all * 1.01);
		}
		assert_true(found);
	}
}

/* ---- The past. ------------------------------------------------------------------------------- */

static struct mix_past *open_past(struct arena *a)
{
	struct mix_past counted, *p = calloc(1, sizeof *p);
	struct arena counting = {0};

	assert_non_null(p);
	mix_past_layout(&counted, &counting, PAST_BYTES);
	assert_int_equal(arena_open(a, counting.used_bytes), STATUS_OK);
	mix_past_layout(p, a, PAST_BYTES);
	mix_past_start(p);
	return p;
}

static void close_past(struct mix_past *p, struct arena *a)
{
	free(p);
	free(a->base);
}

static void add(struct mix_past *p, const uint8_t *original, size_t n)
{
	for (size_t i = 0; i < n; i++)
		mix_past_add(p, mix_past_coded(p, original[i]));
}

/* Code with opcodes that have operands of their own place, in a stream that is otherwise noise. */
static void make_noisy_code(uint8_t *byte, size_t n, uint64_t seed)
{
	static const uint8_t likely[] = {0xe8, 0xe9, 0x0f, 0x84, 0x8f, 0x48, 0x8b, 0x05, 0xff, 0x15,
					 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0x4c, 0x8d};
	struct rng rng = rng_stream(seed, 3, 0);

	make_code(byte, n / 2, seed);
	for (size_t i = n / 2; i < n; i++)
		byte[i] = rng_below(&rng, 3) ? likely[rng_below(&rng, sizeof likely)]
					     : (uint8_t)rng_below(&rng, 256);
}

/* Whatever came before, the decoder's past says which byte the encoder meant. */
static void coded_bytes_are_one_to_one(void **state)
{
	static uint8_t byte[PAST_BYTES];
	struct arena ae, ad;

	(void)state;
	for (uint64_t seed = 1; seed <= 4; seed++) {
		struct mix_past *e = open_past(&ae), *d = open_past(&ad);
		size_t n_mapped = 0;

		make_noisy_code(byte, PAST_BYTES, seed);
		for (size_t i = 0; i < PAST_BYTES; i++) {
			uint8_t coded = mix_past_coded(e, byte[i]);

			assert_int_equal(mix_past_original(d, coded), byte[i]);
			n_mapped += coded != byte[i];
			mix_past_add(e, coded);
			mix_past_add(d, coded);
		}
		assert_in_range(n_mapped, PAST_BYTES / 50, PAST_BYTES);
		close_past(e, &ae);
		close_past(d, &ad);
	}
}

/* Behind each opcode, once code is recognised, stands the place that the operand leads to. */
static void calls_name_their_target(void **state)
{
	static const struct {
		uint8_t opcode[4];
		unsigned length;
	} form[] = {{{0xe8}, 1}, {{0xe9}, 1}, {{0x0f, 0x84}, 2}, {{0x0f, 0x8f}, 2},
		    {{0x48, 0x8b, 0x05}, 3}, {{0x4c, 0x8d, 0x3d}, 3}, {{0xff, 0x15}, 2}};
	static const uint32_t target[] = {0, 0x1234, 0x00ffff, 0xfffffff0, 0x7f80ff01};
	static uint8_t byte[N_KIND];
	struct arena a;
	struct mix_past *p = open_past(&a);

	(void)state;
	make_code(byte, N_KIND, 30);
	add(p, byte, N_KIND);
	for (unsigned i = 0; i < 7 * 5 * 3; i++) {
		uint32_t from = p->n + 1 + i % 3 + form[i % 7].length + 4;
		uint32_t place = target[i / 7 % 5];

		add(p, (const uint8_t *)"\x90\x31\xc9", 1 + i % 3);
		add(p, form[i % 7].opcode, form[i % 7].length);
		for (unsigned k = 0; k < 4; k++)
			add(p, (const uint8_t[]){(uint8_t)((place - from) >> (8 * k))}, 1);
		for (unsigned k = 0; k < 4; k++)
			assert_int_equal(p->byte[p->n - 4 + k], place >> (8 * k) & 0xff);
	}
	close_past(p, &a);
}

/* Where nothing looks like code, bytes stand for themselves; where it did, and noise follows,
 * again. */
static void other_bytes_stay(void **state)
{
	static uint8_t byte[N_KIND];
	struct rng rng = rng_stream(31, 0, 0);
	struct arena a;
	struct mix_past *p = open_past(&a);

	(void)state;
	make_text(byte, N_KIND, 31);
	add(p, byte, N_KIND);
	assert_memory_equal(p->byte, byte, N_KIND);
	make_code(byte, N_KIND, 31);
	add(p, byte, N_KIND);
	assert_memory_not_equal(p->byte + N_KIND, byte, N_KIND);
	for (size_t i = 0; i < N_KIND; i++)
		byte[i] = rng_below(&rng, 20) ? (uint8_t)rng_below(&rng, 256) : 0xe8;
	add(p, byte, N_KIND);
	assert_memory_equal(p->byte + 3 * N_KIND - N_KIND / 2, byte + N_KIND / 2, N_KIND / 2);
	close_past(p, &a);
}

/* Calls of few functions cost what it takes to choose between them, though the distances are all
 * different: the same code without the mapping, as its opcode tells, costs much more. */
static void calls_are_cheap(void **state)
{
	static uint8_t byte[2 * N_KIND];
	double mapped, unmapped;

	(void)state;
	make_code(byte, sizeof byte, 32);
	mapped = cost(5, 0, byte, N_KIND, sizeof byte, NULL);
	for (size_t i = 0; i < sizeof byte; i++)
		byte[i] = byte[i] == 0xe8 ? 0xe6 : byte[i];
	unmapped = cost(5, 0, byte, N_KIND, sizeof byte, NULL);
	print_message("calls mapped: %.3f of unmapped\n", mapped / unmapped);
	assert_true(mapped < 0.8 * unmapped);
}

/* From nothing after a few records; after others, when the new ones have outvoted them. */
static void records_are_found(void **state)
{
	static const uint32_t length[] = {24, 57, 300, 1000};
	static uint8_t byte[N_KIND];
	struct arena a;

	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		struct mix_past *p = open_past(&a);

		assert_int_equal(p->record_bytes, 4);
		make_records(byte, N_KIND, i, length[i]);
		add(p, byte, 8 * length[i]);
		assert_int_equal(p->record_bytes, length[i]);
		make_records(byte, N_KIND, i, 36);
		add(p, byte, N_KIND);
		assert_int_equal(p->record_bytes, 36);
		close_past(p, &a);
	}
}

/* To binary within some hundred bytes, back to text within some thousand; a stray control byte is
 * no reason. */
static void content_follows_the_bytes(void **state)
{
	static uint8_t text[N_KIND], records[N_KIND];
	struct arena a;
	struct mix_past *p = open_past(&a);

	(void)state;
	make_text(text, N_KIND, 40);
	make_records(records, N_KIND, 40, RECORD_BYTES);
	assert_int_equal(p->content, MIX_TEXT);
	add(p, text, N_KIND / 2);
	add(p, (const uint8_t *)"\f", 1);
	assert_int_equal(p->content, MIX_TEXT);
	add(p, text, 500);
	assert_int_equal(p->content, MIX_TEXT);
	add(p, records, 300);
	assert_int_equal(p->content, MIX_BINARY);
	add(p, records + 300, N_KIND - 300);
	add(p, text, 500);
	assert_int_equal(p->content, MIX_BINARY);
	add(p, text + 500, 6000);
	assert_int_equal(p->content, MIX_TEXT);
	close_past(p, &a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(forms_agree),
	    cmocka_unit_test(every_shape_comes_back),
	    cmocka_unit_test(higher_levels_are_smaller),
	    cmocka_unit_test(neural_is_smaller),
	    cmocka_unit_test(planted_bytes_cost_their_entropy),
	    cmocka_unit_test(noise_costs_itself),
	    cmocka_unit_test(repeats_cost_nearly_nothing),
	    cmocka_unit_test(refused_bytes_are_spelt),
	    cmocka_unit_test(whole_bytes_know_their_place),
	    cmocka_unit_test(guesses_save_decisions),
	    cmocka_unit_test(answers_are_all_that_counts),
	    cmocka_unit_test(inputs_can_be_silenced),
	    cmocka_unit_test(coded_bytes_are_one_to_one),
	    cmocka_unit_test(calls_name_their_target),
	    cmocka_unit_test(other_bytes_stay),
	    cmocka_unit_test(calls_are_cheap),
	    cmocka_unit_test(records_are_found),
	    cmocka_unit_test(content_follows_the_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
