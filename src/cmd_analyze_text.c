/* SPDX-License-Identifier: BSD-2-Clause
 *
 * cmd_analyze_text.c - what twopart analyze found out, as tables for people.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cmd_analyze.h"
#include "world.h"

#define BAR_COLUMNS 40
#define SYMBOL_COLUMNS 16

static double each(double sum, uint64_t n)
{
	return n ? sum / (double)n : 0;
}

static double percent(double part, double whole)
{
	return whole != 0 ? 100 * part / whole : 0;
}

static double units_percent(const struct analyze *a, int64_t units)
{
	return percent((double)units, (double)a->analysis.total.units);
}

static void print_file(const struct analyze *a)
{
	const struct analysis_facts *f = &a->facts;
	uint64_t n = a->input.n_symbols;

	printf("%s: ", cmd_input_name(a->given));
	if (n == 0)
		printf("empty");
	else if (a->input.is_tokens)
		printf("%" PRIu64 " tokens below %u (%zu bytes), %" PRIu64 " different ones", n,
		       (unsigned)a->input.alphabet, a->corpus.bin.size_bytes, f->n_distinct);
	else
		printf("%" PRIu64 " bytes of %s (%.1f %% are text's), %" PRIu64 " different ones",
		       n, a->input.is_text ? "text" : "binary data",
		       percent((double)f->text_bytes, (double)n), f->n_distinct);
	if (f->n_lines)
		printf(", %" PRIu64 " %s, the longest of %" PRIu64, f->n_lines,
		       a->input.is_tokens ? "sentences" : "lines", f->longest_line);
	printf("\nXXH3-64 %016" PRIx64, a->file_digest);
	if (a->input.is_tokens)
		printf(", of the tokens %016" PRIx64, a->token_digest);
	if (a->world)
		printf("; a corpus of family %s", a->world->family);
	putchar('\n');
	for (unsigned i = 0; i < a->n_notes; i++)
		printf("note: %s\n", a->note[i]);
}

static void print_entropy(const struct analyze *a)
{
	const struct entropy *e = &a->entropy;

	printf("\nentropy by order, bits a %s (empirical: the counts told for nothing, too low"
	       " where contexts\nare many; adaptive: what a code of that order pays that learns"
	       " them)",
	       analyze_unit(a));
	if (e->n_symbols < a->input.n_symbols)
		printf("; of the first %" PRIu64 " %ss", e->n_symbols, analyze_unit(a));
	printf("\n  order     contexts   empirical    adaptive\n");
	for (unsigned k = 0; k < e->n_orders; k++)
		printf("  %5u %12" PRIu64 " %11.4f %11.4f\n", k, e->order[k].n_contexts,
		       each(e->order[k].empirical_bits, e->n_symbols),
		       each(e->order[k].adaptive_bits, e->n_symbols));
}

static void print_code(const struct analyze *a)
{
	const struct analysis *n = &a->analysis;
	char model[512];

	cmd_model_text(&a->settings, model, sizeof model);
	printf("\ncoded by %s: %.1f bits, %.4f a %s; its archive: %" PRIu64 " bytes", model,
	       cost_to_bits(n->total.units), each(cost_to_bits(n->total.units), n->total.n),
	       analyze_unit(a), analyze_archive_bytes(a));
	if (a->stats.model_bytes)
		printf(", of which %" PRIu64 " are the stored model's", a->stats.model_bytes);
	if (a->stats.stored_blocks)
		printf("; %" PRIu64 " of %" PRIu64 " blocks stored as they are",
		       a->stats.stored_blocks, a->stats.n_blocks);
	if (a->has_reference)
		printf("\n%.1f bits more than the exact Bayes code, %.4f a token",
		       cost_to_bits(a->table.sum[COST_ROLES][COST_CLASSES].regret_units),
		       each(cost_to_bits(a->table.sum[COST_ROLES][COST_CLASSES].regret_units),
			    n->total.n));
	putchar('\n');
}

/* Bars are as long as the dearest part's is full. */
static void print_parts(const struct analyze *a)
{
	const struct analysis *n = &a->analysis;
	double most = 0;

	printf("\nby position%*s bits  bits/%s\n", 11, "", analyze_unit(a));
	for (unsigned p = 0; p < n->n_parts; p++)
		most = fmax(most, each(cost_to_bits(n->part[p].units), n->part[p].n));
	for (unsigned p = 0; p < n->n_parts; p++) {
		double bits = cost_to_bits(n->part[p].units), mean = each(bits, n->part[p].n);
		int bar = most > 0 ? (int)(mean / most * BAR_COLUMNS + 0.5) : 0;

		printf("  %12" PRIu64 " %12.1f %10.4f  %.*s\n", n->part[p].first, bits, mean, bar,
		       "########################################");
	}
}

