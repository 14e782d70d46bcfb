/* SPDX-License-Identifier: BSD-2-Clause
 *
 * check.c - check DIRECTORY WORK THREADS... - all that MANIFEST (make.sh) tells, done once more by
 * this build: corpora are drawn and models trained again, archives decoded, and coded again from
 * what came out; with so many threads, one number after the other.  Everything has to be the same.
 * What is made goes to WORK, which is there: the corpora, and with the first number of threads the
 * models and archives, for another build to check.
 *
 * Prints "COMPARISONS DIFFERENCES" on standard output, and a line a difference on standard error.
 * Exit code 0 when all is the same, 1 when not, 2 when it could not be tried.
 *
 * Why a program, when the commands could do it?  It runs on emulated processors, where starting the
 * program 300 times takes longer than all the rest; and it links the library alone, without the
 * compressors that the program is compared with.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "archive.h"
#include "corpus.h"
#include "file.h"
#include "model_file.h"
#include "simd.h"
#include "trainer.h"
#include "world.h"

#define WORDS_MAX 32
#define PATH_BYTES 4096

struct line {
	char *word[WORDS_MAX];
	int n;
};

struct check {
	const char *directory, *work;
	int threads;
	bool writes; /* into `work` */
	struct world *world;
	unsigned long comparisons, differences;
};

/* Good until the fourth call after it. */
static const char *path_in(const char *directory, const char *name, const char *suffix)
{
	static char path[4][PATH_BYTES];
	static unsigned turn;
	char *p = path[turn++ % 4];

	snprintf(p, PATH_BYTES, "%s/%s%s", directory, name, suffix);
	return p;
}

static void compared(struct check *c, bool is_same, const char *name, const char *what)
{
	c->comparisons++;
	if (is_same)
		return;
	c->differences++;
	fprintf(stderr, "%s, %d threads: %s\n", name, c->threads, what);
}

static bool has_digest(const struct buffer *b, const char *digest)
{
	uint8_t hash[32];
	char text[65];

	model_file_hash(b->data, b->size_bytes, hash);
	return strcmp(model_file_hash_text(hash, 32, text), digest) == 0;
}

static bool is_same(const struct buffer *a, const struct buffer *b)
{
	return a->size_bytes == b->size_bytes &&
	       (a->size_bytes == 0 || memcmp(a->data, b->data, a->size_bytes) == 0);
}

static enum status keep(const struct check *c, const char *name, const struct buffer *b)
{
	const char *path = path_in(c->work, name, "");

	return c->writes ? file_write(path, b->data, b->size_bytes, 0666, true) : STATUS_OK;
}

static enum status check_file(struct check *c, const char *name, const char *suffix,
			      const char *digest)
{
	struct buffer b = {0};
	enum status s = file_read(path_in(c->work, name, suffix), &b, NULL);

	if (s == STATUS_OK)
		compared(c, has_digest(&b, digest), name, suffix);
	buffer_free(&b);
	return s;
}

/* corpus NAME FAMILY OPTIONS DIGEST-OF-.bin DIGEST-OF-.txt */
static enum status check_corpus(struct check *c, const struct line *l)
{
	const struct corpus_ops *family = corpus_family_by_name(l->word[2]);
	int64_t option[OPTIONS_MAX];
	char prefix[PATH_BYTES];
	struct corpus_request q = {.option = option, .prefix = prefix, .n_threads = c->threads};

	if (!family)
		return fail(STATUS_BAD_ARGUMENT, "no family %s", l->word[2]);
	snprintf(prefix, sizeof prefix, "%s", path_in(c->work, l->word[1], ""));
	options_defaults(family->options, option);
	TRY(options_parse(family->options, option, l->word[3]));
	TRY(corpus_generate(family, &q));
	TRY(check_file(c, l->word[1], ".bin", l->word[4]));
	return check_file(c, l->word[1], ".txt", l->word[5]);
}

