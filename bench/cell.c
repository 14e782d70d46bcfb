/* SPDX-License-Identifier: BSD-2-Clause */
#include "cell.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>

#include "child.h"
#include "verify.h"

#define CELL_ARGUMENTS_MAX 20
#define OUTPUT_SLACK_BYTES ((uint64_t)1 << 20)

uint64_t cell_output_bytes(uint64_t input_bytes)
{
	return 2 * input_bytes + OUTPUT_SLACK_BYTES;
}

static enum status run_child(const struct cell *c, const char *const argv[], const char *what,
			     uint64_t limit_file_bytes, struct verdict *verdict,
			     struct child_result *child)
{
	struct child_setup setup = {
	    .argv = (char *const *)argv,
	    .limit_seconds = c->limit_seconds,
	    .limit_memory_bytes = c->limit_memory_bytes,
	    .limit_file_bytes = limit_file_bytes,
	};

	TRY(child_run_setup(&setup, child));
	verdict_of_child(verdict, what, &setup, child);
	return STATUS_OK;
}

static bool bad_report(struct verdict *v, const char *text)
{
	return verdict_set(v, OUTCOME_FAILED, "a child's report cannot be read: '%.100s'", text);
}

/* What one direction reported. */
struct side_report {
	struct cell_side side;
	double ideal_bits;    /* NaN: not known */
	uint64_t model_bytes; /* 0 unless a model is stored */
};

/* The one line of JSON that `half` prints (src/cmd_half.c). */
static bool parse_report(const char *text, struct side_report *report, struct verdict *v)
{
	json_t *root = json_loads(text, 0, NULL);
	const json_t *cpu = json_object_get(root, "cpu_seconds");
	const json_t *wall = json_object_get(root, "wall_seconds");
	const json_t *ideal = json_object_get(root, "ideal_bits");
	bool good = json_is_number(cpu) && json_is_number(wall);

	report->side.cpu_seconds = json_number_value(cpu);
	report->side.wall_seconds = json_number_value(wall);
	report->ideal_bits = json_is_number(ideal) ? json_number_value(ideal) : NAN;
	report->model_bytes =
	    (uint64_t)json_integer_value(json_object_get(root, "stored_model_bytes"));
	json_decref(root);
	return good || bad_report(v, text);
}

/* `input_bytes` is the original size, which whole-buffer codecs must be told. */
static enum status run_side(const struct cell *c, const char *direction, const char *input,
			    const char *output, uint64_t input_bytes, struct verdict *verdict,
			    struct side_report *report)
{
	char size[32], threads[16];
	const char *argv[CELL_ARGUMENTS_MAX] = {c->program,  "half",   direction, "--method",
						c->method,   "--input", input,     "--output",
						output,      "--size",  size,      "--threads",
						threads};
	struct child_result child;
	int n = 13;

	snprintf(size, sizeof size, "%llu", (unsigned long long)input_bytes);
	snprintf(threads, sizeof threads, "%u", c->threads ? c->threads : 1);
	if (c->world) {
		argv[n++] = "--world";
		argv[n++] = c->world;
	}
	if (c->as_bytes)
		argv[n++] = "--bytes";
	TRY(run_child(c, argv, direction, cell_output_bytes(input_bytes), verdict, &child));
	if (verdict->outcome != OUTCOME_OK || !parse_report(child.output, report, verdict))
		return STATUS_OK;
	report->side.process_seconds = child.cpu_seconds;
	report->side.peak_mib = child.peak_mib;
	return STATUS_OK;
}

static enum status compress(const struct cell *c, uint64_t input_bytes, struct cell_result *result)
{
	struct side_report there = {0};

