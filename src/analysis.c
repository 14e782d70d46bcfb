/* SPDX-License-Identifier: BSD-2-Clause */
#include "analysis.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cost.h"
#include "tokens.h"
#include "utf8.h"

#define TEXT_SHARE 1000 /* one byte in so many may be none of text's */

const char *const byte_class_keys[BYTE_CLASSES] = {
    "lower", "upper", "digit", "blank", "line_end", "punctuation", "high", "zero", "control",
};

const char *const byte_class_names[BYTE_CLASSES] = {
    [BYTE_LOWER] = "lower-case letters", [BYTE_UPPER] = "upper-case letters",
    [BYTE_DIGIT] = "digits",             [BYTE_BLANK] = "spaces and tabs",
    [BYTE_LINE_END] = "line ends",       [BYTE_PUNCTUATION] = "punctuation",
    [BYTE_HIGH] = "bytes from 128 on",   [BYTE_ZERO] = "zero bytes",
    [BYTE_CONTROL] = "other control characters",
};

const double analysis_cost_below[ANALYSIS_COSTS] = {0.0625, 0.25, 1, 2, 4, 8, 16, INFINITY};
const double analysis_quantiles[ANALYSIS_QUANTILES] = {0.1, 0.25, 0.5, 0.75, 0.9};

enum byte_class byte_class(uint8_t byte)
{
	if (byte >= 128)
		return BYTE_HIGH;
	if ('a' <= byte && byte <= 'z')
		return BYTE_LOWER;
	if ('A' <= byte && byte <= 'Z')
		return BYTE_UPPER;
	if ('0' <= byte && byte <= '9')
		return BYTE_DIGIT;
	if (byte == ' ' || byte == '\t')
		return BYTE_BLANK;
	if (byte == '\n' || byte == '\r')
		return BYTE_LINE_END;
	if (byte == 0)
		return BYTE_ZERO;
	return byte < 32 || byte == 127 ? BYTE_CONTROL : BYTE_PUNCTUATION;
}

static uint32_t symbol_at(const struct analysis_input *in, uint64_t i)
{
	return in->is_tokens ? tokens_get(in->data, i) : in->data[i];
}

static bool has_lines(const struct analysis_input *in)
{
	return in->is_tokens ? in->end_token != ANALYSIS_NO_TOKEN : in->is_text;
}

static bool ends_line(const struct analysis_input *in, uint32_t symbol)
{
	return in->is_tokens ? symbol == in->end_token : symbol == '\n';
}

/* ---- Facts. ---- */

/* Classes of bytes, and how many are text's. */
static void look_at_bytes(struct analysis_input *in, struct analysis_facts *f)
{
	for (uint64_t i = 0; i < in->n_symbols; i++)
		f->class_bytes[byte_class(in->data[i])]++;
	f->text_bytes = in->n_symbols - f->class_bytes[BYTE_HIGH] - f->class_bytes[BYTE_ZERO] -
			f->class_bytes[BYTE_CONTROL];
	for (uint64_t i = 0; i < in->n_symbols && f->class_bytes[BYTE_HIGH];) {
		size_t n = utf8_character_bytes(in->data + i, in->n_symbols - i);

		f->text_bytes += n > 1 ? n : 0;
		i += n ? n : 1;
	}
	in->is_text = in->n_symbols > 0 && f->class_bytes[BYTE_ZERO] == 0 &&
		      (in->n_symbols - f->text_bytes) * TEXT_SHARE <= in->n_symbols;
}

void analysis_look(struct analysis_input *in, struct analysis_facts *f)
{
	uint8_t seen[65536] = {0};
	uint64_t start = 0;

	*f = (struct analysis_facts){0};
	if (!in->is_tokens)
		look_at_bytes(in, f);
	for (uint64_t i = 0; i < in->n_symbols; i++) {
		uint32_t symbol = symbol_at(in, i);

		f->n_distinct += !seen[symbol];
		seen[symbol] = 1;
		if (!has_lines(in) || (!ends_line(in, symbol) && i + 1 < in->n_symbols))
			continue;
		f->n_lines++;
		f->longest_line = i + 1 - start > f->longest_line ? i + 1 - start : f->longest_line;
		start = i + 1;
	}
}

