/* SPDX-License-Identifier: BSD-2-Clause
 *
 * cmd_sweep.c - twopart sweep: which size of network, stored how precisely, is worth its bits.
 */
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cmd.h"
#include "document.h"
#include "sweep.h"
#include "utf8.h"

#define DEFAULT_SIZES "1x16,1x32,2x32,2x64,4x64,4x128"
#define DEFAULT_PRECISIONS "8,4"
#define DEFAULT_SECONDS 300
#define SECONDS_MAX 10000000

enum {
	OPTION_SIZES = 256,
	OPTION_BITS,
	OPTION_TIME,
	OPTION_STEPS,
	OPTION_CTX,
	OPTION_BATCH,
	OPTION_SEED,
	OPTION_CODE,
	OPTION_KEEP
};

static const struct cmd_option options[] = {
    {OPTION_SIZES, "sizes", "LIST", "layers x dim (default " DEFAULT_SIZES ")"},
    {OPTION_BITS, "bits", "LIST", "of a stored weight (default " DEFAULT_PRECISIONS ")"},
    {OPTION_TIME, "time", "SECONDS", "to train all of them together (default 300)"},
    {OPTION_STEPS, "steps", "N", "of training each, instead of --time: the same on any machine"},
    {OPTION_CTX, "ctx", "N", "symbols of context (default 128)"},
    {OPTION_BATCH, "batch", "N", "windows in a step (default 8)"},
    {OPTION_SEED, "seed", "N", "of first weights and order (default 1)"},
    {OPTION_CODE, "code", "CORPUS", "what is coded, if not the corpus that is learnt"},
    {OPTION_KEEP, "keep", "DIR", "keep models and figures there; what is there is not made again"},
    {CMD_JSON, "json", NULL, "one JSON object instead of a table"},
    {'T', "threads", "N", CMD_THREADS_HELP},
    {'q', "quiet", NULL, "no progress"},
    {0},
};

static const struct cmd_spec spec = {
    .name = "sweep",
    .usage = "[OPTION]... CORPUS",
    .text = "Train transformers of several sizes and precisions on CORPUS (the PREFIX of\n"
	    "generated files, or any file), store each, code the corpus with it, decode and\n"
	    "compare.\n\n"
	    "Columns: L(M) and L(X|M), bits of the model file and of what an archive with it has\n"
	    "besides; total, with the archive's header; bits a symbol of all that; fp32, bits a\n"
	    "symbol of the symbols that were held back, before rounding; stored, the same of the\n"
	    "stored model; *, on the lower envelope: no other point has fewer bits in both parts.\n"
	    "The JSON of a sweep is what\n"
	    "`twopart structure --points` draws.\n",
    .options = options,
};

struct request {
	struct sweep *sweep;
	const char *sizes, *precisions;
	uint64_t seconds;
	bool json, quiet;
};

/* One option with its argument in optarg: CMD_END to go on, or the exit code. */
static int take_option(struct request *q, int code)
{
	struct trainer_settings *t = &q->sweep->settings;
	uint64_t n = 0;
	bool good = true;

	switch (code) {
	case OPTION_SIZES: q->sizes = optarg; break;
	case OPTION_BITS: q->precisions = optarg; break;
	case OPTION_TIME:
		good = cmd_parse_count("--time", optarg, 1, SECONDS_MAX, &q->seconds);
		break;
	case OPTION_STEPS:
		good = cmd_parse_count("--steps", optarg, 1, INT64_MAX / 2, &t->steps);
		break;
	case OPTION_CTX:
		good = cmd_parse_count("--ctx", optarg, 1, TRANSFORMER_CTX_MAX, &n);
		t->shape.ctx = (uint32_t)n;
		break;
	case OPTION_BATCH:
		good = cmd_parse_count("--batch", optarg, 1, TRAINER_BATCH_MAX, &n);
		t->batch = (uint32_t)n;
		break;
	case OPTION_SEED:
		good = cmd_parse_count("--seed", optarg, 0, INT64_MAX, &t->seed);
		break;
	case OPTION_CODE: q->sweep->code_path = cmd_take_prefix(optarg); break;
	case OPTION_KEEP: q->sweep->keep_directory = optarg; break;
	case CMD_JSON: q->json = true; break;
	case 'T': good = cmd_parse_threads(optarg, &t->threads); break;
	case 'q': q->quiet = true; break;
	case CMD_HELP: return 0;
	default: return EXIT_USAGE;
	}
	return good ? CMD_END : EXIT_USAGE;
}

