/* SPDX-License-Identifier: BSD-2-Clause
 *
 * cmd_scaling_model.c - twopart scaling model: excess loss against the bits of the model.
 *
 * One table of columns serves CSV and JSON; the tables for people choose among the numbers.
 */
#include <jansson.h>
#include <math.h>
#include <stdio.h>

#include "cmd_scaling.h"
#include "document.h"
#include "options.h"
#include "scaling_model.h"

#define FIT_POINTS_MIN 3 /* of a slope that is worth printing */
#define NAME "scaling model"
#define ALPHA_DEFAULT "0.5,0.7"
#define MODEL_DEFAULT "twopart"
#define ALL SCALING_MODEL_CLASSES

enum { SENTENCES, SEED, BETA, BUDGETS };

static const struct option_spec specs[] = {
    [SENTENCES] = {"sentences", 100, 100000000, 100000, 1, "of each corpus"},
    [SEED] = {"seed", 0, INT64_MAX / 2, 1, 1, "of each corpus"},
    [BETA] = {"beta", -949999, 1000000000000, 1000000, OPTION_UNIT, "concentration"},
    [BUDGETS] = {"budgets", 2, BUDGETS_MAX, 24, 1, "archives an alpha"},
    {0},
};

static const struct cmd_option others[] = {
    {'a', "alpha", "LIST", "discounts, for instance " ALPHA_DEFAULT " (the default)"},
    {'m', "model", "MODEL", "two-part code (default " MODEL_DEFAULT ")"},
    {0},
};

static const struct cmd_law law = {
    .name = NAME,
    .text =
	"Draw a Syntax-Knowledge corpus for each alpha, make archives of a two-part code whose\n"
	"model may have at most so many bits, decode them, and print what each leaves to pay a\n"
	"sentence above someone who knows the world; beside it the optima of theory at the same\n"
	"bits of knowledge (range; default).\n",
    .numbers = specs,
    .beta = BETA,
    .others = others,
    .alphas = ALPHA_DEFAULT,
    .n_alphas_max = SCALING_MODEL_ALPHAS_MAX,
};

struct request {
	struct cmd_law_request option;
	struct scaling_model_plan plan;
};

/* The plan that the options make. */
static void complete_plan(struct request *q)
{
	const int64_t *number = q->option.number;

	q->plan.n_alphas = q->option.n_alphas;
	q->plan.threads = q->option.n_threads;
	q->plan.model_text = q->option.model_text;
	q->plan.n_sentences = (uint64_t)number[SENTENCES];
	q->plan.seed = (uint64_t)number[SEED];
	q->plan.beta_millionths = number[BETA];
	q->plan.n_budgets = (uint32_t)number[BUDGETS];
}

/* ---- Rows for programs. ---- */

/* A row is a point and a class; some numbers are of the point, whatever the class. */
static double number_of(const struct scaling_model_point *p, unsigned class, int column)
{
	const double numbers[] = {
	    (double)p->size.budget_bits,
	    (double)p->size.model_bits,
	    (double)p->size.data_bits,
	    p->knowledge_model_bits,
	    p->n_elements,
	    p->knowledge.of_class[class],
	    p->syntax.of_class[class],
	    p->whole.of_class[class],
	    p->finite.of_class[class],
	    p->water.of_class[class],
	    class == ALL ? p->law : NAN,
	    (double)p->predicted_count,
	    (double)p->smallest_stored,
	    (double)p->largest_not_stored,
	    class == ALL ? p->slope.slope : NAN,
	    class == ALL ? p->slope.standard_error : NAN,
	    class == ALL ? p->finite_slope.slope : NAN,
	};

	return numbers[column];
}

static const char *const columns[] = {
    "budget_bits",      "model_bits",    "data_bits",
    "knowledge_bits",   "elements",      "excess_knowledge",
    "excess_syntax",    "all_or_nothing", "finite_size",
    "water_filling",    "power_law",     "threshold_predicted",
    "smallest_stored",  "largest_not_stored", "slope",
    "slope_standard_error", "finite_size_slope",
};

#define N_COLUMNS ((int)(sizeof columns / sizeof *columns))

static void class_name(unsigned class, char name[8])
{
	snprintf(name, 8, class == ALL ? "all" : "%u", class);
}

static void print_csv(const struct scaling_model *m)
{
	printf("alpha,class");
	for (int i = 0; i < N_COLUMNS; i++)
		printf(",%s", columns[i]);
	putchar('\n');
	for (uint32_t a = 0; a < m->n_curves; a++)
		for (uint32_t i = 0; i < m->curve[a].n_points; i++)
			for (unsigned class = 0; class <= ALL; class++) {
				char name[8];

				class_name(class, name);
				printf("%g,%s", m->curve[a].alpha, name);
				for (int k = 0; k < N_COLUMNS; k++) {
					double v = number_of(&m->curve[a].point[i], class, k);

					if (isfinite(v))
						printf(",%.10g", v);
					else
						putchar(',');
				}
				putchar('\n');
			}
}