/* ---- Excerpts. ---- */

/* Text that grows by whole characters, as long as there are columns. */
struct excerpt {
	char *text;
	size_t size_bytes;
	unsigned n_columns, n_columns_max;
};

/* Would a terminal obey it?  Also what UTF-8 makes of 128 to 159. */
static bool is_control(const uint8_t *c, size_t n)
{
	return n == 1 ? *c < 32 || *c == 127 : n == 2 && c[0] == 0xc2 && c[1] < 0xa0;
}

static void put_character(struct excerpt *e, const void *c, size_t n)
{
	if (e->n_columns < e->n_columns_max) {
		memcpy(e->text + e->size_bytes, c, n);
		e->size_bytes += n;
	}
	e->n_columns++;
}

static void put_bytes(struct excerpt *e, const uint8_t *bytes, size_t size_bytes, bool is_text)
{
	for (size_t i = 0; i < size_bytes && e->n_columns <= e->n_columns_max;) {
		size_t n = utf8_character_bytes(bytes + i, size_bytes - i);

		if (n == 0 || (n > 1 && !is_text) || is_control(bytes + i, n))
			put_character(e, ".", 1);
		else
			put_character(e, bytes + i, n);
		i += n == 0 || !is_text ? 1 : n;
	}
}

void analysis_excerpt(const struct analysis_input *in, uint64_t first, uint64_t n,
		      unsigned n_columns, char text[ANALYSIS_EXCERPT_BYTES])
{
	struct excerpt e = {.text = text, .n_columns_max = n_columns};

	assert(4 * n_columns < ANALYSIS_EXCERPT_BYTES && n_columns >= 2);
	if (!in->is_tokens)
		put_bytes(&e, in->data + first, n, in->is_text);
	for (uint64_t i = first; in->is_tokens && i < first + n && e.n_columns <= n_columns; i++) {
		char number[16];
		const char *word = number;

		snprintf(number, sizeof number, "%u", (unsigned)symbol_at(in, i));
		if (in->word)
			word = in->word[symbol_at(in, i)];
		if (i > first)
			put_character(&e, " ", 1);
		put_bytes(&e, (const uint8_t *)word, strlen(word), true);
	}
	text[e.size_bytes] = '\0';
	if (e.n_columns <= n_columns)
		return;
	/* Two characters less, whatever their bytes are. */
	for (unsigned i = 0; i < 2; i++)
		do
			e.size_bytes--;
		while ((text[e.size_bytes] & 0xc0) == 0x80);
	strcpy(text + e.size_bytes, "..");
}

/* ---- Lists. ---- */

/* Put a place where it belongs by `worth`, if it does. */
static void offer(struct place_list *list, const struct place *place,
		  int64_t (*worth)(const struct place *p))
{
	unsigned i = list->n;

	if (list->n_max == 0 || (i == list->n_max && worth(place) <= worth(&list->place[i - 1])))
		return;
	if (i == list->n_max)
		i--;
	for (; i > 0 && worth(place) > worth(&list->place[i - 1]); i--)
		list->place[i] = list->place[i - 1];
	list->place[i] = *place;
	list->n += list->n < list->n_max;
}

static int64_t worth_of_units(const struct place *p)
{
	return p->units;
}

static int64_t worth_of_length(const struct place *p)
{
	return (int64_t)p->n;
}

static enum status open_list(struct place_list *list, unsigned n_max)
{
	*list = (struct place_list){.place = calloc(n_max + 1, sizeof *list->place),
				    .n_max = n_max};
	return list->place ? STATUS_OK : fail_no_memory();
}

/* ---- The walk through the costs. ---- */

struct walk {
	const struct analysis_input *in;
	const double *bits;
	uint64_t line;      /* of the next symbol, from 1 on */
	struct place open;  /* the present line */
	struct place cheap; /* the present run */
	unsigned part;      /* the present one */
	double *line_bits;  /* (n_lines) */
	uint64_t n_lines;
	struct symbol_sum *sum; /* (alphabet) */
};

