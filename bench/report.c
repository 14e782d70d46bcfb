/* SPDX-License-Identifier: BSD-2-Clause */
#include "report.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "external.h"
#include "file.h"
#include "machine.h"
#include "utf8.h"
#include "version.h"

#define REPORT_SCHEMA 1
#define SIGNIFICANT_DIGITS 12 /* of measured numbers in CSV and JSON */

enum kind { TEXT, COUNT, REAL, SUM /* Markdown only: the regrets in a row */ };

struct column {
	const char *key;   /* CSV and JSON; NULL: not there */
	const char *label; /* Markdown */
	enum kind kind;
	int digits;     /* Markdown, behind the point of a REAL */
	unsigned shown; /* sections that have it in Markdown */
	size_t offset;  /* of a char array or a double in struct row */
	const char *bold_on; /* Markdown: on a front whose name has this in it; NULL: never bold */
};

#define AT(member) offsetof(struct row, member)
#define T SECTION_TABLE
#define S SECTION_SCALING
#define C SECTION_CODER
#define F (SECTION_FILE | SECTION_TOTAL)

static const struct column columns[] = {
    {"corpus", "corpus", TEXT, 0, S, AT(corpus), NULL},
    {"source", "source", TEXT, 0, 0, AT(source), NULL},
    {"digest", "digest", TEXT, 0, 0, AT(digest), NULL},
    {"name", "method", TEXT, 0, T | S | C | F, AT(name), ""},
    {"version", "version", TEXT, 0, 0, AT(version), NULL},
    {"on", "on", TEXT, 0, T | C, AT(on), NULL},
    {"n_tokens", "tokens", COUNT, 0, S, AT(n_tokens), NULL},
    {"text_bytes", "text bytes", COUNT, 0, 0, AT(text_bytes), NULL},
    {"input_bytes", "input bytes", COUNT, 0, C, AT(input_bytes), NULL},
    {"bits_per_token", "bits/token", REAL, 4, T | S, AT(bits_per_token), NULL},
    {"bits_per_text_byte", "bits/byte", REAL, 4, T | F, AT(bits_per_text_byte), NULL},
    {"times_bound", "x bound", REAL, 4, T | S | C, AT(times_bound), NULL},
    {"archive_bytes", "archive", COUNT, 0, T | C | F, AT(archive_bytes), NULL},
    {"model_bytes", "model", COUNT, 0, T | F, AT(model_bytes), NULL},
    {"total_bytes", "total", COUNT, 0, T | F, AT(total_bytes), NULL},
    {"total_bits", "total bits", REAL, 1, 0, AT(total_bits), NULL},
    {"ideal_bits", "ideal bits", REAL, 1, T | C | F, AT(ideal_bits), NULL},
    {"overhead_bits", "overhead", REAL, 1, T | C | F, AT(overhead_bits), NULL},
    {"compress_mb_s", "enc MB/s", REAL, 2, T | C | F, AT(compress_mb_s), NULL},
    {"decompress_mb_s", "dec MB/s", REAL, 2, T | C | F, AT(decompress_mb_s), NULL},
    {"compress_tokens_s", "enc tokens/s", COUNT, 0, T, AT(compress_tokens_s), NULL},
    {"decompress_tokens_s", "dec tokens/s", COUNT, 0, T, AT(decompress_tokens_s), NULL},
    {"compress_ns_token", "enc ns/token", REAL, 1, S, AT(compress_ns_token), NULL},
    {"decompress_ns_token", "dec ns/token", REAL, 1, S, AT(decompress_ns_token), NULL},
    {"compress_seconds", "compress s", REAL, 3, 0, AT(compress_seconds), NULL},
    {"decompress_seconds", "decompress s", REAL, 3, 0, AT(decompress_seconds), NULL},
    {"compress_wall_seconds", "compress wall s", REAL, 3, 0, AT(compress_wall_seconds), NULL},
    {"decompress_wall_seconds", "decompress wall s", REAL, 3, 0, AT(decompress_wall_seconds), NULL},
    {"compress_process_seconds", "enc CPU s", REAL, 3, F, AT(compress_process_seconds), "enc"},
    {"decompress_process_seconds", "dec CPU s", REAL, 3, F, AT(decompress_process_seconds), "dec"},
    {"compress_peak_mib", "enc MiB", REAL, 1, T | S | F, AT(compress_peak_mib), NULL},
    {"decompress_peak_mib", "dec MiB", REAL, 1, T | S | F, AT(decompress_peak_mib), NULL},
    {"regret_syntax", "regret: syntax", REAL, 4, 0, AT(regret[ROLE_SYNTAX]), NULL},
    {"regret_name", "regret: name", REAL, 4, 0, AT(regret[ROLE_NAME]), NULL},
    {"regret_first_fact", "regret: first fact", REAL, 4, 0, AT(regret[ROLE_FIRST_FACT]), NULL},
    {"regret_repeated_fact", "regret: repeated fact", REAL, 4, 0, AT(regret[ROLE_REPEATED_FACT]),
     NULL},
    {NULL, "regret by role", SUM, 4, T | S, AT(regret), NULL},
    {"verified", "verified", TEXT, 0, T | S | C | F, AT(verified), NULL},
    {"pareto", "pareto", TEXT, 0, 0, AT(pareto), NULL},
    {"not_counted", "not counted", TEXT, 0, T, AT(not_counted), NULL},
};

