/* SPDX-License-Identifier: BSD-2-Clause */
#include "mix_past.h"

#include <string.h>

#define CODE_VOTES_MAX 4096
#define CODE_VOTES_NEEDED 512
#define CODE_VOTE 64

/* Share of odd bytes above which content is binary, below which it is text: in 2^-24, fine enough
 * to decay below the lower one. */
#define ODD_BINARY (2600u << 8)
#define ODD_TEXT (650u << 8)
#define ODD_LOG2 10 /* it decays over 2^10 bytes */

void mix_past_layout(struct mix_past *p, struct arena *a, uint64_t n_max)
{
	p->byte = arena_take(a, n_max + 8, 1);
	p->followed1 = arena_take(a, 256, sizeof *p->followed1);
	p->followed2 = arena_take(a, 65536, sizeof *p->followed2);
	p->gap_votes = arena_take(a, MIX_RECORD_MAX, sizeof *p->gap_votes);
}

void mix_past_start(struct mix_past *p)
{
	p->content = MIX_TEXT;
	p->record_bytes = 4;
}

/* --- machine code --- */

static bool is_call(uint64_t recent)
{
	return (recent & 0xfe) == 0xe8;
}

/* An instruction with an operand relative to its own place ends its opcode here: conditional jump,
 * or an address relative to the instruction in the most frequent encodings of 64-bit code. */
static bool is_relative(uint64_t recent)
{
	unsigned last = recent & 0xff, before = recent >> 8 & 0xff, prefix = recent >> 16 & 0xff;

	if (before == 0x0f && (last & 0xf0) == 0x80)
		return true;
	if (before == 0xff && (last == 0x15 || last == 0x25))
		return true;
	return (last & 0xc7) == 0x05 && (prefix & 0xf8) == 0x48 &&
	       (before == 0x8b || before == 0x8d || before == 0x89 || before == 0x3b ||
		before == 0x39);
}

/* What is to be added to the next byte of an operand. */
static uint32_t operand_addend(const struct mix_past *p)
{
	unsigned shift = 8 * (4 - p->operand_left);
	uint64_t below = ((uint64_t)1 << shift) - 1;

	/* sum of the low parts so far, whose overflow is the carry */
	return (p->base >> shift & 0xff) +
	       (uint32_t)(((p->operand & below) + (p->base & below)) >> shift);
}

static void follow_code(struct mix_past *p, uint8_t original)
{
	p->original = p->original << 8 | original;
	if ((p->original >> 32 & 0xfe) == 0xe8) {
		uint8_t top = (uint8_t)(p->original & 0xff);

		if (top == 0 || top == 0xff)
			p->code_votes += p->code_votes < CODE_VOTES_MAX ? CODE_VOTE : 0;
		else
			p->code_votes -= p->code_votes >> 3;
	}
	if (p->operand_left) {
		p->operand |= (uint32_t)original << (8 * (4 - p->operand_left));
		p->operand_left--;
	} else if (p->code_votes >= CODE_VOTES_NEEDED &&
		   (is_call(p->original) || is_relative(p->original))) {
		p->operand_left = 4;
		p->operand = 0;
		p->base = p->n + 4;
	}
	p->carry = p->operand_left ? operand_addend(p) : 0;
}

/* --- text --- */

static bool is_letter(unsigned c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c >= 128;
}

static void follow_words(struct mix_past *p, unsigned c)
{
	bool in_word = is_letter(c) || (c >= '0' && c <= '9' && p->word);

	if (in_word) {
		unsigned folded = c >= 'A' && c <= 'Z' ? c + 32 : c;

		p->word = (p->word + folded + 1) * 0x2f0b4c47u;
		return;
	}
	if (p->word) {
		p->word_before[2] = p->word_before[1];
		p->word_before[1] = p->word_before[0];
		p->word_before[0] = p->word;
		if (p->key_words < MIX_KEY_WORDS) {
			p->key = (p->key + p->word) * 0x9e3779b1u;
			p->key_words++;
		}
		p->sentence = (p->sentence + p->word) * 0x9e3779b1u;
		p->word = 0;
		p->spaced = 0;
	}
	if (c == '.' || c == '\n')
		p->sentence = 0;
	p->spaced = (p->spaced + c + 1) * 0x3d4d51cbu;
}

static void follow_lines(struct mix_past *p, unsigned c)
{
	if (c == '\n') {
		p->line_before = p->line;
		p->line = p->n;
		p->first_bytes = 0;
		p->key = p->key_words = 0;
	} else if (p->n - p->line <= 2) {
		p->first_bytes = p->first_bytes << 8 | c;
	}
}

