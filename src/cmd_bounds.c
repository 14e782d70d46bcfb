/* SPDX-License-Identifier: BSD-2-Clause
 *
 * cmd_bounds.c - twopart bounds: the code lengths of a generated corpus, computed from its tokens.
 *
 * PREFIX.json holds them too, but these are recomputed from PREFIX.bin, so the two programs that
 * wrote and read the corpus check each other.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bound.h"
#include "cmd.h"
#include "document.h"
#include "loaded.h"
#include "utf8.h"

static const struct cmd_option bounds_options[] = {
    {CMD_JSON, "json", NULL, "one JSON object instead of a table"},
    {0},
};

static const struct cmd_spec bounds_spec = {
    .name = "bounds",
    .usage = "[--json] PREFIX",
    .text =
	"What the tokens of PREFIX.bin cost in bits, and what of it is for the weights of the\n"
	"elements, their names, their facts and the syntax:\n"
	"  known world       to someone who knows the world PREFIX.json\n"
	"  E[known given X]  the same on average over all worlds that may have made this corpus\n"
	"  Bayes             to someone who knows only what the world was drawn from\n"
	"  E[Bayes]          its mean over corpora of this length, where that is known exactly,\n"
	"                    and below it the mean number of elements and the probability that\n"
	"                    the next mention is of a new one\n"
	"  Bayes, parameters unknown\n"
	"                    who knows not even the parameters of that, alpha, beta and the\n"
	"                    pseudo-counts: mixture over a grid (corpora/mixture.h)\n"
	"  NML syntax        Bayes, but syntax by normalized maximum likelihood: the least excess\n"
	"                    over the best tables in hindsight that can be promised\n"
	"  two-part          a model of the corpus, L(M), then the corpus given it, L(X|M): what\n"
	"                    -m twopart writes; enumerative: with the sizes of the elements\n"
	"                    coded as one of all compositions, not by the EPPF of the source\n"
	"  redundancy        Bayes less E[known given X]: what there was to learn\n"
	"The weights say which sentences share an element; in the tokens (twopart cost) they show\n"
	"as names, or as facts that stand before the name.\n",
    .options = bounds_options,
};

/* Member `name`, if there is one, once more: divided by n, with `suffix` behind its name. */
static enum status put_quotient(json_t *all, const char *name, const char *suffix, uint64_t n)
{
	const json_t *bits = json_object_get(all, name);
	char quotient[64];

	snprintf(quotient, sizeof quotient, "%s%s", name, suffix);
	if (bits && n &&
	    json_object_set_new(all, quotient, json_real(json_number_value(bits) / (double)n)))
		return fail_no_memory();
	return STATUS_OK;
}

/* The sizes first, then the family's numbers, then the main ones a token and a sentence. */
static enum status report(const struct world *w, json_t *bounds, json_t **out)
{
	const struct bound_row *redundancy = &bound_rows[BOUND_REDUNDANCY];
	json_t *all = json_pack("{s:s, s:I, s:I, s:I, s:i}", "family", w->family, "tokens",
				(json_int_t)w->n_tokens, "sentences", (json_int_t)w->n_sentences,
				"vocab", (json_int_t)w->vocab, "elements", 0);

	*out = all;
	if (!all || json_object_update(all, bounds) != 0)
		return fail_no_memory();
	TRY(bound_put_redundancy(all));
	for (size_t i = 0; i < BOUNDS; i++)
		TRY(put_quotient(all, bound_rows[i].total, "_per_token", w->n_tokens));
	TRY(put_quotient(all, redundancy->total, "_per_sentence", w->n_sentences));
	for (size_t i = 0; i < BOUND_PARTS; i++)
		TRY(put_quotient(all, redundancy->part[i], "_per_sentence", w->n_sentences));
	return STATUS_OK;
}

static void print_heading(const char *prefix, const struct world *w, json_t *all)
{
	json_int_t n_elements = json_integer_value(json_object_get(all, "elements"));

	printf("%s: family %s, %llu tokens, ", prefix, w->family, (unsigned long long)w->n_tokens);
	if (w->n_sentences)
		printf("%llu sentences, ", (unsigned long long)w->n_sentences);
	printf("vocabulary %lu", (unsigned long)w->vocab);
	if (n_elements)
		printf(", %lld elements", (long long)n_elements);
	putchar('\n');
}

/* ---- The matrix: a line a bound, as wide as its numbers ask for. ---- */

#define COLUMNS (3 + BOUND_PARTS) /* label, total, a token, parts */
#define LINES (2 + BOUNDS)        /* heading, bounds, redundancy a sentence */
#define CELL_BYTES 40

