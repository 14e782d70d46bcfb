/* SPDX-License-Identifier: BSD-2-Clause
 *
 * subject.c - what a corpus or a file looks like to the benchmark.
 */
#include <dirent.h>
#include <jansson.h>
#include <malloc.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include "bench.h"
#include "child.h"
#include "corpus.h"
#include "options.h"
#include "oracle.h"
#include "scratch.h"
#include "tokens.h"
#include "world.h"

#define GENERATE_LIMIT_SECONDS 600

static enum status subject_new(struct bench *b, const char *title, struct subject **out)
{
	struct subject **all = realloc(b->subject, (b->n_subjects + 1) * sizeof *all);

	if (!all)
		return fail_no_memory();
	b->subject = all;
	*out = calloc(1, sizeof **out);
	if (!*out)
		return fail_no_memory();
	all[b->n_subjects++] = *out;
	snprintf((*out)->title, sizeof(*out)->title, "%s", title);
	(*out)->n_tokens = (*out)->known_bits = (*out)->known_bits_expected = NAN;
	(*out)->bayes_bits = (*out)->two_part_bits = NAN;
	return STATUS_OK;
}

static enum status size_of(const char *path, double *size_bytes)
{
	struct stat info;

	if (stat(path, &info) < 0)
		return fail_errno(STATUS_IO, "%s", path);
	if (!S_ISREG(info.st_mode))
		return fail(STATUS_BAD_ARGUMENT, "%s is not a file", path);
	*size_bytes = (double)info.st_size;
	return STATUS_OK;
}

static void print_digest(uint64_t digest, struct subject *s)
{
	snprintf(s->digest, sizeof s->digest, "%016llx", (unsigned long long)digest);
}

static enum status digest_file(const char *path, struct subject *s)
{
	FILE *in = fopen(path, "rb");
	XXH3_state_t *state = XXH3_createState();
	char chunk[65536];
	size_t n;
	bool good = in && state && XXH3_64bits_reset(state) == XXH_OK;

	while (good && (n = fread(chunk, 1, sizeof chunk, in)) > 0)
		XXH3_64bits_update(state, chunk, n);
	good = good && !ferror(in);
	if (good)
		print_digest(XXH3_64bits_digest(state), s);
	XXH3_freeState(state);
	if (in)
		fclose(in);
	return good ? STATUS_OK : fail_errno(STATUS_IO, "%s", path);
}

/* Is this the value that `twopart generate` takes when nothing is said? */
static bool is_default(const struct corpus_ops *family, const char *name, const char *text)
{
	int64_t value[OPTIONS_MAX], def[OPTIONS_MAX];

	if (!family)
		return false;
	options_defaults(family->options, value);
	options_defaults(family->options, def);
	return options_set(family->options, value, name, text) == STATUS_OK &&
	       memcmp(value, def, options_count(family->options) * sizeof *value) == 0;
}

/* "generate FAMILY" with the options that differ from the defaults. */
static void describe_source(const struct world *w, struct subject *s)
{
	const struct corpus_ops *family = corpus_family_by_name(w->family);
	json_t *generator = json_object_get(w->root, "generator"), *value;
	size_t used = (size_t)snprintf(s->source, sizeof s->source, "generate %s", w->family);
	const char *name;

	json_object_foreach(generator, name, value)
	{
		char text[512];

		if (json_is_string(value))
			snprintf(text, sizeof text, "%s", json_string_value(value));
		else
			snprintf(text, sizeof text, "%lld", (long long)json_integer_value(value));
		if (!is_default(family, name, text) && used < sizeof s->source)
			used += (size_t)snprintf(s->source + used, sizeof s->source - used,
						 " --%s %s", name, text);
	}
}

static double bits_of(const json_t *code_lengths, const char *key)
{
	const json_t *bits = json_object_get(code_lengths, key);

	return json_is_number(bits) ? json_number_value(bits) : NAN;
}

