/* SPDX-License-Identifier: BSD-2-Clause
 *
 * suite.c - named sets of corpora, generated on the spot: nothing is downloaded, and everybody
 * measures the same bytes.
 *
 * The ordinary file is the program's own source, when the benchmark is started where that lies,
 * and otherwise the program itself; the heading says which.
 */
#include <glob.h>
#include <stdio.h>
#include <string.h>

#include "bench.h"
#include "child.h"

#define GENERATE_LIMIT_SECONDS 600
#define CORPORA_MAX 3

struct suite {
	const char *name, *help; /* the help says how long it takes on two cores of 2.5 GHz */
	const char *table_alpha[CORPORA_MAX]; /* corpora to try every method on; NULL ends */
	unsigned table_sentences;
	bool ordinary_file;
	unsigned scaling_sentences[CORPORA_MAX]; /* of alpha 0.5; 0 ends */
	uint64_t coder_bytes;
	unsigned fit_seconds; /* to train a model on each corpus of the table */
};

static const struct suite suites[] = {
    {"quick",
     "every method on sk corpora of alpha 0.3, 0.5 and 0.7 (100,000 sentences\n"
     "           each) and on an ordinary file; then scaling and coder; about 4 minutes",
     {"0.3", "0.5", "0.7"}, 100000, true, {10000, 100000, 1000000}, 32000000,
     BENCH_FIT_SECONDS},
    {"scaling",
     "bayes and ngram on sk corpora of 10,000, 100,000 and 1,000,000\n"
     "           sentences, alpha 0.5; about 1 minute",
     {NULL}, 0, false, {10000, 100000, 1000000}, 0, 0},
    {"coder", "the range coder alone on 32 MB of independent bytes; seconds",
     {NULL}, 0, false, {0}, 32000000, 0},
    {"smoke", "all of it on corpora too small to mean anything; seconds",
     {"0.5"}, 500, true, {100, 500}, 100000, 1},
};

#define N_SUITES (sizeof suites / sizeof suites[0])

/* Run `twopart generate` for a corpus that is not there yet. */
static enum status add_generated(struct bench *b, const char *alpha, unsigned n_sentences,
				 const struct subject **out)
{
	char title[128], prefix[BENCH_PATH_BYTES], sentences[16];
	struct child_result child;

	snprintf(sentences, sizeof sentences, "%u", n_sentences);
	snprintf(title, sizeof title, "sk alpha %s, beta 1, seed 1, %s sentences", alpha,
		 sentences);
	for (size_t i = 0; i < b->n_subjects; i++) {
		*out = b->subject[i];
		if (strcmp((*out)->title, title) == 0)
			return STATUS_OK;
	}
	bench_progress(b, "generating %s", title);
	snprintf(prefix, sizeof prefix, "%s/sk-%s-%s", b->directory, alpha, sentences);

	const char *const argv[] = {
	    "/proc/self/exe", "generate", "sk", "--alpha", alpha,  "--beta",  "1", "--sentences",
	    sentences,        "--seed",   "1",  "-o",      prefix, "--quiet", NULL};

	TRY(child_run((char *const *)argv, GENERATE_LIMIT_SECONDS, &child));
	if (child.exit_code != 0)
		return fail(STATUS_IO, "generating '%s' failed (exit code %d)", title,
			    child.exit_code);
	return subject_add_corpus(b, title, prefix, out);
}

/* Append a file to another; false when either cannot be used. */
static bool append_file(FILE *to, const char *path)
{
	FILE *from = fopen(path, "rb");
	char chunk[65536];
	size_t n;
	bool good = from != NULL;

	while (good && (n = fread(chunk, 1, sizeof chunk, from)) > 0)
		good = fwrite(chunk, 1, n, to) == n;
	if (from) {
		good = good && !ferror(from);
		fclose(from);
	}
	return good;
}

/* Concatenate the sources under the working directory; false when they are not there. */
static bool write_sources(const char *path)
{
	glob_t found;

	if (glob("src/*.c", 0, NULL, &found) != 0)
		return false;
	glob("README.md", GLOB_APPEND, NULL, &found);
	glob("coders/*.c", GLOB_APPEND, NULL, &found);
	glob("models/*.c", GLOB_APPEND, NULL, &found);
	glob("corpora/*.c", GLOB_APPEND, NULL, &found);
	glob("bench/*.c", GLOB_APPEND, NULL, &found);

	FILE *to = fopen(path, "wb");
	bool good = to != NULL;

	for (size_t i = 0; good && i < found.gl_pathc; i++)
		good = append_file(to, found.gl_pathv[i]);
	globfree(&found);
	return to && fclose(to) == 0 && good;
}

static enum status plan_ordinary_file(struct bench *b)
{
	char path[BENCH_PATH_BYTES];
	const struct subject *s;

	snprintf(path, sizeof path, "%s/ordinary", b->directory);
	if (write_sources(path))
		TRY(subject_add_file(
		    b, "ordinary file: the C sources and README.md of this program", path, &s));
	else
		TRY(subject_add_file(b, "ordinary file: this program's executable",
				     "/proc/self/exe", &s));
	return plan_table(b, s);
}

static enum status plan_suite(struct bench *b, const struct suite *suite)
{
	const struct subject *s;

	b->fit_seconds = suite->fit_seconds;
	for (size_t i = 0; i < CORPORA_MAX && suite->table_alpha[i]; i++) {
		TRY(add_generated(b, suite->table_alpha[i], suite->table_sentences, &s));
		TRY(plan_table(b, s));
	}
	if (suite->ordinary_file)
		TRY(plan_ordinary_file(b));
	for (size_t i = 0; i < CORPORA_MAX && suite->scaling_sentences[i]; i++) {
		TRY(add_generated(b, "0.5", suite->scaling_sentences[i], &s));
		TRY(plan_scaling(b, s));
	}
	if (suite->coder_bytes)
		TRY(plan_coder(b, suite->coder_bytes));
	return STATUS_OK;
}

void suite_describe(struct buffer *out)
{
	for (size_t i = 0; i < N_SUITES; i++) {
		char text[256];
		int n = snprintf(text, sizeof text, "  %-8s %s\n", suites[i].name, suites[i].help);

		buffer_append(out, text, (size_t)n < sizeof text ? (size_t)n : sizeof text - 1);
	}
}

enum status suite_plan(struct bench *b, const char *name)
{
	for (size_t i = 0; i < N_SUITES; i++)
		if (strcmp(suites[i].name, name) == 0)
			return plan_suite(b, &suites[i]);
	return fail(STATUS_BAD_ARGUMENT, "there is no suite '%s' (see twopart help bench)", name);
}