struct matrix {
	char cell[LINES][COLUMNS][CELL_BYTES];
	int n_lines;
};

static void fill_number(char cell[CELL_BYTES], const json_t *bits, double divisor, int decimals)
{
	snprintf(cell, CELL_BYTES, "%.*f", decimals, json_number_value(bits) / divisor);
}

/* One bound, its bits divided by `divisor`; the column of bits a token is for n_tokens > 0. */
static void add_line(struct matrix *m, const json_t *all, const char *label,
		     const struct bound_row *row, double divisor, double n_tokens)
{
	const json_t *total = json_object_get(all, row->total);
	char(*cell)[CELL_BYTES] = m->cell[m->n_lines];
	int decimals = divisor == 1 ? 3 : 6;

	if (!total)
		return;
	m->n_lines++;
	snprintf(cell[0], CELL_BYTES, "%s", label);
	fill_number(cell[1], total, divisor, decimals);
	if (n_tokens > 0)
		fill_number(cell[2], total, n_tokens, 6);
	for (int i = 0; i < BOUND_PARTS; i++)
		fill_number(cell[3 + i], json_object_get(all, row->part[i]), divisor, decimals);
}

static void add_heading(struct matrix *m)
{
	char(*cell)[CELL_BYTES] = m->cell[m->n_lines++];

	strcpy(cell[0], "bits");
	strcpy(cell[1], "total");
	strcpy(cell[2], "bits/token");
	for (int i = 0; i < BOUND_PARTS; i++)
		strcpy(cell[3 + i], bound_part_labels[i]);
}

static void print_matrix(const struct matrix *m)
{
	int width[COLUMNS] = {0};

	for (int line = 0; line < m->n_lines; line++)
		for (int i = 0; i < COLUMNS; i++) {
			int n = (int)strlen(m->cell[line][i]);

			width[i] = n > width[i] ? n : width[i];
		}
	for (int line = 0; line < m->n_lines; line++) {
		printf("%-*s", width[0], m->cell[line][0]);
		for (int i = 1; i < COLUMNS; i++)
			printf("  %*s", width[i], m->cell[line][i]);
		putchar('\n');
	}
}

static double number(const json_t *all, const char *name)
{
	return json_number_value(json_object_get(all, name));
}

static void print_mixture(const json_t *all)
{
	static const struct {
		const char *member, *label;
	} parameters[] = {
	    {"mixture_alpha", "alpha"},           {"mixture_beta", "beta"},
	    {"mixture_row_pseudo", "row-pseudo"}, {"mixture_word_pseudo", "word-pseudo"},
	    {"mixture_pseudo", "pseudo"},
	};
	const char *separator = "";

	if (!json_object_get(all, "mixture_best_bits"))
		return;
	fputs("parameters unknown: most probable ", stdout);
	for (size_t i = 0; i < sizeof parameters / sizeof *parameters; i++) {
		if (!json_object_get(all, parameters[i].member))
			continue;
		printf("%s%s %.4g", separator, parameters[i].label,
		       number(all, parameters[i].member));
		separator = ", ";
	}
	printf("; %.3f bits above that point, at most %.3f\n",
	       number(all, "mixture_bits") - number(all, "mixture_best_bits"),
	       number(all, "mixture_grid_bits"));
}

/* What saying the model beforehand costs, by how the sizes of the elements are said. */
static void print_excess(const json_t *all)
{
	static const char *const label[][2] = {
	    {"eppf", "by the EPPF"},
	    {"eppf-sent", "by the EPPF, alpha and beta sent"},
	    {"enumerative", "enumerative"},
	};
	const json_t *laws = json_object_get(all, "two_part_sizes_bits");
	double bayes = number(all, bound_rows[BOUND_BAYES].total);
	double weights = number(all, bound_rows[BOUND_BAYES].part[BOUND_WEIGHTS]);
	double chosen = number(laws, json_string_value(json_object_get(all, "two_part_sizes")));

	if (!laws)
		return;
	puts("two-part over Bayes, by how the sizes of the elements are coded:");
	for (size_t i = 0; i < sizeof label / sizeof *label; i++) {
		double more = number(laws, label[i][0]) - chosen;
		double excess = number(all, bound_rows[BOUND_TWO_PART].total) + more - bayes;
		double of_weights =
		    number(all, bound_rows[BOUND_TWO_PART].part[BOUND_WEIGHTS]) + more - weights;

		printf("  %-32s %12.1f bits = %.3f %%; weights %.1f = %.3f %%%s\n", label[i][1],
		       excess, 100 * excess / bayes, of_weights, 100 * of_weights / weights,
		       more == 0 ? "  <- taken" : "");
	}
}