/* Names and places of the options that make.sh gives to `train`. */
static enum status set_training(struct trainer_settings *t, char *options)
{
	for (char *rest = NULL, *o = strtok_r(options, ",", &rest); o;
	     o = strtok_r(NULL, ",", &rest)) {
		char *text = strchr(o, '=');
		unsigned value = text ? (unsigned)strtoul(text + 1, NULL, 10) : 0;

		if (strncmp(o, "layers=", 7) == 0)
			t->shape.n_layers = value;
		else if (strncmp(o, "dim=", 4) == 0)
			t->shape.dim = value;
		else if (strncmp(o, "ctx=", 4) == 0)
			t->shape.ctx = value;
		else if (strncmp(o, "batch=", 6) == 0)
			t->batch = value;
		else if (strncmp(o, "steps=", 6) == 0)
			t->steps = value;
		else if (strncmp(o, "seed=", 5) == 0)
			t->seed = value;
		else if (strncmp(o, "bits=", 5) == 0)
			t->bits = value;
		else
			return fail(STATUS_BAD_ARGUMENT, "no option %s", o);
	}
	return STATUS_OK;
}

/* model FILE CORPUS OPTIONS DIGEST */
static enum status check_model(struct check *c, const struct line *l)
{
	struct trainer_settings t = trainer_defaults();
	struct trainer_result r = {0};
	struct training_data data = {0};
	char prefix[PATH_BYTES];
	enum status s;

	t.threads = c->threads;
	snprintf(prefix, sizeof prefix, "%s", path_in(c->work, l->word[2], ""));
	s = set_training(&t, l->word[3]);
	if (s == STATUS_OK)
		s = training_data_add(&data, prefix);
	if (s == STATUS_OK) {
		t.shape.n_symbols = data.n_symbols;
		t.shape.is_tokens = data.is_tokens;
		t.shape.separator = data.separator;
		s = trainer_run(&t, &data, &r);
	}
	if (s == STATUS_OK) {
		compared(c, has_digest(&r.file, l->word[4]), l->word[1],
			 "trained to something else");
		s = keep(c, l->word[1], &r.file);
	}
	trainer_result_free(&r);
	training_data_free(&data);
	return s;
}

/* What a line says of how to code. */
struct request {
	struct archive_settings settings;
	struct transformer *transformer;
	struct buffer model_file;
};

static enum status take_model(struct check *c, struct request *q, const char *name)
{
	TRY(model_file_load(path_in(c->directory, name, ""), &q->transformer, &q->model_file));
	q->settings.transformer = q->transformer;
	return STATUS_OK;
}

/* The arguments that make.sh gives to `compress`; the model is named first. */
static enum status parse_request(struct check *c, struct request *q, const struct line *l)
{
	TRY(archive_settings_parse(&q->settings, l->word[5]));
	q->settings.threads = c->threads;
	for (int i = 6; i < l->n; i++) {
		const char *option = l->word[i];

		if (strcmp(option, "--bytes") == 0)
			q->settings.as_bytes = true;
		else if (strcmp(option, "--store-model") == 0)
			q->settings.model_file = &q->model_file;
		else if (++i == l->n)
			return fail(STATUS_BAD_ARGUMENT, "%s: of what?", option);
		else if (strcmp(option, "--block") == 0)
			q->settings.block_symbols = strtoull(l->word[i], NULL, 10);
		else if (strcmp(option, "--model-bits") == 0)
			q->settings.model_bits_max = strtoull(l->word[i], NULL, 10);
		else if (strcmp(option, "-w") == 0)
			q->settings.world = c->world;
		else if (strcmp(option, "-M") == 0)
			TRY(take_model(c, q, l->word[i]));
		else
			return fail(STATUS_BAD_ARGUMENT, "no option %s", option);
	}
	return STATUS_OK;
}

/* There and back, from what is kept. */
static enum status code(struct check *c, const struct line *l, const struct request *q)
{
	const struct archive_reading reading = {
	    .world = q->settings.world,
	    .transformer = q->settings.model_file ? NULL : q->transformer,
	    .threads = c->threads,
	};
	struct buffer archive = {0}, content = {0}, again = {0};
	enum status s = file_read(path_in(c->directory, l->word[1], ""), &archive, NULL);