static void add_to_part(struct analysis *a, struct walk *w, uint64_t i, int64_t units)
{
	w->part += i == a->part[w->part].first + a->part[w->part].n;
	a->part[w->part].units += units;
}

static void add_to_costs(struct analysis *a, double bits, int64_t units)
{
	unsigned c = 0;

	while (bits >= analysis_cost_below[c])
		c++;
	a->cost_symbols[c]++;
	a->cost_units[c] += units;
}

static void finish_cheap(struct analysis *a, struct walk *w)
{
	if (w->cheap.n > 0 && w->cheap.n >= a->region_symbols)
		offer(&a->cheap, &w->cheap, worth_of_length);
	w->cheap.n = 0;
}

static void follow_cheap(struct analysis *a, struct walk *w, uint64_t i, int64_t units)
{
	if (w->bits[i] >= ANALYSIS_CHEAP_BITS) {
		finish_cheap(a, w);
		return;
	}
	if (w->cheap.n == 0)
		w->cheap = (struct place){.first = i, .line = w->line};
	w->cheap.n++;
	w->cheap.units += units;
}

static void follow_line(struct analysis *a, struct walk *w, uint32_t symbol, uint64_t i,
			int64_t units)
{
	if (!has_lines(w->in))
		return;
	w->open.n++;
	w->open.units += units;
	if (!ends_line(w->in, symbol) && i + 1 < w->in->n_symbols)
		return;
	offer(&a->lines, &w->open, worth_of_units);
	w->line_bits[w->n_lines++] = cost_to_bits(w->open.units);
	w->open = (struct place){.first = i + 1, .line = ++w->line};
}

static void walk(struct analysis *a, struct walk *w)
{
	const struct analysis_input *in = w->in;

	for (uint64_t i = 0; i < in->n_symbols; i++) {
		uint32_t symbol = symbol_at(in, i);
		int64_t units = cost_to_units(w->bits[i]);

		a->total.units += units;
		if (!in->is_tokens)
			a->class_units[byte_class((uint8_t)symbol)] += units;
		w->sum[symbol].n++;
		w->sum[symbol].units += units;
		add_to_part(a, w, i, units);
		add_to_costs(a, w->bits[i], units);
		follow_cheap(a, w, i, units);
		follow_line(a, w, symbol, i, units);
	}
	finish_cheap(a, w);
}

/* ---- Regions. ---- */

static bool overlaps(const struct place_list *list, const struct place *p)
{
	for (unsigned i = 0; i < list->n; i++) {
		const struct place *q = &list->place[i];

		if (p->first < q->first + q->n && q->first < p->first + p->n)
			return true;
	}
	return false;
}

/*
 * The windows that cost most.  Each stretch of starts as long as a window names its best one, so a
 * window that was accepted can be in the way of two others at most, and three times as many names
 * as are wanted are enough to choose from.
 */
static enum status find_regions(const struct analysis_input *in, const double *bits,
				struct analysis *a)
{
	uint64_t size = a->region_symbols, line = has_lines(in);
	struct place_list names;
	struct place window = {.n = size}, best = {.units = -1};

	TRY(open_list(&names, 3 * a->n_top));
	for (uint64_t i = 0; i < size; i++)
		window.units += cost_to_units(bits[i]);
	for (; size > 0; window.first++) {
		window.line = line;
		if (window.units > best.units)
			best = window;
		if ((window.first + 1) % size == 0 || window.first + size == in->n_symbols) {
			offer(&names, &best, worth_of_units);
			best.units = -1;
		}
		if (window.first + size == in->n_symbols)
			break;
		window.units += cost_to_units(bits[window.first + size]) -
				cost_to_units(bits[window.first]);
		line += line && ends_line(in, symbol_at(in, window.first));
	}
	for (unsigned i = 0; i < names.n; i++)
		if (a->regions.n < a->regions.n_max && !overlaps(&a->regions, &names.place[i]))
			a->regions.place[a->regions.n++] = names.place[i];
	free(names.place);
	return STATUS_OK;
}

