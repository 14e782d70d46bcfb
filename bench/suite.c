/* SPDX-License-Identifier: BSD-2-Clause
 *
 * suite.c - what the suites hold.
 *
 * The ordinary file is the program's own source, when the benchmark is started where that lies,
 * and otherwise the program itself; the heading says which.
 */
#include "suite.h"

#include <assert.h>
#include <glob.h>
#include <malloc.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "options.h"

#define GENERATE_TEXT_BYTES 1024             /* of such options */
#define QUICK_FIT_SECONDS 10

/* What is worth looking at on one corpus more: each kind of method, the best of its kind. */
#define MAIN_METHODS "bound:*,known,bayes,twopart,ngram,mix,zstd -3,xz -6,brotli -5"
#define FAST_METHODS "bayes,ngram"
/* Not the slow ones, which are there to compare mixers on tokens. */
#define FILE_METHODS "uniform,order0,ngram,mix*,transformer (*,copy,zstd*,xz*,brotli*"

static const struct suite suites[] = {
    {.name = "quick",
     .help = "every method on an sk corpus of alpha 0.5 (100,000 sentences), the main ones\n"
	     "           on alpha 0.3 and 0.7 and on an ordinary file; scaling and coder;\n"
	     "           under 5 minutes",
     .table = {{"0.3", 100000, MAIN_METHODS}, {"0.5", 100000, NULL}, {"0.7", 100000, MAIN_METHODS}},
     .has_figures = true,
     .scaling = {{"0.5", 10000, NULL}, {"0.5", 100000, NULL}, {"0.5", 1000000, FAST_METHODS}},
     .ordinary_file = true,
     .file_methods = FILE_METHODS,
     .coder_bytes = 32000000,
     .fit_seconds = QUICK_FIT_SECONDS},
    {.name = "tp-1",
     .help = "every method that is installed on eleven pinned corpora whose optimum is known\n"
	     "           (twopart suite tp-1, twopart rank tp-1); about an hour",
     .pinned = &pinned_tp1,
     .is_comparison = true},
    {.name = "text",
     .help = "every method that takes bytes on the text of 100,000 generated biographies\n"
	     "           (28 MB) and on each CORPUS; about 12 minutes",
     .biographies_text = 100000,
     .is_comparison = true},
    {.name = "files",
     .help = "every method that takes bytes on each CORPUS, and of a directory on each\n"
	     "           regular file in it; as long as the files are",
     .needs_files = true,
     .is_comparison = true},
    {.name = "full",
     .help = "every method on all corpora of quick and text and on 100,000 biographies as a\n"
	     "           corpus; about 40 minutes",
     .table = {{"0.3", 100000, NULL}, {"0.5", 100000, NULL}, {"0.7", 100000, NULL}},
     .has_figures = true,
     .scaling = {{"0.5", 10000, NULL}, {"0.5", 100000, NULL}, {"0.5", 1000000, NULL}},
     .biographies = 100000,
     .biographies_text = 100000,
     .ordinary_file = true,
     .coder_bytes = 32000000,
     .fit_seconds = BENCH_FIT_SECONDS,
     .is_comparison = true},
    {.name = "scaling",
     .help = "bayes, mix and ngram on sk corpora of 10,000, 100,000 and 1,000,000\n"
	     "           sentences, alpha 0.5; about 4 minutes",
     .scaling = {{"0.5", 10000, NULL}, {"0.5", 100000, NULL}, {"0.5", 1000000, NULL}}},
    {.name = "coder",
     .help = "the range coder alone on 32 MB of independent bytes; seconds",
     .coder_bytes = 32000000},
    {.name = "smoke",
     .help = "all of it on corpora too small to mean anything; seconds",
     .table = {{"0.5", 500, NULL}},
     .has_figures = true,
     .scaling = {{"0.5", 100, NULL}, {"0.5", 500, NULL}},
     .ordinary_file = true,
     .coder_bytes = 100000,
     .fit_seconds = 1},
};

#define N_SUITES (sizeof suites / sizeof suites[0])

/* A corpus of sk. */
static enum status add_sentences(struct bench *b, const struct suite_sentences *what,
				 const struct subject **out)
{
	char title[128], name[64], sentences[16];
	const char *const options[] = {"sk",          "--alpha", what->alpha, "--beta", "1",
				       "--sentences", sentences, "--seed", "1",      NULL};

	snprintf(sentences, sizeof sentences, "%u", what->n_sentences);
	snprintf(title, sizeof title, "sk alpha %s, beta 1, seed 1, %s sentences",
		 what->alpha, sentences);
	snprintf(name, sizeof name, "sk-%s-%s", what->alpha, sentences);
	return subject_add_drawn(b, title, name, options, out);
}

/* Biographies as a corpus, or as an ordinary file that holds their text. */
static enum status plan_biographies(struct bench *b, unsigned n_biographies, bool as_file)
{
	char title[128], prefix[BENCH_PATH_BYTES], text[BENCH_PATH_BYTES + 8], biographies[16];
	const char *const options[] = {"bios", "--biographies", biographies, NULL};
	const struct subject *s;