/* Regret by role needs the roles: a corpus without them has the other columns. */
static bool has_roles(const struct subject *s)
{
	const char *mistake = "is not as long as the corpus";
	struct stat info;

	if (access(s->roles, R_OK) != 0 || stat(s->roles, &info) != 0)
		mistake = "cannot be read";
	else if ((double)info.st_size == s->n_tokens)
		return true;
	fprintf(stderr, "twopart bench: %s %s: no regret by role\n", s->roles, mistake);
	return false;
}

/* Are the raw tokens those that the world speaks of? */
static enum status check_tokens(const struct subject *s)
{
	struct subject tokens;

	TRY(digest_file(s->raw_tokens, &tokens));
	if (strcmp(tokens.digest, s->digest) == 0)
		return STATUS_OK;
	return fail(STATUS_CORRUPT, "%s is the world of another corpus", s->world);
}

/* The world's numbers.  It is given back at once, to the system too: a child starts with its
 * parent's resident memory on its account. */
static enum status read_world(struct subject *s, bool *has_oracle)
{
	struct world *w;

	TRY(world_load(&w, s->world));

	const json_t *code_lengths = json_object_get(w->root, "code_lengths");

	describe_source(w, s);
	print_digest(w->corpus_digest, s);
	s->n_tokens = (double)w->n_tokens;
	s->known_bits = bits_of(code_lengths, "known_bits");
	s->known_bits_expected = bits_of(code_lengths, "known_bits_expected");
	s->bayes_bits = bits_of(code_lengths, "bayes_bits");
	s->two_part_bits = bits_of(code_lengths, "two_part_bits");
	*has_oracle = oracle_exists(w);
	world_free(w);
	malloc_trim(0);
	return STATUS_OK;
}

enum status subject_add_corpus(struct bench *b, const char *title, const char *prefix,
			       const struct subject **out)
{
	struct subject *s;
	bool has_oracle;

	if (strlen(prefix) >= BENCH_PREFIX_BYTES)
		return fail(STATUS_BAD_ARGUMENT, "%s: the path is too long", prefix);
	TRY(subject_new(b, title, &s));
	snprintf(s->input, sizeof s->input, "%s.bin", prefix);
	snprintf(s->text, sizeof s->text, "%s.txt", prefix);
	snprintf(s->world, sizeof s->world, "%s.json", prefix);
	snprintf(s->roles, sizeof s->roles, "%s.roles", prefix);
	snprintf(s->raw_tokens, sizeof s->raw_tokens, "%s/%zu.tokens", b->directory, b->n_subjects);
	TRY(read_world(s, &has_oracle));
	TRY(size_of(s->text, &s->text_bytes));
	TRY(scratch_copy(s->input, TOKENS_HEADER_BYTES, s->raw_tokens));
	TRY(check_tokens(s));
	if (!has_oracle || !has_roles(s)) /* no regret */
		s->roles[0] = '\0';
	*out = s;
	return STATUS_OK;
}

enum status subject_add_file(struct bench *b, const char *title, const char *path,
			     const struct subject **out)
{
	struct subject *s;

	if (strlen(path) >= BENCH_PREFIX_BYTES)
		return fail(STATUS_BAD_ARGUMENT, "%s: the path is too long", path);
	TRY(subject_new(b, title, &s));
	snprintf(s->input, sizeof s->input, "%s", path);
	TRY(size_of(s->input, &s->text_bytes));
	TRY(digest_file(s->input, s));
	*out = s;
	return STATUS_OK;
}

enum status subject_add_text(struct bench *b, const char *title, const char *prefix,
			     const struct subject **out)
{
	char path[BENCH_PATH_BYTES];
	struct world *w;

	if (strlen(prefix) >= BENCH_PREFIX_BYTES - 8)
		return fail(STATUS_BAD_ARGUMENT, "%s: the path is too long", prefix);
	snprintf(path, sizeof path, "%s.txt", prefix);
	TRY(subject_add_file(b, title, path, out));
	snprintf(path, sizeof path, "%s.json", prefix);
	TRY(world_load(&w, path));
	describe_source(w, b->subject[b->n_subjects - 1]);
	world_free(w);
	malloc_trim(0);
	return STATUS_OK;
}