static void print_costs(const struct analyze *a)
{
	const struct analysis *n = &a->analysis;
	double below = 0;

	printf("\nby cost of a %-10s %12s %9s %12s %9s\n", analyze_unit(a), "number", "of all",
	       "bits", "of all");
	for (unsigned c = 0; c < ANALYSIS_COSTS; c++) {
		char text[64];

		if (isinf(analysis_cost_below[c]))
			snprintf(text, sizeof text, "from %g bits on", below);
		else
			snprintf(text, sizeof text, "below %g bits", analysis_cost_below[c]);
		below = analysis_cost_below[c];
		printf("  %-21s %12" PRIu64 " %7.2f %% %12.1f %7.2f %%\n", text,
		       n->cost_symbols[c],
		       percent((double)n->cost_symbols[c], (double)n->total.n),
		       cost_to_bits(n->cost_units[c]), units_percent(a, n->cost_units[c]));
	}
}

static void print_classes(const struct analyze *a)
{
	const struct analysis *n = &a->analysis;

	if (a->input.is_tokens)
		return;
	printf("\nby class %25s %9s %12s %9s %9s\n", "number", "of all", "bits", "of all", "each");
	for (unsigned c = 0; c < BYTE_CLASSES; c++)
		if (a->facts.class_bytes[c])
			printf("  %-24s %7" PRIu64 " %7.2f %% %12.1f %7.2f %% %9.4f\n",
			       byte_class_names[c], a->facts.class_bytes[c],
			       percent((double)a->facts.class_bytes[c], (double)n->total.n),
			       cost_to_bits(n->class_units[c]),
			       units_percent(a, n->class_units[c]),
			       each(cost_to_bits(n->class_units[c]), a->facts.class_bytes[c]));
}

static void print_roles(const struct analyze *a)
{
	if (!analyze_has_roles(a))
		return;
	printf("\nby role %18s %12s %9s %9s%s\n", "tokens", "bits", "of all", "each",
	       a->has_reference ? "   above Bayes      each" : "");
	for (unsigned role = 0; role <= COST_ROLES; role++) {
		const struct cost_sum *sum = &a->table.sum[role][COST_CLASSES];

		printf("  %-13s %10" PRIu64 " %12.1f %7.2f %% %9.4f", cost_roles[role].name,
		       sum->n_tokens, cost_to_bits(sum->units), units_percent(a, sum->units),
		       each(cost_to_bits(sum->units), sum->n_tokens));
		if (a->has_reference)
			printf(" %13.1f %9.4f", cost_to_bits(sum->regret_units),
			       each(cost_to_bits(sum->regret_units), sum->n_tokens));
		putchar('\n');
	}
}

/* A symbol as people know it. */
static void name_symbol(const struct analyze *a, uint32_t symbol, char text[64])
{
	if (a->input.is_tokens)
		snprintf(text, 64, "%.63s", a->input.word ? a->input.word[symbol] : "");
	else if (symbol > ' ' && symbol < 127)
		snprintf(text, 64, "'%c'", (int)symbol);
	else
		snprintf(text, 64, "%s",
			 symbol == ' ' ? "space" : symbol == '\n' ? "line end" : "");
}

static void print_symbols(const struct analyze *a)
{
	const struct analysis *n = &a->analysis;

	if (n->n_symbols == 0)
		return;
	printf("\n%ss that cost most %19s %12s %9s %9s\n", analyze_unit(a), "number", "bits",
	       "of all", "each");
	for (unsigned i = 0; i < n->n_symbols; i++) {
		const struct symbol_sum *s = &n->symbols[i];
		char text[64];

		name_symbol(a, s->symbol, text);
		printf("  %5u %-*.*s %12" PRIu64 " %12.1f %7.2f %% %9.4f\n", (unsigned)s->symbol,
		       SYMBOL_COLUMNS, SYMBOL_COLUMNS, text, s->n, cost_to_bits(s->units),
		       units_percent(a, s->units), each(cost_to_bits(s->units), s->n));
	}
}

/* ---- Places. ---- */