	snprintf(biographies, sizeof biographies, "%u", n_biographies);
	snprintf(title, sizeof title, "%sgenerate bios --biographies %s",
		 as_file ? "ordinary file: the text of " : "", biographies);
	snprintf(prefix, sizeof prefix, "%s/bios-%s", b->directory, biographies);
	snprintf(text, sizeof text, "%s.txt", prefix);
	if (access(text, F_OK) != 0)
		TRY(subject_draw(b, title, options, prefix));
	if (!as_file) {
		TRY(subject_add_corpus(b, title, prefix, &s));
		return plan_table(b, s);
	}
	TRY(subject_add_text(b, title, prefix, &s));
	TRY(plan_threads(b, s)); /* it has several blocks to share */
	return plan_table(b, s);
}

/* Plan with the suite's choice of methods, unless a choice was made on the command line. */
static enum status plan_with(struct bench *b, const char *methods, const struct subject *s,
			     enum status (*plan)(struct bench *b, const struct subject *s))
{
	const char *only = b->only;

	if (!only)
		b->only = methods;

	enum status status = plan(b, s);

	b->only = only;
	return status;
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

static enum status plan_ordinary_file(struct bench *b, const char *methods)
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
	return plan_with(b, methods, s, plan_table);
}

/* "a=1,b=2" as words "--a=1", "--b=2" behind each other in `room`, and a NULL. */
static void split_options(const char *options, char room[GENERATE_TEXT_BYTES],
			  const char *word[SUBJECT_WORDS_MAX])
{
	size_t n = 0, used = 0;

	for (const char *at = options; *at; at += *at == ',') {
		size_t n_chars = strcspn(at, ",");

		assert(n + 1 < SUBJECT_WORDS_MAX && used + n_chars + 3 <= GENERATE_TEXT_BYTES);
		word[n++] = room + used;
		used += (size_t)sprintf(room + used, "--%.*s", (int)n_chars, at) + 1;
		at += n_chars;
	}
	word[n] = NULL;
}

/* Draw a corpus of a pinned suite, unless an earlier run has left it, and look whether it is it. */
static enum status plan_pinned(struct bench *b, const struct pinned_suite *suite,
			       const struct pinned_corpus *c)
{
	char title[PINNED_TITLE_BYTES], prefix[BENCH_PATH_BYTES], path[BENCH_PATH_BYTES + 8];
	char room[GENERATE_TEXT_BYTES];
	const char *words[SUBJECT_WORDS_MAX + 1] = {c->family};
	const struct subject *s;

	split_options(c->options, room, words + 1);
	pinned_title(suite, c, title);
	snprintf(prefix, sizeof prefix, "%s/%s-%s", b->directory, suite->name, c->name);
	snprintf(path, sizeof path, "%s.json", prefix);
	if (access(path, F_OK) != 0)
		TRY(subject_draw(b, title, words, prefix));
	bench_progress(b, "checking %s", title);
	TRY(pinned_check(suite, c, prefix));
	malloc_trim(0); /* a child starts with what its parent still holds on its account */
	TRY(subject_add_corpus(b, title, prefix, &s));
	return plan_table(b, s);
}

static enum status plan_chosen(struct bench *b, const struct suite_sentences *what,
			       enum status (*plan)(struct bench *b, const struct subject *s))
{
	const struct subject *s;

	TRY(add_sentences(b, what, &s));
	return plan_with(b, what->methods, s, plan);
}

enum status suite_plan(struct bench *b, const struct suite *suite)
{
	b->fit_seconds = suite->fit_seconds;
	for (size_t i = 0; i < SUITE_CORPORA_MAX && suite->table[i].alpha; i++)
		TRY(plan_chosen(b, &suite->table[i], plan_table));
	for (size_t i = 0; suite->pinned && i < suite->pinned->n_corpora; i++)
		TRY(plan_pinned(b, suite->pinned, &suite->pinned->corpus[i]));
	if (suite->biographies)
		TRY(plan_biographies(b, suite->biographies, false));
	if (suite->biographies_text)
		TRY(plan_biographies(b, suite->biographies_text, true));
	if (suite->ordinary_file)
		TRY(plan_ordinary_file(b, suite->file_methods));
	for (size_t i = 0; i < SUITE_CORPORA_MAX && suite->scaling[i].alpha; i++)
		TRY(plan_chosen(b, &suite->scaling[i], plan_scaling));
	if (suite->has_figures) {
		TRY(plan_chosen(b, &suite->scaling[0], plan_figures));
		TRY(plan_laws(b));
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

const struct suite *suite_by_name(const char *name)
{
	for (size_t i = 0; i < N_SUITES; i++)
		if (strcmp(suites[i].name, name) == 0)
			return &suites[i];
	return NULL;
}