#undef T
#undef S
#undef C
#undef F

#define N_COLUMNS (sizeof columns / sizeof columns[0])

static const struct {
	enum section section;
	const char *key, *title;
} sections[] = {
    {SECTION_TABLE, "table", NULL}, /* each corpus is a title */
    {SECTION_FILE, "file", NULL},
    {SECTION_TOTAL, "total", NULL},
    {SECTION_SCALING, "scaling", "Scaling"},
    {SECTION_CODER, "coder",
     "Entropy coder alone (in this process, best of 3; x bound: of the empirical entropy)"},
};

#define N_SECTIONS (sizeof sections / sizeof sections[0])

static const char legend[] =
    "Each row was decompressed in a process of its own and compared with the original.\n"
    "Byte methods get tokens as little-endian pairs without a header.  `x bound`: total\n"
    "bits over the Bayes bound of the corpus.  `overhead`: total bits less ideal bits\n"
    "(the sum of -lg p): coder, header and checksum together.  `bits/byte`: of the text\n"
    "rendering, or of the file.  MB/s and tokens/s: 10^6 bytes of what the method was given, or\n"
    "tokens, per second of processor time of the coding call (of an external program: of the\n"
    "whole process), one thread, one run.  `CPU s`: processor time of the whole process, its\n"
    "start and the files included, user and system, and that of all it ran: the same measure for\n"
    "every method.  MiB: largest resident memory of the process, of several the largest.\n"
    "**Bold**: on a Pareto front; no other method of that table is as small and takes as little\n"
    "`CPU s`, to compress or to decompress; where `CPU s` are shown, the bold ones say which.\n"
    "What is `not counted` does not compete.\n"
    "`regret by role`: bits/token above `bayes` that went into syntax + names + first\n"
    "facts + repeated facts; sums of -lg p over all tokens of the corpus, without a stored\n"
    "model; measured apart, untimed.  `model`: what a two-part code stores in its file before\n"
    "the data; `archive` is the rest, `total` both.  `not counted`: what the reader of that\n"
    "archive must hold besides it, whose bits are in no column.  Sizes are bytes.\n";

static const char *text_of(const struct row *r, const struct column *c)
{
	return (const char *)r + c->offset;
}

static double number_of(const struct row *r, const struct column *c)
{
	return *(const double *)(const void *)((const char *)r + c->offset);
}

struct row row_empty(void)
{
	struct row r = {.present = false};

	for (size_t i = 0; i < N_COLUMNS; i++)
		if (columns[i].kind != TEXT)
			*(double *)(void *)((char *)&r + columns[i].offset) = NAN;
	r.bound_bits = r.decoder_bytes = r.total_with_decoder_bytes = r.regret_sum = NAN;
	r.n_threads = r.n_runs = r.compress_spread = r.decompress_spread = NAN;
	return r;
}