static json_t *json_of_fit(const struct capacity_fit *f)
{
	return json_pack("{s:o, s:o, s:I}", "slope", document_number(f->slope), "standard_error",
			 document_number(f->standard_error), "points", (json_int_t)f->n);
}

static json_t *json_of_fits(const struct scaling_model_fit *f)
{
	return json_pack("{s:o, s:o, s:o, s:o}", "measured", json_of_fit(&f->measured),
			 "all_or_nothing", json_of_fit(&f->whole), "finite_size",
			 json_of_fit(&f->finite), "water_filling", json_of_fit(&f->water));
}

static json_t *json_of_curve(const struct scaling_model_curve *c)
{
	json_t *rows = json_array();

	for (uint32_t i = 0; i < c->n_points; i++)
		for (unsigned class = 0; class <= ALL; class++) {
			json_t *row = json_object();
			char name[8];

			class_name(class, name);
			json_object_set_new(row, "class", class == ALL ? json_string(name)
								       : json_integer(class));
			for (int k = 0; k < N_COLUMNS; k++)
				json_object_set_new(
				    row, columns[k],
				    document_number(number_of(&c->point[i], class, k)));
			json_array_append_new(rows, row);
		}
	return json_pack("{s:f, s:f, s:I, s:I, s:f, s:f, s:f, s:f, s:o, s:o, s:o}", "alpha",
			 c->alpha, "exponent", 1 - 1 / c->alpha, "tokens", (json_int_t)c->n_tokens,
			 "elements", (json_int_t)c->n_elements, "element_bits", c->element_bits,
			 "mention_bits", c->mention_bits, "known_bits_per_sentence", c->known_bits,
			 "known_knowledge_bits_per_sentence", c->known_knowledge_bits,
			 "exponents_by_elements", json_of_fits(&c->by_elements),
			 "exponents_by_capacity", json_of_fits(&c->by_capacity), "rows", rows);
}

static enum status print_json(const struct request *q, const struct scaling_model *m)
{
	json_t *curves = json_array();
	json_t *all = json_pack("{s:s, s:s, s:s, s:{}, s:o}", "command", NAME, "commit",
				cmd_commit(), "model", q->plan.model_text, "options", "curves",
				curves);
	json_t *options = json_object_get(all, "options");

	for (size_t i = 0; specs[i].name; i++)
		json_object_set_new(options, specs[i].name,
				    specs[i].unit == 1
					? json_integer(q->option.number[i])
					: json_real((double)q->option.number[i] / OPTION_UNIT));
	for (uint32_t a = 0; a < m->n_curves; a++)
		json_array_append_new(curves, json_of_curve(&m->curve[a]));
	if (!all || json_array_size(curves) != m->n_curves) {
		json_decref(all);
		return fail_no_memory();
	}
	return document_write(document_new("scaling-model", 1, all), stdout);
}

/* ---- Tables for people. ---- */

static void print_number(double v, int width, int digits)
{
	if (isfinite(v))
		printf(" %*.*f", width, digits, v);
	else
		printf(" %*s", width, "-");
}

static void print_losses(const struct scaling_model_curve *c)
{
	printf("%8s %9s %8s  | %8s %8s | %8s %8s %8s %8s | %7s %6s %7s\n", "L(M)", "knowledge",
	       "elements", "excess", "syntax", "finite", "all/none", "water", "law", "slope",
	       "s.e.", "finite");
	for (uint32_t i = 0; i < c->n_points; i++) {
		const struct scaling_model_point *p = &c->point[i];

		printf("%8llu %9.0f %8lu  |", (unsigned long long)p->size.model_bits,
		       p->knowledge_model_bits, (unsigned long)p->n_elements);
		print_number(p->knowledge.of_class[ALL], 8, 4);
		print_number(p->syntax.of_class[ALL], 8, 4);
		printf(" |");
		print_number(p->finite.of_class[ALL], 8, 4);
		print_number(p->whole.of_class[ALL], 8, 4);
		print_number(p->water.of_class[ALL], 8, 4);
		print_number(p->law, 8, 4);
		printf(" |");
		print_number(p->slope.slope, 7, 3);
		print_number(p->slope.standard_error, 6, 3);
		print_number(p->finite_slope.slope, 7, 3);
		putchar('\n');
	}
}

