/* SPDX-License-Identifier: BSD-2-Clause
 *
 * cmd_scaling_model.c - twopart scaling model: excess loss against the bits of the model.
 *
 * One table of columns serves CSV and JSON; the tables for people choose among the numbers.
 */
#include <jansson.h>
#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "cmd_scaling.h"
#include "options.h"
#include "scaling_model.h"

#define FIT_POINTS_MIN 3 /* of a slope that is worth printing */
#define NAME "scaling model"
#define SPEC_CODE 1000 /* the code of the first option of specs[]; above all letters */
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

enum { CODE_CSV = CMD_JSON + 1 };

static const struct cmd_option common[] = {
    {'a', "alpha", "LIST", "discounts, for instance " ALPHA_DEFAULT " (the default)"},
    {'m', "model", "MODEL", "two-part code (default " MODEL_DEFAULT ")"},
    {'T', "threads", "N", CMD_THREADS_HELP},
    {CMD_JSON, "json", NULL, "one JSON object instead of tables"},
    {CODE_CSV, "csv", NULL, "CSV instead of tables"},
    {'q', "quiet", NULL, "no progress on standard error"},
};

#define N_SPECS (sizeof specs / sizeof *specs - 1)
#define N_COMMON (sizeof common / sizeof *common)

struct request {
	int64_t value[N_SPECS];
	struct scaling_model_plan plan;
	bool json, csv, quiet;
};

/* All options as one table for help and parsing; `help` is the room for the texts of specs[]. */
static void make_table(struct cmd_option *option, char (*help)[CMD_HELP_BYTES])
{
	for (size_t i = 0; i < N_SPECS; i++) {
		cmd_describe_option(&specs[i], help[i]);
		option[i] = (struct cmd_option){SPEC_CODE + (int)i, specs[i].name, "X", help[i]};
	}
	memcpy(option + N_SPECS, common, sizeof common);
	option[N_SPECS + N_COMMON] = (struct cmd_option){0};
}

static const char help_text[] =
    "Draw a Syntax-Knowledge corpus for each alpha, make archives of a two-part code whose\n"
    "model may have at most so many bits, decode them, and print what each leaves to pay a\n"
    "sentence above someone who knows the world; beside it the optima of theory at the same\n"
    "bits of knowledge (range; default).\n";

/* CMD_END to go on, or the exit code. */
static int parse_options(struct request *q, int argc, char **argv)
{
	struct cmd_option option[N_SPECS + N_COMMON + 1];
	char help[N_SPECS][CMD_HELP_BYTES];
	const struct cmd_spec spec = {
	    .name = NAME, .usage = "[OPTION]...", .text = help_text, .options = option};

	make_table(option, help);
	for (int o; (o = cmd_option_next(&spec, argc, argv)) != CMD_END;) {
		switch (o) {
		case 'a':
			if (!cmd_parse_alphas(NAME, optarg, SCALING_MODEL_ALPHAS_MAX,
					      q->plan.alpha_millionths, &q->plan.n_alphas))
				return EXIT_USAGE;
			break;
		case 'm': q->plan.model_text = optarg; break;
		case 'T':
			if (!cmd_parse_threads(optarg, &q->plan.threads))
				return EXIT_USAGE;
			break;
		case CMD_JSON: q->json = true; break;
		case CODE_CSV: q->csv = true; break;
		case 'q': q->quiet = true; break;
		case CMD_HELP: return 0;
		case CMD_BAD: return EXIT_USAGE;
		default:
			if (options_set(specs, q->value, specs[o - SPEC_CODE].name, optarg) !=
			    STATUS_OK)
				return cmd_usage(NAME ": --%s", status_message());
		}
	}
	if (optind < argc)
		return cmd_usage(NAME ": '%s' is not an option", argv[optind]);
	if (q->json && q->csv)
		return cmd_usage(NAME ": --json and --csv exclude each other");
	return CMD_END;
}

/* The plan that the options make; or false after a usage error. */
static bool complete_plan(struct request *q)
{
	q->plan.n_sentences = (uint64_t)q->value[SENTENCES];
	q->plan.seed = (uint64_t)q->value[SEED];
	q->plan.beta_millionths = q->value[BETA];
	q->plan.n_budgets = (uint32_t)q->value[BUDGETS];
	for (uint32_t i = 0; i < q->plan.n_alphas; i++)
		if (q->plan.beta_millionths <= -q->plan.alpha_millionths[i]) {
			cmd_usage(NAME ": --beta must be greater than -alpha");
			return false;
		}
	return true;
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

static json_t *real_or_null(double v)
{
	return isfinite(v) ? json_real(v) : json_null();
}

static json_t *json_of_fit(const struct capacity_fit *f)
{
	return json_pack("{s:o, s:o, s:I}", "slope", real_or_null(f->slope), "standard_error",
			 real_or_null(f->standard_error), "points", (json_int_t)f->n);
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
				    real_or_null(number_of(&c->point[i], class, k)));
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

	for (size_t i = 0; i < N_SPECS; i++)
		json_object_set_new(options, specs[i].name,
				    specs[i].unit == 1
					? json_integer(q->value[i])
					: json_real((double)q->value[i] / OPTION_UNIT));
	for (uint32_t a = 0; a < m->n_curves; a++)
		json_array_append_new(curves, json_of_curve(&m->curve[a]));
	if (!all || json_array_size(curves) != m->n_curves) {
		json_decref(all);
		return fail_no_memory();
	}
	json_dumpf(all, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(15));
	putchar('\n');
	json_decref(all);
	return STATUS_OK;
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

		printf("%salpha %g, beta %g, seed %lld: %lld sentences, %lu elements; %s archives,"
		       " decoded and compared\n",
		       a ? "\n" : "", c->alpha, (double)q->value[BETA] / OPTION_UNIT,
		       (long long)q->value[SEED], (long long)q->value[SENTENCES],
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
	struct request q = {
	    .plan = {.threads = omp_get_max_threads(), .model_text = MODEL_DEFAULT}};
	struct scaling_model m;

	options_defaults(specs, q.value);
	cmd_parse_alphas(NAME, ALPHA_DEFAULT, SCALING_MODEL_ALPHAS_MAX, q.plan.alpha_millionths,
			 &q.plan.n_alphas);
	int end = parse_options(&q, argc, argv);

	if (end != CMD_END)
		return end;
	if (!complete_plan(&q))
		return EXIT_USAGE;

	struct cmd_meter meter = cmd_meter_start(q.quiet);

	q.plan.progress = meter.live ? cmd_meter_count : NULL;
	q.plan.progress_context = &meter;
	enum status s = scaling_model_measure(&q.plan, &m);

	cmd_meter_end(&meter);
	if (s == STATUS_OK && q.json)
		s = print_json(&q, &m);
	else if (s == STATUS_OK && q.csv)
		print_csv(&m);
	else if (s == STATUS_OK)
		print_tables(&q, &m);
	scaling_model_free(&m);
	return s == STATUS_OK ? 0 : cmd_fail(NULL, s);
}