	if (s == STATUS_OK && !has_digest(&archive, l->word[2]))
		s = fail(STATUS_CORRUPT, "not the file that MANIFEST speaks of");
	if (s == STATUS_OK) {
		enum status read = archive_decompress(&reading, archive.data, archive.size_bytes,
						      &content, NULL);

		compared(c, read == STATUS_OK && has_digest(&content, l->word[3]), l->word[1],
			 read == STATUS_OK ? "decoded to something else" : status_message());
		if (read != STATUS_OK)
			goto end;
		s = archive_compress(&q->settings, content.data, content.size_bytes, &again, NULL);
	}
	if (s == STATUS_OK) {
		compared(c, is_same(&archive, &again), l->word[1], "coded to something else");
		s = keep(c, l->word[1], &again);
	}
end:
	buffer_free(&archive);
	buffer_free(&content);
	buffer_free(&again);
	return s;
}

/* archive FILE DIGEST-OF-FILE DIGEST-OF-ORIGINAL -m MODEL ARGUMENT... */
static enum status check_archive(struct check *c, const struct line *l)
{
	struct request q = {0};
	enum status s = parse_request(c, &q, l);

	if (s == STATUS_OK)
		s = code(c, l, &q);
	transformer_free(q.transformer);
	buffer_free(&q.model_file);
	return s;
}

static enum status check_line(struct check *c, char *text)
{
	static const struct {
		const char *name;
		int n_min;
		enum status (*check)(struct check *, const struct line *);
	} kinds[] = {{"corpus", 6, check_corpus}, {"model", 5, check_model},
		     {"archive", 6, check_archive}};
	struct line l = {.n = 0};

	for (char *rest = NULL, *word = strtok_r(text, " ", &rest); word && l.n < WORDS_MAX;
	     word = strtok_r(NULL, " ", &rest))
		l.word[l.n++] = word;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		enum status s;

		if (l.n < kinds[i].n_min || strcmp(l.word[0], kinds[i].name) != 0)
			continue;
		s = kinds[i].check(c, &l);
		if (s != STATUS_OK)
			fprintf(stderr, "%s: %s\n", l.word[1], status_message());
		return s;
	}
	return fail(STATUS_BAD_ARGUMENT, "a line of MANIFEST that nobody knows");
}

static enum status check_all(struct check *c)
{
	struct buffer manifest = {0};
	enum status s = file_read(path_in(c->directory, "MANIFEST", ""), &manifest, NULL);

	buffer_append_byte(&manifest, 0);
	if (s == STATUS_OK)
		s = buffer_status(&manifest);
	if (s != STATUS_OK)
		fprintf(stderr, "MANIFEST: %s\n", status_message());
	else
		for (char *rest = NULL, *text = strtok_r((char *)manifest.data, "\n", &rest); text;
		     text = strtok_r(NULL, "\n", &rest))
			if (check_line(c, text) != STATUS_OK)
				s = STATUS_CORRUPT;
	buffer_free(&manifest);
	return s;
}

int main(int argc, char **argv)
{
	struct check c = {.directory = argv[1], .work = argv[2]};
	enum status s = argc < 4 ? fail(STATUS_BAD_ARGUMENT, "check DIRECTORY WORK THREADS...")
				 : simd_from_environment();

	if (s == STATUS_OK)
		s = world_load(&c.world, path_in(c.directory, "world.json", ""));
	if (s != STATUS_OK) {
		fprintf(stderr, "%s\n", status_message());
		return 2;
	}
	for (int i = 3; i < argc; i++) {
		c.threads = atoi(argv[i]);
		c.writes = i == 3;
		if (check_all(&c) != STATUS_OK)
			s = STATUS_CORRUPT;
	}
	world_free(c.world);
	printf("%lu %lu\n", c.comparisons, c.differences);
	return s != STATUS_OK ? 2 : c.differences != 0;
}