/* ---- What is sorted at the end. ---- */

static int compare_doubles(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* The least cost that so large a part of the lines does not exceed. */
static void find_quantiles(struct analysis *a, struct walk *w)
{
	a->n_lines = w->n_lines;
	qsort(w->line_bits, w->n_lines, sizeof *w->line_bits, compare_doubles);
	for (unsigned q = 0; q < ANALYSIS_QUANTILES && w->n_lines > 0; q++) {
		double rank = ceil(analysis_quantiles[q] * (double)w->n_lines);

		a->line_bits[q] = w->line_bits[rank < 1 ? 0 : (uint64_t)rank - 1];
	}
}

static int compare_sums(const void *a, const void *b)
{
	const struct symbol_sum *x = a, *y = b;

	if (x->units != y->units)
		return x->units < y->units ? 1 : -1;
	if (x->n != y->n)
		return x->n < y->n ? 1 : -1;
	return x->symbol < y->symbol ? -1 : 1;
}

static void keep_symbols(struct analysis *a, struct walk *w)
{
	for (uint32_t s = 0; s < w->in->alphabet; s++)
		w->sum[s].symbol = s;
	qsort(w->sum, w->in->alphabet, sizeof *w->sum, compare_sums);
	while (a->n_symbols < a->n_top && a->n_symbols < w->in->alphabet &&
	       w->sum[a->n_symbols].n > 0) {
		a->symbols[a->n_symbols] = w->sum[a->n_symbols];
		a->n_symbols++;
	}
}

/* Equal parts; the first ones have one symbol more if it does not come out even. */
static void cut_parts(struct analysis *a, uint64_t n)
{
	uint64_t first = 0;

	a->n_parts = n < ANALYSIS_PARTS ? (unsigned)n : ANALYSIS_PARTS;
	for (unsigned p = 0; p < a->n_parts; p++) {
		a->part[p].first = first;
		a->part[p].n = n / a->n_parts + (p < n % a->n_parts);
		first += a->part[p].n;
	}
}

static uint64_t count_lines(const struct analysis_input *in)
{
	uint64_t n = 0;

	for (uint64_t i = 0; i < in->n_symbols && has_lines(in); i++)
		n += ends_line(in, symbol_at(in, i)) || i + 1 == in->n_symbols;
	return n;
}

enum status analysis_sort_out(const struct analysis_input *in, const double *bits, unsigned n_top,
			      struct analysis *a)
{
	uint32_t region = in->is_tokens ? ANALYSIS_REGION_TOKENS : ANALYSIS_REGION_BYTES;
	uint64_t n_lines = count_lines(in);
	struct walk w = {.in = in, .bits = bits, .line = has_lines(in), .open.line = 1};

	*a = (struct analysis){.n_top = n_top, .total.n = in->n_symbols};
	a->region_symbols = in->n_symbols < region ? (uint32_t)in->n_symbols : region;
	cut_parts(a, in->n_symbols);
	TRY(open_list(&a->regions, n_top));
	TRY(open_list(&a->cheap, n_top));
	TRY(open_list(&a->lines, n_lines > 1 ? n_top : 0));
	a->symbols = calloc(n_top + 1, sizeof *a->symbols);
	w.sum = calloc((size_t)in->alphabet + 1, sizeof *w.sum);
	w.line_bits = malloc(n_lines * sizeof *w.line_bits + 1);
	enum status s = a->symbols && w.sum && w.line_bits ? STATUS_OK : fail_no_memory();

	if (s == STATUS_OK) {
		walk(a, &w);
		find_quantiles(a, &w);
		keep_symbols(a, &w);
		s = find_regions(in, bits, a);
	}
	free(w.sum);
	free(w.line_bits);
	return s;
}

void analysis_free(struct analysis *a)
{
	free(a->regions.place);
	free(a->cheap.place);
	free(a->lines.place);
	free(a->symbols);
	*a = (struct analysis){0};
}