static void print_places(const struct analyze *a, const struct place_list *list)
{
	bool has_lines = a->facts.n_lines > 0;

	if (list->n == 0) {
		puts("  (none)");
		return;
	}
	printf("  %10s %s %9s %12s %9s\n", "position", has_lines ? "      line" : "",
	       a->input.is_tokens ? "tokens" : "bytes", "bits", "each");
	for (unsigned i = 0; i < list->n; i++) {
		const struct place *p = &list->place[i];
		char text[ANALYSIS_EXCERPT_BYTES];

		printf("  %10" PRIu64 " ", p->first);
		if (has_lines)
			printf("%10" PRIu64, p->line);
		analysis_excerpt(&a->input, p->first, p->n, ANALYZE_COLUMNS, text);
		printf(" %9" PRIu64 " %12.1f %9.4f  %s\n", p->n, cost_to_bits(p->units),
		       each(cost_to_bits(p->units), p->n), text);
	}
}

static void print_lines(const struct analyze *a)
{
	const struct analysis *n = &a->analysis;
	const char *lines = a->input.is_tokens ? "sentence" : "line";

	if (n->lines.n_max == 0 || a->facts.n_lines == 0)
		return;
	printf("\nbits a %s: mean %.1f", lines,
	       each(cost_to_bits(n->total.units), n->n_lines));
	for (unsigned q = 0; q < ANALYSIS_QUANTILES; q++)
		printf(", %g %% at most %.1f", 100 * analysis_quantiles[q], n->line_bits[q]);
	printf("\n%ss that cost most\n", lines);
	print_places(a, &n->lines);
}

static void print_all_places(const struct analyze *a)
{
	const struct analysis *n = &a->analysis;

	if (n->n_top == 0)
		return;
	printf("\nregions of %u %ss that cost most\n", (unsigned)n->region_symbols,
	       analyze_unit(a));
	print_places(a, &n->regions);
	printf("\nlongest runs, of %u %ss or more, in which each is below %g bits: what is known\n",
	       (unsigned)n->region_symbols, analyze_unit(a), ANALYSIS_CHEAP_BITS);
	print_places(a, &n->cheap);
	print_lines(a);
}

/* ---- Who paid. ---- */

/* What is printed with one decimal: no "-0.0". */
static double plain_zero(double x)
{
	return fabs(x) < 0.05 ? 0 : x;
}

/* The rows by what they saved, most first. */
static unsigned order_rows(const struct credit *c, unsigned order[MIX_OPINIONS_MAX])
{
	unsigned n = 0;

	for (unsigned k = 0; k < c->observer.n_names; k++) {
		unsigned i = n;

		if (c->row[k].n_spoke == 0 && c->row[k].saved_bits == 0)
			continue;
		for (; i > 0 && c->row[order[i - 1]].saved_bits < c->row[k].saved_bits; i--)
			order[i] = order[i - 1];
		order[i] = k;
		n++;
	}
	return n;
}

static void print_credit(const struct analyze *a)
{
	const struct credit *c = &a->credit;
	unsigned order[MIX_OPINIONS_MAX], n = order_rows(c, order);
	double saved = c->settled_bits - c->coded_bits, whole = fmax(saved, 0);

	if (c->n_decisions == 0) {
		puts("\nwho paid: not known of this model");
		return;
	}
	printf("\nwho paid: %" PRIu64 " decisions on %.0f bits, %.1f of them saved; saved adds up,"
	       " the others do not\n  %-42s %12s %8s %10s %8s %8s %8s %10s\n",
	       c->n_decisions, c->settled_bits, plain_zero(saved), "opinion", "saved", "of all",
	       "missed", "weight", "best", "spoke", "alone/mix");
	for (unsigned i = 0; i < n; i++) {
		const struct credit_row *row = &c->row[order[i]];

		printf("  %-42s %12.1f %6.2f %% %10.1f %6.2f %% %6.2f %% %6.2f %%",
		       c->observer.name[order[i]], plain_zero(row->saved_bits),
		       percent(row->saved_bits, whole), plain_zero(row->missed_bits),
		       percent(row->share, (double)c->n_decisions),
		       percent((double)row->n_best, (double)c->n_decisions),
		       percent((double)row->n_spoke, (double)c->n_decisions));
		if (row->coded_bits > 0)
			printf(" %10.2f", row->alone_bits / row->coded_bits);
		putchar('\n');
	}
	if (a->stats.stored_blocks)
		puts("  (blocks stored as they are count here with what they would have cost)");
	printf("  %-42s %12.1f %6.2f %%\n", "maps behind the mixer",
	       plain_zero(c->maps_saved_bits), percent(c->maps_saved_bits, whole));
}

void analyze_print_text(const struct analyze *a)
{
	print_file(a);
	if (a->input.n_symbols == 0)
		return;
	print_entropy(a);
	print_code(a);
	print_parts(a);
	print_costs(a);
	print_classes(a);
	print_roles(a);
	print_symbols(a);
	print_all_places(a);
	print_credit(a);
}