static void print_classes(const struct scaling_model_curve *c)
{
	printf("\nby frequency class (0: the most frequent quarter of the probability): excess of"
	       " knowledge, and the finite\ncurve's part; counts of sentences at the"
	       " threshold\n%8s %8s  |", "L(M)", "elements");
	for (unsigned class = 0; class < ALL; class++)
		printf(" %8s%u %7s |", "class ", class, "theory");
	printf(" %9s %8s %10s\n", "predicted", "smallest", "largest");
	printf("%8s %8s  |%19s|%19s|%19s|%19s| %9s %8s %10s\n", "", "", "", "", "", "", "rank C/H",
	       "stored", "not stored");
	for (uint32_t i = 0; i < c->n_points; i++) {
		const struct scaling_model_point *p = &c->point[i];

		printf("%8llu %8lu  |", (unsigned long long)p->size.model_bits,
		       (unsigned long)p->n_elements);
		for (unsigned class = 0; class < ALL; class++) {
			print_number(p->knowledge.of_class[class], 9, 4);
			print_number(p->finite.of_class[class], 7, 4);
			printf(" |");
		}
		printf(" %9llu %8llu %10llu\n", (unsigned long long)p->predicted_count,
		       (unsigned long long)p->smallest_stored,
		       (unsigned long long)p->largest_not_stored);
	}
}

static void print_fit(const char *label, const struct capacity_fit *by_elements,
		      const struct capacity_fit *by_capacity)
{
	printf("  %-34s", label);
	print_number(by_elements->slope, 8, 3);
	print_number(by_elements->standard_error, 7, 3);
	print_number(by_capacity->slope, 10, 3);
	print_number(by_capacity->standard_error, 7, 3);
	putchar('\n');
}

static void print_fits(const struct scaling_model_curve *c)
{
	const struct scaling_model_fit *e = &c->by_elements, *b = &c->by_capacity;

	printf("\nexponents over the %u points with %d to %d stored elements, none of them seen"
	       " only once\n",
	       (unsigned)e->measured.n, SCALING_MODEL_FIT_MIN, SCALING_MODEL_FIT_MAX);
	if (e->measured.n < FIT_POINTS_MIN) {
		puts("  too few for a slope: more --sentences or --budgets");
		return;
	}
	printf("  %-34s %8s %7s %10s %7s\n", "", "elements", "s.e.", "knowledge", "s.e.");
	print_fit("measured", &e->measured, &b->measured);
	print_fit("finite-size curve", &e->finite, &b->finite);
	print_fit("all or nothing, own frequencies", &e->whole, &b->whole);
	print_fit("water-filling, own frequencies", &e->water, &b->water);
	printf("  %-34s %8.3f %7s %10.3f\n", "theory, 1 - 1/alpha", 1 - 1 / c->alpha, "",
	       1 - 1 / c->alpha);
}

static void print_tables(const struct request *q, const struct scaling_model *m)
{
	for (uint32_t a = 0; a < m->n_curves; a++) {
		const struct scaling_model_curve *c = &m->curve[a];

		printf("%salpha %g, beta %g, seed %llu: %llu sentences, %lu elements; %s archives,"
		       " decoded and compared\n",
		       a ? "\n" : "", c->alpha, (double)q->plan.beta_millionths / OPTION_UNIT,
		       (unsigned long long)q->plan.seed, (unsigned long long)q->plan.n_sentences,
		       (unsigned long)c->n_elements, q->plan.model_text);
		printf("known world: %.4f bits a sentence, %.4f of them names and facts; an element"
		       " H = %.2f bits, a mention %.2f\n\n",
		       c->known_bits, c->known_knowledge_bits, c->element_bits, c->mention_bits);
		print_losses(c);
		print_classes(c);
		print_fits(c);
	}
	printf("\nH: bits of an element stored whole; a mention: what a sentence about one that\n"
	       "is not stored costs more.  excess: bits a sentence above the known world, of\n"
	       "names and facts; syntax: of the other tokens.  Theory at the same bits of\n"
	       "knowledge C: finite, this corpus' elements at their own prices; all/none, the\n"
	       "C/H most frequent ones; water, facts stored in part; law, as all/none for\n"
	       "weights falling as rank^(-1/alpha).  predicted: sentences of the element of rank\n"
	       "C/H.  slope: d ln excess / d ln knowledge over %u points around.\n",
	       SCALING_MODEL_WINDOW);
}

int cmd_scaling_model(int argc, char **argv)
{
	struct request q = {.option = {.alpha_millionths = q.plan.alpha_millionths,
				       .model_text = MODEL_DEFAULT}};
	struct scaling_model m;
	int end = cmd_law_parse(&law, &q.option, argc, argv);

	if (end != CMD_END)
		return end;
	complete_plan(&q);

	struct cmd_meter meter = cmd_meter_start(q.option.quiet);

	q.plan.progress = meter.live ? cmd_meter_count : NULL;
	q.plan.progress_context = &meter;
	enum status s = scaling_model_measure(&q.plan, &m);

	cmd_meter_end(&meter);
	if (s == STATUS_OK && q.option.json)
		s = print_json(&q, &m);
	else if (s == STATUS_OK && q.option.csv)
		print_csv(&m);
	else if (s == STATUS_OK)
		print_tables(&q, &m);
	scaling_model_free(&m);
	return s == STATUS_OK ? 0 : cmd_fail(NULL, s);
}