void row_derive(struct row *r)
{
	r->total_bytes = r->archive_bytes + r->model_bytes;
	r->total_bits = isnan(r->archive_bytes) ? r->ideal_bits : 8 * r->total_bytes;
	r->total_with_decoder_bytes = r->total_bytes + r->decoder_bytes;
	r->regret_sum = 0;
	for (int i = 0; i < COST_ROLES; i++)
		r->regret_sum += r->regret[i];
	r->bits_per_token = r->total_bits / r->n_tokens;
	r->bits_per_text_byte = r->total_bits / r->text_bytes;
	r->times_bound = r->total_bits / r->bound_bits;
	r->overhead_bits = 8 * r->total_bytes - r->ideal_bits;
	r->compress_mb_s = r->input_bytes / 1e6 / r->compress_seconds;
	r->decompress_mb_s = r->input_bytes / 1e6 / r->decompress_seconds;
	r->compress_tokens_s = r->n_tokens / r->compress_seconds;
	r->decompress_tokens_s = r->n_tokens / r->decompress_seconds;
	r->compress_ns_token = 1e9 / r->compress_tokens_s;
	r->decompress_ns_token = 1e9 / r->decompress_tokens_s;
}

static const char *section_key(enum section section)
{
	for (size_t i = 0; i < N_SECTIONS; i++)
		if (sections[i].section == section)
			return sections[i].key;
	return "";
}

/* "0.1234 - 0.0012 + ...": parts of a sum, in the order of the roles; empty if there are none. */
static void print_sum(const double *part, int digits, char *text, size_t size_bytes)
{
	size_t used = 0;

	text[0] = '\0';
	for (int i = 0; i < COST_ROLES && isfinite(part[i]) && used < size_bytes; i++) {
		char number[32];

		snprintf(number, sizeof number, "%.*f", digits, fabs(part[i]));
		bool minus = part[i] < 0 && strpbrk(number, "123456789");

		used += (size_t)snprintf(text + used, size_bytes - used, "%s%s%s",
					 i ? (minus ? " - " : " + ") : "", !i && minus ? "-" : "",
					 number);
	}
}

static void print_plain(const struct row *r, const struct column *c, char *text, size_t size_bytes)
{
	if (c->kind == TEXT)
		snprintf(text, size_bytes, "%s", text_of(r, c));
	else if (c->kind == SUM)
		print_sum(r->regret, c->digits, text, size_bytes);
	else if (isfinite(number_of(r, c)))
		snprintf(text, size_bytes, "%.*f", c->digits, number_of(r, c));
	else
		text[0] = '\0';
}

/* One cell of a Markdown table. */
static void print_cell(const struct row *r, const struct column *c, char *text, size_t size_bytes)
{
	char plain[256];

	print_plain(r, c, plain, sizeof plain);
	if (c->bold_on && r->pareto[0] && strstr(r->pareto, c->bold_on))
		snprintf(text, size_bytes, "**%s**", plain);
	else
		snprintf(text, size_bytes, "%s", plain);
}

bool row_same_table(const struct row *a, const struct row *b)
{
	bool one_corpus = a->section & (SECTION_TABLE | SECTION_FILE);

	return a->section == b->section && (!one_corpus || strcmp(a->corpus, b->corpus) == 0);
}

static bool in_group(const struct row *r, const struct row *first)
{
	return r->present && row_same_table(r, first);
}

/* Widest cell of a column over a group. */
static int column_width(const struct report *report, const struct row *first,
			const struct column *c)
{
	size_t width = strlen(c->label);

	for (const struct row *r = first; r < report->row + report->n_rows; r++) {
		char text[256];

		if (!in_group(r, first))
			continue;
		print_cell(r, c, text, sizeof text);
		if (strlen(text) > width)
			width = strlen(text);
	}
	return (int)width;
}

/* Line 0 is the heading, 1 the rule, the others are rows of the group. */
static void print_group(const struct report *report, const struct row *first, FILE *to)
{
	int width[N_COLUMNS];
	const struct row *r = first;

	for (size_t i = 0; i < N_COLUMNS; i++)
		width[i] = column_width(report, first, &columns[i]);

	for (int line = 0; r < report->row + report->n_rows; r += line >= 2, line++) {
		if (line >= 2 && !in_group(r, first))
			continue;
		for (size_t i = 0; i < N_COLUMNS; i++) {
			const struct column *c = &columns[i];
			char text[256];

			if (!(c->shown & first->section))
				continue;
			if (line == 0)
				snprintf(text, sizeof text, "%s", c->label);
			else if (line >= 2)
				print_cell(r, c, text, sizeof text);
			else
				snprintf(text, sizeof text, "%.*s%s", width[i] - 1,
					 "--------------------------------------------------------"
					 "------------------------------------------------",
					 c->kind == TEXT ? "-" : ":");
			fprintf(to, c->kind == TEXT ? "| %-*s " : "| %*s ", width[i], text);
		}
		fprintf(to, "|\n");
	}
	fputc('\n', to);
}