/* Exact means that are no bits, where the family has them. */
static void print_expectations(const json_t *all)
{
	static const char *const names[] = {"expected_elements", "new_fact_mass"};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (json_object_get(all, names[i]))
			printf("%-18s %14.6g\n", names[i], number(all, names[i]));
}

static void print_table(const char *prefix, const struct world *w, json_t *all)
{
	const struct bound_row *redundancy = &bound_rows[BOUND_REDUNDANCY];
	double n_tokens = fmax(1, (double)w->n_tokens);
	struct matrix m = {0};

	print_heading(prefix, w, all);
	if (!json_object_get(all, bound_rows[BOUND_BAYES].total)) {
		puts("no bounds: the source of this corpus is not known");
		return;
	}
	add_heading(&m);
	for (int i = 0; i < BOUNDS; i++)
		add_line(&m, all, bound_rows[i].label, &bound_rows[i], 1, n_tokens);
	if (w->n_sentences)
		add_line(&m, all, "  a sentence", redundancy, (double)w->n_sentences, 0);
	print_matrix(&m);
	print_expectations(all);
	print_mixture(all);
	print_excess(all);
	if (number(all, bound_rows[BOUND_KNOWN_EXPECTED].total) >
	    number(all, bound_rows[BOUND_BAYES].total))
		puts("note: known world above the Bayes bound: see corpora/sk.h, "
		     "'When the known world is no bound'");
}

/* Member `name` with `suffix` behind it, or null where this corpus has none. */
static void put_member(json_t *to, const json_t *all, const char *name, const char *suffix)
{
	char member[64];

	snprintf(member, sizeof member, "%s%s", name, suffix);
	const json_t *value = json_object_get(all, member);

	json_object_set_new(to, member, value ? json_copy((json_t *)value) : json_null());
}

/* Every member that any family has, always in the same order. */
static int print_json(const char *prefix, json_t *all)
{
	static const char *const sizes[] = {"family", "tokens", "sentences", "vocab", "elements"};
	static const char *const more[] = {
	    "type_bits",         "two_part_sizes",      "two_part_sizes_bits",
	    "two_part_elements", "mixture_best_bits",   "mixture_grid_bits",
	    "mixture_alpha",     "mixture_beta",        "mixture_row_pseudo",
	    "mixture_word_pseudo", "mixture_pseudo",    "expected_elements",
	    "new_fact_mass",
	};
	const struct bound_row *redundancy = &bound_rows[BOUND_REDUNDANCY];
	json_t *members = json_pack("{s:o}", "corpus", utf8_json(prefix));

	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
		put_member(members, all, sizes[i], "");
	for (size_t i = 0; i < BOUNDS; i++) {
		put_member(members, all, bound_rows[i].total, "");
		for (size_t part = 0; part < BOUND_PARTS; part++)
			put_member(members, all, bound_rows[i].part[part], "");
		put_member(members, all, bound_rows[i].total, "_per_token");
	}
	put_member(members, all, redundancy->total, "_per_sentence");
	for (size_t part = 0; part < BOUND_PARTS; part++)
		put_member(members, all, redundancy->part[part], "_per_sentence");
	for (size_t i = 0; i < sizeof more / sizeof *more; i++)
		put_member(members, all, more[i], "");
	json_object_update_missing(members, all); /* a new one that is not in the lists */
	return cmd_print_json(document_new("bounds", 1, members));
}

int cmd_bounds(int argc, char **argv)
{
	struct loaded corpus;
	json_t *all = NULL;
	bool json;

	int end = cmd_only_json(&bounds_spec, argc, argv, &json);

	if (end != CMD_END)
		return end;
	if (argc - optind != 1 || !*argv[optind])
		return cmd_usage("bounds: one PREFIX, please (see twopart help bounds)");

	const char *prefix = cmd_take_prefix(argv[optind]);

	enum status s = loaded_read(&corpus, prefix);

	if (s == STATUS_OK)
		s = report(corpus.world, corpus.bounds, &all);
	int code = s == STATUS_OK ? 0 : cmd_fail(NULL, s);

	if (s == STATUS_OK && json)
		code = print_json(prefix, all);
	else if (s == STATUS_OK)
		print_table(prefix, corpus.world, all);
	json_decref(all);
	loaded_free(&corpus);
	return code;
}
