/* SPDX-License-Identifier: BSD-2-Clause */
#include "bench.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cell.h"
#include "child.h"
#include "scratch.h"
#include "timer.h"

enum status bench_open(struct bench *b, const char *keep_directory)
{
	const char *parent = getenv("TMPDIR");

	*b = (struct bench){
	    .keep = keep_directory != NULL,
	    .fit_seconds = BENCH_FIT_SECONDS,
	    .limit_seconds = EXTERNAL_SECONDS,
	    .limit_memory_bytes = EXTERNAL_MEMORY_BYTES,
	    .show_progress = isatty(STDERR_FILENO),
	    .start_seconds = timer_start().wall_seconds,
	};
	if (keep_directory) {
		if (strlen(keep_directory) >= BENCH_PREFIX_BYTES / 2)
			return fail(STATUS_BAD_ARGUMENT, "the directory's name is too long");
		snprintf(b->directory, sizeof b->directory, "%s", keep_directory);
		if (mkdir(keep_directory, 0777) < 0 && errno != EEXIST)
			return fail_errno(STATUS_IO, "%s", keep_directory);
		return STATUS_OK;
	}
	if (!parent || !*parent || strlen(parent) >= BENCH_PREFIX_BYTES / 2)
		parent = "/tmp";
	snprintf(b->directory, sizeof b->directory, "%s/twopart-bench-XXXXXX", parent);
	if (!mkdtemp(b->directory)) {
		b->directory[0] = '\0';
		return fail_errno(STATUS_IO, "making a directory in %s", parent);
	}
	return STATUS_OK;
}

void bench_close(struct bench *b)
{
	if (!b->keep && b->directory[0])
		scratch_remove(b->directory);
	for (size_t i = 0; i < b->n_subjects; i++)
		free(b->subject[i]);
	free(b->subject);
	free(b->job);
	external_list_free(&b->external);
	*b = (struct bench){0};
}

void bench_progress(const struct bench *b, const char *format, ...)
{
	va_list args;

	if (!b->show_progress)
		return;
	va_start(args, format);
	fputs("\r\033[K", stderr);
	vfprintf(stderr, format, args);
	fflush(stderr);
	va_end(args);
}

/* Seconds that a measured row took. */
static double wall_seconds(const struct row *r)
{
	return r->compress_wall_seconds + r->decompress_wall_seconds;
}

/*
 * Seconds until all is done: jobs `from` and later take as many a byte as the same method took last
 * time, or else as all methods took together.  NaN before anything was measured.
 */
static double seconds_left(const struct bench *b, size_t from)
{
	double all_seconds = 0, all_bytes = 0, left = 0;

	for (size_t i = 0; i < from; i++) {
		if (b->job[i].method[0] && b->job[i].row.present) {
			all_seconds += wall_seconds(&b->job[i].row);
			all_bytes += b->job[i].row.input_bytes;
		}
	}
	for (size_t i = from; i < b->n_jobs; i++) {
		double rate = all_seconds / all_bytes;

		if (!b->job[i].method[0])
			continue;
		for (size_t k = 0; k < from; k++) {
			const struct row *r = &b->job[k].row;

			if (r->present && strcmp(b->job[k].method, b->job[i].method) == 0)
				rate = wall_seconds(r) / r->input_bytes;
		}
		left += rate * b->job[i].row.input_bytes;
	}
	return left / b->n_parallel;
}

static void show_progress(const struct bench *b, size_t index)
{
	const struct row *r = &b->job[index].row;
	double passed = timer_start().wall_seconds - b->start_seconds;
	double left = seconds_left(b, index);
	char estimate[32] = "";

	if (isfinite(left))
		snprintf(estimate, sizeof estimate, ", about %.0f s left", left);
	bench_progress(b, "[%zu/%zu] %.0f s%s: %s, %s on %s", index + 1, b->n_jobs, passed,
		       estimate, r->corpus, r->name, r->on);
}

/* DIRECTORY/NUMBER-NAME.ending, with nothing unusual in NAME. */
static void job_path(const struct bench *b, size_t index, const char *ending,
		     char path[BENCH_PATH_BYTES])
{
	char name[sizeof b->job->method];

	snprintf(name, sizeof name, "%s", b->job[index].method);
	for (char *c = name; *c; c++)
		if (!isalnum((unsigned char)*c))
			*c = '-';
	/* BENCH_PREFIX_BYTES leaves room for less than the longest method, but names are short. */
	snprintf(path, BENCH_PATH_BYTES, "%s/%03zu-%.80s.%s", b->directory, index, name, ending);
}

