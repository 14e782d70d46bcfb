/* SPDX-License-Identifier: BSD-2-Clause */
#include "bench.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <math.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "child.h"
#include "machine.h"
#include "measure.h"
#include "scratch.h"
#include "timer.h"

#define DIRECTORY_NAME "twopart-bench-"
#define ABANDONED_SECONDS 3600 /* since anything was made in a directory that nobody locks */

/* The lock goes with the process, however that ends. */
static int lock_directory(const char *path)
{
	int lock = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (lock >= 0 && flock(lock, LOCK_EX | LOCK_NB) == 0)
		return lock;
	if (lock >= 0)
		close(lock);
	return 0;
}

/* What a bench that was killed has left: gigabytes, perhaps. */
static void remove_abandoned(const char *parent)
{
	char pattern[BENCH_PREFIX_BYTES];
	struct stat info;
	glob_t found;

	snprintf(pattern, sizeof pattern, "%s/" DIRECTORY_NAME "??????", parent);
	if (glob(pattern, 0, NULL, &found) != 0)
		return;
	for (size_t i = 0; i < found.gl_pathc; i++) {
		const char *path = found.gl_pathv[i];
		int lock;

		if (lstat(path, &info) < 0 || info.st_uid != geteuid() ||
		    time(NULL) - info.st_mtime < ABANDONED_SECONDS ||
		    (lock = lock_directory(path)) == 0)
			continue;
		scratch_remove(path);
		close(lock);
	}
	globfree(&found);
}

static enum status make_directory(const char *path)
{
	struct stat info;

	if (mkdir(path, 0777) < 0 && errno != EEXIST)
		return fail_errno(STATUS_IO, "%s", path);
	if (stat(path, &info) == 0 && !S_ISDIR(info.st_mode))
		return fail(STATUS_BAD_ARGUMENT, "%s: is no directory", path);
	return STATUS_OK;
}

enum status bench_open(struct bench *b, const char *keep_directory,
		       const struct origin *origin)
{
	const char *parent = getenv("TMPDIR");

	*b = (struct bench){
	    .keep = keep_directory != NULL,
	    .fit_seconds = BENCH_FIT_SECONDS,
	    .limit_seconds = EXTERNAL_SECONDS,
	    .limit_memory_bytes = EXTERNAL_MEMORY_BYTES,
	    .show_progress = isatty(STDERR_FILENO),
	    .start_seconds = timer_start().wall_seconds,
	    .origin = origin ? *origin : (struct origin){.source_bytes = NAN},
	    .machine = machine_describe(),
	};
	TRY(machine_id(b->machine, b->machine_id));
	if (keep_directory) {
		if (strlen(keep_directory) >= BENCH_PREFIX_BYTES / 2)
			return fail(STATUS_BAD_ARGUMENT, "the directory's name is too long");
		snprintf(b->directory, sizeof b->directory, "%s", keep_directory);
		return make_directory(keep_directory);
	}
	if (!parent || !*parent || strlen(parent) >= BENCH_PREFIX_BYTES / 2)
		parent = "/tmp";
	remove_abandoned(parent);
	snprintf(b->directory, sizeof b->directory, "%s/" DIRECTORY_NAME "XXXXXX", parent);
	if (!mkdtemp(b->directory)) {
		b->directory[0] = '\0';
		return fail_errno(STATUS_IO, "making a directory in %s", parent);
	}
	b->lock = lock_directory(b->directory);
	return STATUS_OK;
}