/* Does the group of this row begin here? */
static bool is_first(const struct report *report, const struct row *row)
{
	if (!row->present)
		return false;
	for (const struct row *r = report->row; r < row; r++)
		if (in_group(r, row))
			return false;
	return true;
}

/* The commands behind the rows of external programs. */
static void print_external(const struct external_list *list, FILE *to)
{
	for (size_t i = 0; list && i < list->n; i++) {
		const struct external *e = &list->entry[i];

		fprintf(to, "- %s%s%s: `%s`; `%s`\n", e->name, *e->version ? ", version " : "",
			e->version, e->compress, e->decompress);
	}
}

static json_t *json_of_external(const struct external_list *list)
{
	json_t *all = json_array();

	for (size_t i = 0; list && i < list->n; i++) {
		const struct external *e = &list->entry[i];
		json_t *o = json_object();

		json_object_set_new(o, "name", utf8_json(e->name));
		json_object_set_new(o, "version",
				    *e->version ? json_string(e->version) : json_null());
		json_object_set_new(o, "compress", utf8_json(e->compress));
		json_object_set_new(o, "decompress", utf8_json(e->decompress));
		json_array_append_new(all, o);
	}
	return all;
}

static void print_provenance(const struct report *report, FILE *to)
{
	json_t *machine = machine_describe(), *value;
	const char *key, *library;

	fprintf(to,
		"# twopart bench\n\n- command: `%s`\n- suite: %s\n- cells at a time: %u (one for "
		"the sections on scaling and the coder)\n",
		report->command, report->suite, report->n_parallel);
	fprintf(to, "- version: %s\n- commit: %s\n", TWOPART_VERSION, report->commit);
	json_object_foreach(machine, key, value)
	{
		json_t *library_version;

		if (json_is_string(value))
			fprintf(to, "- %s: %s\n", key, json_string_value(value));
		else if (json_is_integer(value))
			fprintf(to, "- %s: %d\n", key, (int)json_integer_value(value));
		else
			json_object_foreach(value, library, library_version)
			    fprintf(to, "- %s: %s\n", library, json_string_value(library_version));
	}
	json_decref(machine);
	print_external(report->external, to);
	fprintf(to, "\n%s\n", legend);
}

/* What the rows of a group were measured on, for who wants to measure it again. */
static void print_sources(const struct report *report, const struct row *first, FILE *to)
{
	const char *last = "";

	for (const struct row *r = first; r < report->row + report->n_rows; r++) {
		if (!in_group(r, first) || !r->digest[0] || strcmp(r->corpus, last) == 0)
			continue;
		last = r->corpus;
		if (first->section == SECTION_SCALING)
			fprintf(to, "- %s: ", r->corpus);
		if (isnan(r->n_tokens))
			fprintf(to, "%.0f bytes, XXH3-64 %s\n", r->text_bytes, r->digest);
		else
			fprintf(to, "`%s`: %.0f tokens, their XXH3-64 %s\n", r->source,
				r->n_tokens, r->digest);
	}
	if (*last)
		fputc('\n', to);
}

void report_markdown(const struct report *report, FILE *to)
{
	print_provenance(report, to);
	for (size_t s = 0; s < N_SECTIONS; s++) {
		for (size_t i = 0; i < report->n_rows; i++) {
			const struct row *r = &report->row[i];

			if (r->section != sections[s].section || !is_first(report, r))
				continue;
			fprintf(to, "## %s\n\n", sections[s].title ? sections[s].title : r->corpus);
			print_sources(report, r, to);
			print_group(report, r, to);
		}
	}
}

/* Quoted when it needs to be (RFC 4180). */
static void csv_text(const char *text, FILE *to)
{
	if (!strpbrk(text, ",\"\r\n")) {
		fputs(text, to);
		return;
	}
	fputc('"', to);
	for (; *text; text++) {
		if (*text == '"')
			fputc('"', to);
		fputc(*text, to);
	}
	fputc('"', to);
}