static void fill_row(struct row *r, const struct cell_result *result)
{
	r->model_bytes = (double)result->model_bytes;
	r->archive_bytes = (double)(result->archive_bytes - result->model_bytes);
	r->ideal_bits = result->ideal_bits;
	r->compress_seconds = result->compress.cpu_seconds;
	r->compress_process_seconds = result->compress.process_seconds;
	r->compress_wall_seconds = result->compress.wall_seconds;
	r->compress_peak_mib = result->compress.peak_mib;
	r->decompress_seconds = result->decompress.cpu_seconds;
	r->decompress_process_seconds = result->decompress.process_seconds;
	r->decompress_wall_seconds = result->decompress.wall_seconds;
	r->decompress_peak_mib = result->decompress.peak_mib;
	snprintf(r->verified, sizeof r->verified, "yes");
	r->present = true;
	row_derive(r);
}

static enum status run_external(const struct bench *b, size_t index, const char *archive,
				struct cell_result *result)
{
	char directory[BENCH_PATH_BYTES];
	struct external_run run = {
	    .external = b->job[index].external,
	    .input = b->job[index].input,
	    .directory = directory,
	    .archive = archive,
	    .limit_seconds = b->limit_seconds,
	    .limit_memory_bytes = b->limit_memory_bytes,
	};

	job_path(b, index, "work", directory);
	return external_run(&run, result);
}

static enum status run_job(const struct bench *b, size_t index, struct cell_result *result)
{
	char archive[BENCH_PATH_BYTES], decoded[BENCH_PATH_BYTES];
	const struct job *j = &b->job[index];
	struct cell cell = {
	    .program = "/proc/self/exe",
	    .method = j->method,
	    .input = j->input,
	    .world = j->world,
	    .as_bytes = j->as_bytes,
	    .archive = archive,
	    .decoded = decoded,
	    .limit_seconds = b->limit_seconds,
	};

	job_path(b, index, "archive", archive);
	job_path(b, index, "decoded", decoded);

	enum status s =
	    j->external ? run_external(b, index, archive, result) : cell_run(&cell, result);

	unlink(decoded);
	if (!b->keep)
		unlink(archive);
	return s;
}

/* Say why a row is missing. */
static void report_failure(struct bench *b, const struct job *j, enum status s)
{
	const struct row *r = &j->row;

	if (s == STATUS_UNSUPPORTED && j->world) /* an oracle need not know every family */
		return;
	bench_progress(b, "%s", "");
	fprintf(stderr, "twopart bench: %s, %s on %s: %s\n", r->corpus, r->name, r->on,
		status_message());
	b->n_failed++;
}

/* Run one planned cell and fill its row. */
static void run_planned(struct bench *b, size_t i)
{
	struct cell_result result = {0};
	enum status s;

	if (!b->job[i].method[0] || child_interrupted())
		return;
#pragma omp critical(bench_rows)
	show_progress(b, i);
	s = run_job(b, i, &result);
#pragma omp critical(bench_rows)
	if (s == STATUS_OK)
		fill_row(&b->job[i].row, &result);
	else if (!child_interrupted())
		report_failure(b, &b->job[i], s);
}

/* The regret of a row that is there; the reference has none by definition, which takes no pass. */
static void run_regret(struct bench *b, size_t i)
{
	struct job *j = &b->job[i];
	struct cell cell = {
	    .program = "/proc/self/exe",
	    .method = j->method,
	    .input = j->input,
	    .world = j->subject->world,
	    .roles = j->subject->roles,
	    .limit_seconds = b->limit_seconds,
	};
	bool is_reference = strcmp(j->method, "model:" COST_REFERENCE) == 0;
	double bits[COST_ROLES] = {0};

	if (!j->wants_regret || !j->row.present || child_interrupted())
		return;
#pragma omp critical(bench_rows)
	bench_progress(b, "regret by role: %s, %s", j->row.corpus, j->row.name);
	enum status s = is_reference ? STATUS_OK : cell_regret(&cell, bits);

#pragma omp critical(bench_rows)
	if (s == STATUS_OK)
		for (int role = 0; role < COST_ROLES; role++)
			j->row.regret[role] = bits[role] / j->row.n_tokens;
	else if (!child_interrupted())
		report_failure(b, j, s);
}

enum status bench_run(struct bench *b)
{
	/* The threads only wait for processes.  Rows that are there for their rates run alone. */
#pragma omp parallel for schedule(dynamic, 1) num_threads(b->n_parallel)
	for (size_t i = 0; i < b->n_jobs; i++)
		if (b->job[i].row.section & (SECTION_TABLE | SECTION_FILE))
			run_planned(b, i);
	for (size_t i = 0; i < b->n_jobs; i++)
		if (!(b->job[i].row.section & (SECTION_TABLE | SECTION_FILE)))
			run_planned(b, i);
	/* Nothing is timed any more. */
#pragma omp parallel for schedule(dynamic, 1) num_threads(b->n_parallel)
	for (size_t i = 0; i < b->n_jobs; i++)
		run_regret(b, i);
	bench_progress(b, "%s", "");
	return child_interrupted() ? fail(STATUS_LIMIT, "interrupted") : STATUS_OK;
}