/* Kinds of bytes, as far as they show how words and sentences are built. */
static uint32_t kind_of(unsigned c)
{
	if (c >= 'A' && c <= 'Z')
		return 2;
	if (is_letter(c))
		return !(c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u' || c == 'y');
	if (c >= '0' && c <= '9')
		return 3;
	if (c == ' ' || c == '\n')
		return c == ' ' ? 4 : 5;
	return c == '.' || c == '!' || c == '?' || c == ':' || c == ';' ? 7 : 6;
}

static bool is_odd(unsigned c)
{
	return (c < 32 && c != '\n' && c != '\r' && c != '\t') || c == 127 || c >= 0xf5;
}

static void judge_content(struct mix_past *p, unsigned c)
{
	p->odd -= p->odd >> ODD_LOG2;
	if (is_odd(c))
		p->odd += (1 << 24) >> ODD_LOG2;
	if (p->odd > ODD_BINARY)
		p->content = MIX_BINARY;
	else if (p->odd < ODD_TEXT)
		p->content = MIX_TEXT;
}

/* --- records --- */

/* A byte that comes again after the same distance votes for records of that length. */
static void follow_records(struct mix_past *p, unsigned c)
{
	uint32_t gap = p->n - p->last_at[c];

	p->last_at[c] = p->n;
	if (gap > 1 && gap < MIX_RECORD_MAX && gap == p->gap[c]) {
		p->gap_votes[gap]++;
		if (p->gap_votes[gap] > p->gap_votes[p->record_bytes] + 16)
			p->record_bytes = gap;
	}
	p->gap[c] = gap;
	if (p->n % 4096 == 0)
		for (unsigned i = 0; i < MIX_RECORD_MAX; i++)
			p->gap_votes[i] -= p->gap_votes[i] >> 2;
}

void mix_past_add(struct mix_past *p, uint8_t coded)
{
	uint8_t original = mix_past_original(p, coded);
	uint32_t pair = p->recent & 0xffff;

	p->followed1[pair & 0xff] = (uint16_t)(p->followed1[pair & 0xff] << 8 | coded);
	p->followed2[pair] = (uint16_t)(p->followed2[pair] << 8 | coded);
	p->byte[p->n++] = coded;
	p->recent = p->recent << 8 | coded;
	judge_content(p, coded);
	follow_words(p, coded);
	follow_lines(p, coded);
	p->kinds = p->kinds << 3 | kind_of(coded);
	follow_records(p, coded);
	follow_code(p, original);
}

/* --- contexts --- */

static uint64_t last_bytes(const struct mix_past *p, unsigned n)
{
	return p->recent & (((uint64_t)1 << (8 * n)) - 1);
}

static uint64_t byte_back(const struct mix_past *p, uint32_t distance)
{
	return distance <= p->n ? p->byte[p->n - distance] : 0;
}

static uint64_t column(const struct mix_past *p)
{
	uint32_t at = p->n - p->line;

	return at < 255 ? at : 255;
}

/* The byte of the line before that stands over the next one. */
static uint64_t above(const struct mix_past *p)
{
	uint32_t at = p->line_before + (p->n - p->line);

	return at < p->line ? p->byte[at] : 0;
}

static uint64_t order0(const struct mix_past *p)
{
	(void)p;
	return 0;
}
static uint64_t order1(const struct mix_past *p)
{
	return last_bytes(p, 1);
}
static uint64_t order2(const struct mix_past *p)
{
	return last_bytes(p, 2);
}
static uint64_t order3(const struct mix_past *p)
{
	return last_bytes(p, 3);
}
static uint64_t order4(const struct mix_past *p)
{
	return last_bytes(p, 4);
}
static uint64_t order5(const struct mix_past *p)
{
	return last_bytes(p, 5);
}
static uint64_t order6(const struct mix_past *p)
{
	return last_bytes(p, 6);
}
static uint64_t order7(const struct mix_past *p)
{
	return last_bytes(p, 7);
}
static uint64_t word(const struct mix_past *p)
{
	return (uint64_t)p->word << 8 | last_bytes(p, 1);
}
static uint64_t word_pair(const struct mix_past *p)
{
	return (uint64_t)p->word << 32 | p->word_before[0];
}
static uint64_t word_triple(const struct mix_past *p)
{
	return word_pair(p) * 0x9e3779b97f4a7c15u + p->word_before[1];
}
static uint64_t word_skip(const struct mix_past *p)
{
	return ((uint64_t)p->word << 32 | p->word_before[1]) + 0x1234567;
}
static uint64_t line_words(const struct mix_past *p)
{
	return (word_pair(p) + p->key) * 0x9e3779b97f4a7c15u;
}
static uint64_t sentence_words(const struct mix_past *p)
{
	return (uint64_t)p->word << 32 | p->sentence;
}
static uint64_t word_spacing(const struct mix_past *p)
{
	return ((uint64_t)p->spaced << 32 | p->word) * 31 + p->word_before[0] % 61;
}
static uint64_t column_above(const struct mix_past *p)
{
	return column(p) << 8 | above(p);
}
static uint64_t above_and_last(const struct mix_past *p)
{
	return above(p) << 8 | last_bytes(p, 1);
}
static uint64_t line_start(const struct mix_past *p)
{
	return (uint64_t)p->first_bytes << 32 | column(p) << 16 | last_bytes(p, 1);
}
static uint64_t after_byte(const struct mix_past *p)
{
	return (uint64_t)p->followed1[last_bytes(p, 1)] << 8 | last_bytes(p, 1);
}
static uint64_t after_pair(const struct mix_past *p)
{
	return (uint64_t)p->followed2[last_bytes(p, 2)] << 8 | last_bytes(p, 1);
}
static uint64_t skip_1(const struct mix_past *p)
{
	return p->recent & 0xffff00;
}
static uint64_t skip_2(const struct mix_past *p)
{
	return p->recent & 0xffff0000;
}
static uint64_t bytes_1_3(const struct mix_past *p)
{
	return p->recent & 0xff00ff;
}
static uint64_t bytes_1_2_5_6(const struct mix_past *p)
{
	return p->recent & 0xffff0000ffff;
}
static uint64_t high_halves(const struct mix_past *p)
{
	return p->recent & 0xf0f0f0f0f0ff;
}
static uint64_t record_above(const struct mix_past *p)
{
	return byte_back(p, p->record_bytes) << 8 | last_bytes(p, 1);
}
static uint64_t record_place(const struct mix_past *p)
{
	return byte_back(p, p->record_bytes) << 24 | byte_back(p, 2 * p->record_bytes) << 16 |
	       p->n % p->record_bytes;
}
static uint64_t word_aligned(const struct mix_past *p)
{
	return (uint64_t)(p->n % 4) << 32 | byte_back(p, 4) << 16 | byte_back(p, 8) << 8 |
	       last_bytes(p, 1);
}

static uint64_t kinds_and_last(const struct mix_past *p)
{
	return (uint64_t)(p->kinds & 0x1fffff) << 8 | last_bytes(p, 1);
}
static uint64_t kinds_10(const struct mix_past *p)
{
	return p->kinds & 0x3fffffff;
}
static uint64_t word_skip_2(const struct mix_past *p)
{
	return (uint64_t)p->word << 32 | p->word_before[2];
}
static uint64_t word_quadruple(const struct mix_past *p)
{
	return word_triple(p) * 0x9e3779b97f4a7c15u + p->word_before[2];
}
static uint64_t pair_after_word(const struct mix_past *p)
{
	return (uint64_t)p->word_before[0] << 16 | last_bytes(p, 2);
}
static uint64_t word_and_column(const struct mix_past *p)
{
	return (uint64_t)p->word << 8 | column(p);
}

const struct mix_context mix_contexts[MIX_CONTEXT_NUMBERS] = {
    {"order 0", order0},
    {"order 1", order1},
    {"order 2", order2},
    {"order 3", order3},
    {"order 4", order4},
    {"order 5", order5},
    {"order 6", order6},
    {"order 7", order7},
    {"word", word},
    {"2 words", word_pair},
    {"3 words", word_triple},
    {"word and the one before the last", word_skip},
    {"word and spacing", word_spacing},
    {"column and byte above", column_above},
    {"byte above and last byte", above_and_last},
    {"start of line, column, last byte", line_start},
    {"what followed the last byte", after_byte},
    {"what followed the last two bytes", after_pair},
    {"bytes 2, 3 back", skip_1},
    {"bytes 3, 4 back", skip_2},
    {"bytes 1, 3 back", bytes_1_3},
    {"bytes 1, 2, 5, 6 back", bytes_1_2_5_6},
    {"upper halves of 6 bytes", high_halves},
    {"record above, last byte", record_above},
    {"two records above, place in record", record_place},
    {"32-bit words before, place in word", word_aligned},
    {"start of line, 2 words", line_words},
    {"sentence so far", sentence_words},
    {"kinds of 7 bytes, last byte", kinds_and_last},
    {"kinds of 10 bytes", kinds_10},
    {"word and the third before it", word_skip_2},
    {"4 words", word_quadruple},
    {"word before, last two bytes", pair_after_word},
    {"word and column", word_and_column},
};
