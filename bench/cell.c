/* SPDX-License-Identifier: BSD-2-Clause */
#include "cell.h"

#include <jansson.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>

#include "child.h"
#include "verify.h"

#define CELL_ARGUMENTS_MAX 16

static enum status child_failure(const char *direction, const struct child_result *child)
{
	if (child->timed_out)
		return fail(STATUS_LIMIT, "%s: over the time limit", direction);
	if (child->signal)
		return fail(STATUS_IO, "%s: killed by signal %d", direction, child->signal);
	if (child->exit_code == status_exit_code(STATUS_UNSUPPORTED))
		return fail(STATUS_UNSUPPORTED, "%s: not supported", direction);
	return fail(STATUS_IO, "%s: failed with exit code %d", direction, child->exit_code);
}

/* What one direction reported. */
struct side_report {
	struct cell_side side;
	double ideal_bits;    /* NaN: not known */
	uint64_t model_bytes; /* 0 unless a model is stored */
};

/* The one line of JSON that `cell` prints (cmd_cell.c). */
static enum status parse_report(const char *text, struct side_report *report)
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
	return good ? STATUS_OK : fail(STATUS_IO, "a child's report cannot be read: '%s'", text);
}

/* `size` is the original size, which whole-buffer codecs must be told. */
static enum status run_side(const struct cell *c, const char *direction, const char *input,
			    const char *output, const char *size, struct side_report *report)
{
	const char *argv[CELL_ARGUMENTS_MAX] = {c->program, "cell",    direction, "--method",
						c->method,  "--input", input,     "--output",
						output,     "--size",  size};
	struct child_result child;
	int n = 11;

	if (c->world) {
		argv[n++] = "--world";
		argv[n++] = c->world;
	}
	if (c->as_bytes)
		argv[n++] = "--bytes";
	TRY(child_run((char *const *)argv, c->limit_seconds, &child));
	if (child.exit_code != 0)
		return child_failure(direction, &child);
	TRY(parse_report(child.output, report));
	report->side.process_seconds = child.cpu_seconds;
	report->side.peak_mib = child.peak_mib;
	return STATUS_OK;
}

enum status cell_run(const struct cell *c, struct cell_result *result)
{
	uint64_t input_bytes = 0;
	struct side_report there = {0}, back = {0};
	char size[32];

	TRY(verify_size(c->input, &input_bytes));
	snprintf(size, sizeof size, "%llu", (unsigned long long)input_bytes);
	TRY(run_side(c, "compress", c->input, c->archive, size, &there));
	TRY(verify_size(c->archive, &result->archive_bytes));

	enum status s = run_side(c, "decompress", c->archive, c->decoded, size, &back);

	result->compress = there.side;
	result->ideal_bits = there.ideal_bits;
	result->model_bytes = there.model_bytes;
	result->decompress = back.side;

	if (s == STATUS_UNSUPPORTED) /* it could be written, so it must be readable */
		return fail(STATUS_CORRUPT, "decompress: the archive is not understood");
	TRY(s);
	return verify_same(c->decoded, c->input);
}

/* The list of numbers, one a role, that `cell regret` prints. */
static enum status parse_regret(const char *text, double regret_bits[COST_ROLES])
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
	return good ? STATUS_OK : fail(STATUS_IO, "a child's report cannot be read: '%s'", text);
}

enum status cell_regret(const struct cell *c, double regret_bits[COST_ROLES])
{
	const char *const argv[] = {c->program, "cell",    "regret",  "--method", c->method,
				    "--input",  c->input,  "--roles", c->roles,   "--world",
				    c->world,   NULL};
	struct child_result child;

	TRY(child_run((char *const *)argv, c->limit_seconds, &child));
	if (child.exit_code != 0)
		return child_failure("regret", &child);
	return parse_regret(child.output, regret_bits);
}