const struct subject *subject_by_title(const struct bench *b, const char *title)
{
	for (size_t i = 0; i < b->n_subjects; i++)
		if (strcmp(b->subject[i]->title, title) == 0)
			return b->subject[i];
	return NULL;
}

enum status subject_draw(const struct bench *b, const char *title, const char *const *options,
			 const char *prefix)
{
	const char *argv[SUBJECT_WORDS_MAX + 6] = {"/proc/self/exe", "generate"};
	struct child_result child;
	size_t n = 2;

	bench_progress(b, "generating %s", title);
	for (size_t i = 0; options[i]; i++)
		argv[n++] = options[i];
	argv[n++] = "-o";
	argv[n++] = prefix;
	argv[n++] = "--quiet";
	TRY(child_run((char *const *)argv, GENERATE_LIMIT_SECONDS, &child));
	if (child.exit_code != 0)
		return fail(STATUS_IO, "generating '%s' failed (exit code %d)", title,
			    child.exit_code);
	return STATUS_OK;
}

enum status subject_add_drawn(struct bench *b, const char *title, const char *name,
			      const char *const *options, const struct subject **out)
{
	char prefix[BENCH_PATH_BYTES];

	*out = subject_by_title(b, title);
	if (*out)
		return STATUS_OK;
	snprintf(prefix, sizeof prefix, "%s/%s", b->directory, name);
	TRY(subject_draw(b, title, options, prefix));
	return subject_add_corpus(b, title, prefix, out);
}

enum status subject_add(struct bench *b, const char *path, const struct subject **out)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	char bin[BENCH_PATH_BYTES], json[BENCH_PATH_BYTES];

	if (subject_by_title(b, name)) /* tables are told apart by their titles */
		name = path;
	if (subject_by_title(b, name))
		return fail(STATUS_BAD_ARGUMENT, "%s is there twice", path);
	snprintf(bin, sizeof bin, "%s.bin", path);
	snprintf(json, sizeof json, "%s.json", path);
	if (access(bin, F_OK) == 0 && access(json, F_OK) == 0)
		return subject_add_corpus(b, name, path, out);
	return subject_add_file(b, name, path, out);
}

/* What scandir() is to take is decided with lstat(), later: d_type is not always there. */
static int is_name(const struct dirent *entry)
{
	return strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
}

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static enum status plan_member(struct bench *b, const char *directory, const char *name)
{
	char path[BENCH_PATH_BYTES];
	const struct subject *s;
	struct stat info;

	if (snprintf(path, sizeof path, "%s/%s", directory, name) >= (int)sizeof path)
		return fail(STATUS_BAD_ARGUMENT, "%s/%s: the path is too long", directory, name);
	if (lstat(path, &info) < 0)
		return fail_errno(STATUS_IO, "%s", path);
	if (!S_ISREG(info.st_mode))
		return STATUS_OK;
	TRY(subject_add_file(b, subject_by_title(b, name) ? path : name, path, &s));
	return plan_table(b, s);
}

enum status subject_plan(struct bench *b, const char *path)
{
	const struct subject *s;
	struct dirent **list;
	enum status status = STATUS_OK;
	struct stat info;
	int n;

	if (stat(path, &info) < 0 || !S_ISDIR(info.st_mode)) {
		TRY(subject_add(b, path, &s));
		return plan_table(b, s);
	}
	n = scandir(path, &list, is_name, by_bytes);
	if (n < 0)
		return fail_errno(STATUS_IO, "%s", path);
	for (int i = 0; i < n; i++) {
		if (status == STATUS_OK)
			status = plan_member(b, path, list[i]->d_name);
		free(list[i]);
	}
	free(list);
	return status;
}