void report_csv(const struct report *report, FILE *to)
{
	fputs("section", to);
	for (size_t i = 0; i < N_COLUMNS; i++)
		if (columns[i].key)
			fprintf(to, ",%s", columns[i].key);
	fputc('\n', to);
	for (const struct row *r = report->row; r < report->row + report->n_rows; r++) {
		if (!r->present)
			continue;
		fputs(section_key(r->section), to);
		for (size_t i = 0; i < N_COLUMNS; i++) {
			if (!columns[i].key)
				continue;
			fputc(',', to);
			if (columns[i].kind == TEXT)
				csv_text(text_of(r, &columns[i]), to);
			else if (isfinite(number_of(r, &columns[i])))
				fprintf(to, "%.*g", SIGNIFICANT_DIGITS, number_of(r, &columns[i]));
		}
		fputc('\n', to);
	}
}

static json_t *json_of_row(const struct row *r)
{
	json_t *o = json_object();

	json_object_set_new(o, "section", json_string(section_key(r->section)));
	for (size_t i = 0; i < N_COLUMNS; i++) {
		const struct column *c = &columns[i];
		json_t *value;

		if (!c->key)
			continue;
		if (c->kind == TEXT)
			value = *text_of(r, c) ? utf8_json(text_of(r, c)) : json_null();
		else if (!isfinite(number_of(r, c)))
			value = json_null();
		else if (c->kind == COUNT)
			value = json_integer((json_int_t)number_of(r, c));
		else
			value = json_real(number_of(r, c));
		json_object_set_new(o, c->key, value);
	}
	return o;
}

void report_json(const struct report *report, FILE *to)
{
	json_t *root = json_object(), *rows = json_array();

	json_object_set_new(root, "schema", json_integer(REPORT_SCHEMA));
	json_object_set_new(root, "command", utf8_json(report->command));
	json_object_set_new(root, "suite", utf8_json(report->suite));
	json_object_set_new(root, "cells_at_a_time", json_integer(report->n_parallel));
	json_object_set_new(root, "version", json_string(TWOPART_VERSION));
	json_object_set_new(root, "commit", json_string(report->commit));
	json_object_set_new(root, "machine", machine_describe());
	json_object_set_new(root, "external", json_of_external(report->external));
	for (size_t i = 0; i < report->n_rows; i++)
		if (report->row[i].present)
			json_array_append_new(rows, json_of_row(&report->row[i]));
	json_object_set_new(root, "rows", rows);
	json_dumpf(root, to, JSON_INDENT(1) | JSON_REAL_PRECISION(SIGNIFICANT_DIGITS));
	fputc('\n', to);
	json_decref(root);
}

enum status report_render(const struct report *report, void (*write)(const struct report *, FILE *),
			  char **text, size_t *size_bytes)
{
	FILE *memory = open_memstream(text, size_bytes);

	if (!memory)
		return fail_no_memory();
	write(report, memory);
	if (fclose(memory) == 0)
		return STATUS_OK;
	free(*text);
	return fail_no_memory();
}

static enum status write_file(const struct report *report, const char *directory, const char *name,
			      void (*write)(const struct report *, FILE *))
{
	char path[4096], *text;
	size_t size_bytes;

	if (snprintf(path, sizeof path, "%s/%s", directory, name) >= (int)sizeof path)
		return fail(STATUS_BAD_ARGUMENT, "the path of %s is too long", name);
	TRY(report_render(report, write, &text, &size_bytes));

	enum status s = file_write(path, text, size_bytes, FILE_MODE_NEW, true);

	free(text);
	return s;
}

enum status report_check_directory(const char *directory)
{
	char path[4096];

	if (snprintf(path, sizeof path, "%s/bench.md", directory) >= (int)sizeof path)
		return fail(STATUS_BAD_ARGUMENT, "the path of bench.md is too long");
	mkdir(directory, 0777); /* if that fails, so does the check, with a reason */
	return file_check_place(path);
}

enum status report_write_files(const struct report *report, const char *directory)
{
	TRY(write_file(report, directory, "bench.md", report_markdown));
	TRY(write_file(report, directory, "bench.csv", report_csv));
	return write_file(report, directory, "bench.json", report_json);
}