	TRY(run_side(c, "compress", c->input, c->archive, input_bytes, &result->verdict, &there));
	if (result->verdict.outcome != OUTCOME_OK)
		return STATUS_OK;
	result->compress = there.side;
	result->ideal_bits = there.ideal_bits;
	result->model_bytes = there.model_bytes;
	if (verify_size(c->archive, &result->archive_bytes) != STATUS_OK)
		verdict_set(&result->verdict, OUTCOME_FAILED, "compress: no archive was written");
	else if (result->model_bytes > result->archive_bytes)
		verdict_set(&result->verdict, OUTCOME_WRONG,
			    "compress: the model is larger than the archive that holds it");
	return STATUS_OK;
}

static enum status decompress(const struct cell *c, uint64_t input_bytes,
			      struct cell_result *result)
{
	struct side_report back = {0};
	struct verdict *v = &result->verdict;

	TRY(run_side(c, "decompress", c->archive, c->decoded, input_bytes, v, &back));
	result->decompress = back.side;
	if (v->outcome == OUTCOME_UNSUPPORTED) /* it could be written, so it must be readable */
		verdict_set(v, OUTCOME_WRONG, "decompress: the archive is not understood");
	if (v->outcome != OUTCOME_OK)
		return STATUS_OK;
	verify_same(c->decoded, c->input, v);
	return STATUS_OK;
}

enum status cell_run(const struct cell *c, struct cell_result *result)
{
	uint64_t input_bytes = 0;

	*result = (struct cell_result){.ideal_bits = NAN};
	TRY(verify_size(c->input, &input_bytes));
	TRY(compress(c, input_bytes, result));
	return result->verdict.outcome == OUTCOME_OK ? decompress(c, input_bytes, result)
						      : STATUS_OK;
}

enum status cell_run_coder(const struct cell *c, uint64_t input_bytes, struct cell_result *result)
{
	char size[32];
	const char *const argv[] = {c->program, "half", "coder", "--size", size, NULL};
	struct child_result child;
	json_t *root;

	*result = (struct cell_result){.ideal_bits = NAN};
	snprintf(size, sizeof size, "%llu", (unsigned long long)input_bytes);
	TRY(run_child(c, argv, "coder", 0, &result->verdict, &child));
	if (result->verdict.outcome != OUTCOME_OK)
		return STATUS_OK;
	root = json_loads(child.output, 0, NULL);
	if (json_unpack(root, "{s:I, s:F, s:F, s:F, s:F, s:F}", "archive_bytes",
			&result->archive_bytes, "ideal_bits", &result->ideal_bits,
			"compress_cpu_seconds", &result->compress.cpu_seconds,
			"compress_wall_seconds", &result->compress.wall_seconds,
			"decompress_cpu_seconds", &result->decompress.cpu_seconds,
			"decompress_wall_seconds", &result->decompress.wall_seconds) != 0)
		bad_report(&result->verdict, child.output);
	json_decref(root);
	result->compress.process_seconds = result->decompress.process_seconds = NAN;
	result->compress.peak_mib = result->decompress.peak_mib = child.peak_mib;
	return STATUS_OK;
}

/* The list of numbers, one a role, that `half regret` prints. */
static void parse_regret(const char *text, struct verdict *v, double regret_bits[COST_ROLES])
{
	json_t *root = json_loads(text, 0, NULL);
	const json_t *list = json_object_get(root, "regret_bits");
	bool good = json_array_size(list) == COST_ROLES;

	for (size_t i = 0; good && i < COST_ROLES; i++) {
		const json_t *bits = json_array_get(list, i);

		good = json_is_number(bits);
		regret_bits[i] = json_number_value(bits);
	}
	json_decref(root);
	if (!good)
		bad_report(v, text);
}

enum status cell_regret(const struct cell *c, struct verdict *verdict,
			double regret_bits[COST_ROLES])
{
	const char *const argv[] = {c->program, "half",    "regret",  "--method", c->method,
				    "--input",  c->input,  "--roles", c->roles,   "--world",
				    c->world,   NULL};
	struct child_result child;

	TRY(run_child(c, argv, "regret", 0, verdict, &child));
	if (verdict->outcome == OUTCOME_OK)
		parse_regret(child.output, verdict, regret_bits);
	return STATUS_OK;
}