void bench_close(struct bench *b)
{
	if (!b->keep && b->directory[0])
		scratch_remove(b->directory);
	if (b->lock)
		close(b->lock);
	for (size_t i = 0; i < b->n_subjects; i++)
		free(b->subject[i]);
	free(b->subject);
	for (size_t i = 0; i < b->n_jobs; i++)
		result_free(&b->job[i].result);
	free(b->job);
	json_decref(b->machine);
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

/* ---- What is known, and what is missing ---- */

/* A result of nothing so far. */
static void result_start(const struct bench *b, const struct job *j, struct result *r)
{
	*r = (struct result){
	    .spec = j->spec,
	    .machine = json_incref(b->machine),
	    .archive_bytes = NAN,
	    .model_bytes = NAN,
	    .decoder_bytes = NAN,
	    .ideal_bits = NAN,
	};
	memcpy(r->machine_id, b->machine_id, sizeof r->machine_id);
	memcpy(r->key, j->key, sizeof r->key);
	memcpy(r->program, b->origin.program, sizeof r->program);
	for (int role = 0; role < COST_ROLES; role++)
		r->regret_bits[role] = NAN;
}

enum status bench_load(struct bench *b)
{
	for (size_t i = 0; i < b->n_jobs; i++) {
		struct job *j = &b->job[i];
		bool found;

		TRY(store_get(b->store, j->key, &j->result, &found));
		if (found && j->result.outcome != OUTCOME_OK && b->retry) {
			result_free(&j->result);
			found = false;
		}
		if (found)
			j->result.spec = j->spec; /* titles may differ */
		else
			result_start(b, j, &j->result);
	}
	return STATUS_OK;
}

/* Wall-clock seconds of the repetitions so far, both directions. */
static double spent_seconds(const struct result *r)
{
	double sum = 0;

	for (size_t i = 0; i < r->n_runs; i++) {
		sum += r->run[i].compress.wall_seconds;
		if (!isnan(r->run[i].decompress.wall_seconds)) /* a figure has none */
			sum += r->run[i].decompress.wall_seconds;
	}
	return sum;
}

/* How many repetitions are still to be measured, as far as can be told. */
static size_t n_wanted(const struct bench *b, const struct job *j)
{
	const struct result *r = &j->result;
	size_t most = b->n_repetitions ? b->n_repetitions : BENCH_REPETITIONS;
	double mean_seconds = spent_seconds(r) / (double)r->n_runs;

	if (spec_is_figure(&j->spec) || b->sizes_only)
		most = 1;
	if (j->ended || r->outcome != OUTCOME_OK || r->n_runs >= most)
		return 0;
	if (r->n_runs == 0)
		return 1;
	if (b->n_repetitions)
		return most - r->n_runs;
	for (size_t n = r->n_runs; n < most; n++)
		if ((double)n * mean_seconds >= BENCH_REPEAT_SECONDS)
			return n - r->n_runs;
	return most - r->n_runs;
}

static bool wants_regret(const struct job *j)
{
	return j->spec.wants_regret && j->result.outcome == OUTCOME_OK && j->result.n_runs > 0 &&
	       isnan(j->result.regret_bits[0]);
}

/* ---- Progress ---- */

/* Seconds until all is done: a repetition takes as long as those before, or as many a byte as the
 * same method took elsewhere, or else as all together.  NaN before anything was measured. */
static double seconds_left(const struct bench *b)
{
	double all_seconds = 0, all_bytes = 0, left = 0;

	for (size_t i = 0; i < b->n_jobs; i++) {
		const struct result *r = &b->job[i].result;

		if (r->n_runs > 0 && !isnan(r->spec.input_bytes)) {
			all_seconds += spent_seconds(r);
			all_bytes += (double)r->n_runs * r->spec.input_bytes;
		}
	}
	for (size_t i = 0; i < b->n_jobs; i++) {
		const struct job *j = &b->job[i];
		double rate = all_seconds / all_bytes;

		for (size_t k = 0; k < b->n_jobs; k++) {
			const struct result *r = &b->job[k].result;

			if (r->n_runs > 0 && strcmp(r->spec.method, j->spec.method) == 0 &&
			    (k == i || j->result.n_runs == 0))
				rate = spent_seconds(r) / (double)r->n_runs / r->spec.input_bytes;
		}
		if (n_wanted(b, j) > 0 && !isnan(j->spec.input_bytes))
			left += rate * j->spec.input_bytes * (double)n_wanted(b, j);
	}
	return left / b->n_parallel;
}

static void show_progress(const struct bench *b, const struct job *j, const char *doing)
{
	double passed = timer_start().wall_seconds - b->start_seconds;
	double left = seconds_left(b);
	char estimate[32] = "";
	size_t n_done = 0;

	if (!b->show_progress)
		return;
	for (size_t i = 0; i < b->n_jobs; i++)
		n_done += n_wanted(b, &b->job[i]) == 0;
	if (isfinite(left))
		snprintf(estimate, sizeof estimate, ", about %.0f s left", left);
	bench_progress(b, "[%zu/%zu] %.0f s%s: %s%s, %s on %s", n_done, b->n_jobs, passed,
		       estimate, doing, j->spec.corpus.title, j->spec.name, j->spec.on);
}

/* Say why a cell has no figures.  That an oracle does not know a family is no failure. */
static void report_failure(struct bench *b, const struct job *j, enum outcome outcome,
			   const char *message, const char *besides)
{
	if (outcome == OUTCOME_UNSUPPORTED && strncmp(j->spec.method, "model:", 6) == 0)
		return;
	bench_progress(b, "%s", "");
	fprintf(stderr, "twopart bench: %s, %s on %s: %s%s\n", j->spec.corpus.title, j->spec.name,
		j->spec.on, message, besides);
	b->n_failed++;
}

/* ---- Repetitions ---- */

/* One that ended badly: whatever was measured before is no figure of this method. */
static void take_failure(struct result *r, enum outcome outcome, const char *message)
{
	r->outcome = outcome;
	snprintf(r->message, sizeof r->message, "%s", message);
	r->n_runs = 0;
	r->archive_bytes = r->model_bytes = r->ideal_bits = NAN;
}

/*
 * What an archive holds is the same in every repetition.  Not so of a model that was trained by the
 * clock: there the first stays.  Other people's programs may write the time or depend on threads:
 * there the largest stays.
 */
static void take_sizes(struct result *r, const struct cell_result *cell)
{
	double model = (double)cell->model_bytes, archive = (double)cell->archive_bytes - model;
	bool is_first = r->n_runs == 0, is_foreign = r->spec.compress[0] != '\0';
	char text[128];

	if (is_first || (is_foreign && archive > r->archive_bytes)) {
		r->model_bytes = model;
		r->archive_bytes = archive;
		r->ideal_bits = cell->ideal_bits;
	} else if (strncmp(r->spec.method, "fit:", 4) != 0 && !is_foreign &&
		   (archive != r->archive_bytes || model != r->model_bytes)) {
		snprintf(text, sizeof text, "compress: %.0f bytes, then %.0f of the same input",
			 r->archive_bytes + r->model_bytes, archive + model);
		take_failure(r, OUTCOME_WRONG, text);
	}
}

static enum status take_run(struct result *r, const struct measured *m, double load)
{
	struct result_run *all = realloc(r->run, (r->n_runs + 1) * sizeof *all);

	if (!all)
		return fail_no_memory();
	r->run = all;
	if (m->document)
		r->document = json_incref(m->document);
	else
		take_sizes(r, &m->cell);
	if (r->outcome != OUTCOME_OK)
		return STATUS_OK;
	all[r->n_runs++] = (struct result_run){
	    .compress = m->cell.compress,
	    .decompress = m->cell.decompress,
	    .load = load,
	};
	return STATUS_OK;
}

/* Take over what was measured, and put it away. */
static enum status finish_run(struct bench *b, struct job *j, const struct measured *m, double load)
{
	const struct verdict *v = &m->cell.verdict;
	time_t now = time(NULL);
	struct tm utc;

	gmtime_r(&now, &utc);
	strftime(j->result.finished, sizeof j->result.finished, "%Y-%m-%dT%H:%M:%SZ", &utc);
	if (v->outcome == OUTCOME_OK)
		TRY(take_run(&j->result, m, load));
	else
		take_failure(&j->result, v->outcome, v->message);
	if (j->result.outcome != OUTCOME_OK)
		report_failure(b, j, j->result.outcome, j->result.message, "");
	return store_put(b->store, &j->result);
}

/* Was that only to fill caches and wake the processor?  A slow one needs neither. */
static bool is_warm_up(const struct bench *b, const struct job *j, const struct cell_result *cell)
{
	return !j->warm && !b->sizes_only && cell->verdict.outcome == OUTCOME_OK &&
	       !spec_is_figure(&j->spec) &&
	       cell->compress.wall_seconds + cell->decompress.wall_seconds < BENCH_WARM_SECONDS;
}

/* One repetition of a job. */
static enum status repeat(struct bench *b, size_t i)
{
	struct job *j = &b->job[i];
	struct measured m;
	enum status s;
	double load;
	bool again;

	do {
#pragma omp critical(bench_results)
		show_progress(b, j, "");
		load = measure_load();
		s = measure_job(b, i, &m);
		again = s == STATUS_OK && is_warm_up(b, j, &m.cell);
		j->warm = true;
	} while (again);
#pragma omp critical(bench_results)
	if (s == STATUS_OK) {
		s = finish_run(b, j, &m, load);
	} else if (!child_interrupted()) {
		j->ended = true;
		report_failure(b, j, OUTCOME_FAILED, status_message(), "");
		s = STATUS_OK;
	}
	json_decref(m.document);
	return s;
}

/* The first error of several threads, whose sentences are their own. */
struct first_error {
	_Atomic(enum status) status;
	char message[512];
};

static void note_error(struct first_error *e, enum status s)
{
#pragma omp critical(bench_error)
	if (s != STATUS_OK && e->status == STATUS_OK) {
		snprintf(e->message, sizeof e->message, "%s", status_message());
		e->status = s;
	}
}

static enum status first_error(const struct first_error *e)
{
	return e->status == STATUS_OK ? STATUS_OK : fail(e->status, "%s", e->message);
}

/* One repetition of each of those jobs that want one. */
static enum status run_round(struct bench *b, bool alone, bool *any)
{
	struct first_error error = {.status = STATUS_OK};
	atomic_bool found = false;

	/* The threads only wait for processes. */
#pragma omp parallel for schedule(dynamic, 1) num_threads(alone ? 1 : b->n_parallel)
	for (size_t i = 0; i < b->n_jobs; i++) {
		if (b->job[i].alone != alone || error.status != STATUS_OK || child_interrupted() ||
		    n_wanted(b, &b->job[i]) == 0)
			continue;
		found = true;
		note_error(&error, repeat(b, i));
	}
	*any = *any || found;
	return first_error(&error);
}

/* What is asked for besides, without a clock. */
static enum status run_regret(struct bench *b, size_t i)
{
	struct job *j = &b->job[i];
	double bits[COST_ROLES];
	struct verdict verdict;
	enum status s;

	if (!wants_regret(j) || child_interrupted())
		return STATUS_OK;
#pragma omp critical(bench_results)
	show_progress(b, j, "regret by role: ");
	s = measure_regret(b, i, &verdict, bits);
#pragma omp critical(bench_results)
	if (s == STATUS_OK && verdict.outcome == OUTCOME_OK) {
		memcpy(j->result.regret_bits, bits, sizeof bits);
		s = store_put(b->store, &j->result);
	} else if (!child_interrupted()) {
		report_failure(b, j, verdict.outcome,
			       s == STATUS_OK ? verdict.message : status_message(), "");
		s = STATUS_OK;
	}
	return s;
}

static enum status run_decoders(struct bench *b)
{
	for (size_t i = 0; i < b->n_jobs && !child_interrupted(); i++) {
		struct job *j = &b->job[i];

		if (j->result.n_runs == 0 || !isnan(j->result.decoder_bytes))
			continue;
		j->result.decoder_bytes = measure_decoder(b, i);
		if (!isnan(j->result.decoder_bytes))
			TRY(store_put(b->store, &j->result));
	}
	return STATUS_OK;
}

static void report_earlier_failures(struct bench *b)
{
	for (size_t i = 0; i < b->n_jobs; i++)
		if (b->job[i].result.outcome != OUTCOME_OK)
			report_failure(b, &b->job[i], b->job[i].result.outcome,
				       b->job[i].result.message,
				       " (in an earlier run; --retry measures it again)");
}

enum status bench_run(struct bench *b)
{
	struct first_error error = {.status = STATUS_OK};

	report_earlier_failures(b);
	for (bool any = true; any && !child_interrupted();) {
		any = false;
		TRY(run_round(b, false, &any));
		TRY(run_round(b, true, &any));
	}
	/* Nothing is timed any more. */
#pragma omp parallel for schedule(dynamic, 1) num_threads(b->n_parallel)
	for (size_t i = 0; i < b->n_jobs; i++)
		note_error(&error, run_regret(b, i));
	TRY(first_error(&error));
	if (!b->sizes_only)
		TRY(run_decoders(b));
	bench_progress(b, "%s", "");
	return child_interrupted() ? fail(STATUS_LIMIT, "interrupted") : STATUS_OK;
}

/* ---- Noise ---- */

#define SPREAD_MAX 0.1

static double compress_seconds(const struct result_run *run)
{
	return run->compress.cpu_seconds;
}

static double decompress_seconds(const struct result_run *run)
{
	return run->decompress.cpu_seconds;
}

void bench_warn(const struct bench *b)
{
	double load = 0, n_runs = 0, n_processors = (double)sysconf(_SC_NPROCESSORS_ONLN), most = 0;
	size_t n_noisy = 0, n_repeated = 0, noisiest = 0;

	for (size_t i = 0; i < b->n_jobs; i++) {
		const struct result *r = &b->job[i].result;
		double there = result_spread(r, compress_seconds).half_range;
		double spread = fmax(there, result_spread(r, decompress_seconds).half_range);

		for (size_t k = 0; k < r->n_runs; k++) {
			load += isnan(r->run[k].load) ? 0 : r->run[k].load;
			n_runs++;
		}
		n_repeated += r->n_runs > 1;
		n_noisy += r->n_runs > 1 && spread > SPREAD_MAX;
		if (r->n_runs > 1 && spread > most) {
			most = spread;
			noisiest = i;
		}
	}
	if (n_noisy)
		fprintf(stderr,
			"twopart bench: times vary by more than %.0f %% in %zu of %zu cells that "
			"were repeated; most, by %.0f %%, of %s on %s\n",
			100 * SPREAD_MAX, n_noisy, n_repeated, 100 * most,
			b->job[noisiest].spec.name, b->job[noisiest].spec.on);
	if (load / n_runs + 1 > n_processors)
		fprintf(stderr,
			"twopart bench: the machine was busy: %.1f other processes on average "
			"wanted one of its %.0f processors\n",
			load / n_runs, n_processors);
}