/* CMD_END to go on, otherwise the exit code. */
static int parse_arguments(struct request *q, int argc, char **argv)
{
	for (int o; (o = cmd_option_next(&spec, argc, argv)) != CMD_END;) {
		int end = take_option(q, o);

		if (end != CMD_END)
			return end;
	}
	if (argc - optind != 1 || !*argv[optind])
		return cmd_usage("sweep: one CORPUS, please (see twopart help sweep)");
	if (q->seconds && q->sweep->settings.steps)
		return cmd_usage("sweep: either --steps or --time says when to end");
	if (!q->seconds && !q->sweep->settings.steps)
		q->seconds = DEFAULT_SECONDS;
	q->sweep->total_seconds = (double)q->seconds;
	q->sweep->train_path = cmd_take_prefix(argv[optind]);
	if (!q->sweep->code_path)
		q->sweep->code_path = q->sweep->train_path;
	if (sweep_add(q->sweep, q->sizes, q->precisions) != STATUS_OK)
		return cmd_usage("sweep: %s", status_message());
	return CMD_END;
}

static void show_progress(void *context, const struct sweep *s, uint32_t index,
			  const struct trainer_progress *p)
{
	const struct sweep_point *point = &s->point[index];

	(void)context;
	fprintf(stderr, "\r[%u/%u] %ux%u int%u", (unsigned)index + 1, (unsigned)s->n_points,
		(unsigned)point->n_layers, (unsigned)point->dim, point->bits);
	if (p)
		fprintf(stderr, "  %s  %.4f bits/symbol  %.0f symbols/s  %.0f s left", p->phase,
			p->loss_bits, p->symbols_per_second, p->remaining_seconds);
	fputs("\033[K", stderr);
}

static double total_bits(const struct sweep_point *p)
{
	return (double)(p->model_bits + p->data_bits + p->header_bits);
}

static void print_table(const struct sweep *s)
{
	printf("%s: %llu %s coded by networks trained on %s; each archive decoded and compared\n\n",
	       s->code_path, (unsigned long long)s->n_symbols, s->is_tokens ? "tokens" : "bytes",
	       s->train_path);
	printf("%6s %5s %4s %10s %11s %12s %12s %8s %8s %8s %8s\n", "layers", "dim", "bits",
	       "parameters", "L(M)", "L(X|M)", "total", "bits/sym", "fp32", "stored", "steps");
	for (uint32_t i = 0; i < s->n_points; i++) {
		const struct sweep_point *p = &s->point[i];

		printf("%6u %5u %4u %10llu %11llu %12llu %12.0f %8.4f %8.4f %8.4f %8llu%s\n",
		       (unsigned)p->n_layers, (unsigned)p->dim, p->bits,
		       (unsigned long long)p->n_parameters, (unsigned long long)p->model_bits,
		       (unsigned long long)p->data_bits, total_bits(p),
		       total_bits(p) / (double)s->n_symbols, p->float_bits, p->stored_bits,
		       (unsigned long long)p->steps, p->on_envelope ? " *" : "");
	}
	printf("\nbits of archives that hold their model; bits/sym: total a symbol; fp32, stored: "
	       "bits a symbol of\nthe held-back symbols, unrounded and as stored; *: on the lower "
	       "envelope of (L(M), L(X|M))\n");
}

static int print_json(const struct sweep *s)
{
	json_t *points = json_array();

	for (uint32_t i = 0; i < s->n_points; i++) {
		const struct sweep_point *p = &s->point[i];

		json_array_append_new(
		    points,
		    json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:f, s:o, s:o, s:I, s:f, "
			      "s:b}",
			      "layers", (json_int_t)p->n_layers, "dim", (json_int_t)p->dim, "heads",
			      (json_int_t)p->n_heads, "bits", (json_int_t)p->bits, "parameters",
			      (json_int_t)p->n_parameters, "model_bits", (json_int_t)p->model_bits,
			      "data_bits", (json_int_t)p->data_bits, "header_bits",
			      (json_int_t)p->header_bits, "ideal_bits", p->ideal_bits,
			      "float_valid_bits", document_number(p->float_bits),
			      "stored_valid_bits", document_number(p->stored_bits), "steps",
			      (json_int_t)p->steps, "seconds", p->seconds, "on_envelope",
			      (int)p->on_envelope));
	}
	char digest[17];

	snprintf(digest, sizeof digest, "%016llx", (unsigned long long)s->digest);

	return cmd_print_json(document_new(
	    "sweep", 1,
	    json_pack("{s:o, s:o, s:I, s:s, s:o}", "trained_on", utf8_json(s->train_path), "corpus",
		      utf8_json(s->code_path), "symbols", (json_int_t)s->n_symbols, "digest",
		      digest, "points", points)));
}

int cmd_sweep(int argc, char **argv)
{
	static struct sweep s; /* some kilobytes */
	struct request q = {
	    .sweep = &s, .sizes = DEFAULT_SIZES, .precisions = DEFAULT_PRECISIONS};

	s = (struct sweep){.settings = trainer_defaults()};

	int end = parse_arguments(&q, argc, argv);

	if (end != CMD_END)
		return end;

	bool live = !q.quiet && isatty(STDERR_FILENO);

	s.progress = live ? show_progress : NULL;

	enum status status = sweep_run(&s);

	if (live)
		fputs("\r\033[K", stderr);
	if (status != STATUS_OK)
		return cmd_fail(NULL, status);
	if (q.json)
		return print_json(&s);
	print_table(&s);
	return 0;
}
