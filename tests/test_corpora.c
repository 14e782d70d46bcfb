/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_corpora.c - what generate writes: the same everywhere, whole or not at all.
 *
 * Property: every family writes the same bytes for any number of threads; those of the small
 * families have the digests below on every machine and with every compiler; the files agree with
 * each other (text, vocabulary, tokens, NumPy copy, world); a failure leaves nothing behind; words
 * are distinct whatever their case.
 * Method: corpora of a few thousand tokens in a temporary directory, read back.
 *
 * PREFIX.json is compared between runs, and by the hash of prior and truth with the digests; its
 * code lengths come from the C library's logarithms and may differ in the last place elsewhere.
 */
#include <dirent.h>
#include <fenv.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include "buffer.h"
#include "corpus.h"
#include "file.h"
#include "rng.h"
#include "tokens.h"
#include "words.h"

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

#include <cmocka.h> /* after status.h: it defines a macro fail() */

#define N_SUFFIXES 6 /* of corpus_suffixes[] */

static char directory[] = "/tmp/twopart-test-XXXXXX";

/* Good until the fourth call after it. */
static const char *in_directory(const char *name)
{
	static char path[4][128];
	static unsigned turn;
	char *p = path[turn++ % 4];

	snprintf(p, sizeof path[0], "%s/%s", directory, name);
	return p;
}

static int count_files(void)
{
	DIR *d = opendir(directory);
	int n = 0;

	assert_non_null(d);
	while (readdir(d))
		n++;
	closedir(d);
	return n - 2; /* . and .. */
}

static void remove_corpus(const char *prefix)
{
	for (size_t i = 0; i < N_SUFFIXES; i++) {
		char path[160];

		snprintf(path, sizeof path, "%s%s", prefix, corpus_suffixes[i]);
		unlink(path);
	}
}

static struct buffer read_part(const char *prefix, const char *suffix)
{
	struct buffer b = {0};
	char path[160];

	snprintf(path, sizeof path, "%s%s", prefix, suffix);
	assert_int_equal(file_read(path, &b, NULL), STATUS_OK);
	return b;
}

static uint64_t hash_part(const char *prefix, const char *suffix)
{
	struct buffer b = read_part(prefix, suffix);
	uint64_t hash = XXH3_64bits(b.data, b.size_bytes);

	buffer_free(&b);
	return hash;
}

static enum status generate(const struct corpus_ops *family, const char *options, int n_threads,
			    const char *prefix)
{
	int64_t value[OPTIONS_MAX];
	struct corpus_request q = {
	    .option = value, .prefix = prefix, .n_threads = n_threads, .npy = true};
	char input[128];

	options_defaults(family->options, value);
	assert_int_equal(options_parse(family->options, value, options), STATUS_OK);
	if (family->needs_input) {
		FILE *f = fopen(in_directory("input"), "wb");

		assert_non_null(f);
		for (int i = 0; i < 5000; i++)
			fputc(i * i / 7 & 255, f);
		fclose(f);
		strcpy(input, in_directory("input"));
		q.input = input;
	}
	enum status s = corpus_generate(family, &q);

	if (family->needs_input)
		unlink(input);
	return s;
}

/* Short corpora of every registered family, whatever its length is called. */
static const char *short_options(const struct corpus_ops *family)
{
	for (const struct option_spec *o = family->options; o->name; o++) {
		if (strcmp(o->name, "tokens") == 0)
			return "tokens=20000";
		if (strcmp(o->name, "sentences") == 0)
			return "sentences=3000";
		if (strcmp(o->name, "biographies") == 0)
			return "biographies=9000";
	}
	return "";
}

static void threads_change_nothing(void **state)
{
	static const int threads[] = {1, 2, 3, 8};

	(void)state;
	for (const struct corpus_ops *const *f = corpus_families; *f; f++) {
		uint64_t hash[N_SUFFIXES] = {0};

		for (int t = 0; t < 4; t++) {
			const char *prefix = in_directory("threads");

			assert_int_equal(generate(*f, short_options(*f), threads[t], prefix),
					 STATUS_OK);
			for (size_t i = 0; i < N_SUFFIXES; i++) {
				uint64_t h = hash_part(prefix, corpus_suffixes[i]);

				if (t > 0 && h != hash[i])
					fail_msg("%s%s depends on the threads", (*f)->name,
						 corpus_suffixes[i]);
				hash[i] = h;
			}
			remove_corpus(prefix);
		}
	}
}

/* The three that a reader of the project may recompute, and the file family. */
static const struct golden {
	const char *family, *options;
	uint64_t hash[5]; /* of the files but the last, in the order of corpus_suffixes */
	uint32_t world_hash;
} golden[] = {
    {"iid",
     "tokens=20000",
     {0x70ad14f4bd335848, 0x1709334a5886472b, 0xfd5fc2258197c3f3, 0xcfc05a4112393455,
      0x43df8977be7e53d5},
     0xc20b329b},
    {"iid",
     "tokens=5000,symbols=65535,pseudo=0.02,seed=9",
     {0x3397e09b2a1a7894, 0x5ef0234db872659f, 0x019b1311d43dc079, 0x95929931b75a6d9f,
      0x333e5de7fa60a932},
     0x2ea1f26c},
    {"markov",
     "tokens=20000",
     {0xbd7038397b2ab2b5, 0x598555498233b6b1, 0xd6897e6474cb7814, 0xcfc05a4112393455,
      0x94ac39f7e81b4628},
     0xc9020e01},
    {"sk",
     "sentences=3000",
     {0x5ffbe21159b044ea, 0x5aaabb8561689b00, 0xbcd832a8b34f3979, 0x9dca90c53205fbf2,
      0xbd7ca1892d2adffa},
     0xc99e57f9},
    {"sk",
     "alpha=0.9,noise=0.3,middle-names=50,sentences=2000,seed=5",
     {0xb61c35c4f2f68bed, 0xe47338760c938bc0, 0x9a1f2f19da9ea047, 0xc0be172ec359790b,
      0x3fe6d1e67919dee6},
     0x36c7284a},
    {"bios",
     "biographies=500,people=300",
     {0x8412ffd9b30139e9, 0xe8c0a7e7bcc91846, 0x773c6dbc3aa4c726, 0x689e6e0f5256f84e,
      0x0d3f167a66b860cf},
     0x99d99ed1},
    {"bios",
     "biographies=300,order=0,sampling=0,seed=4",
     {0x6b16db837d9bdad8, 0x76a2eb45df82a2ff, 0x53b521116a9f52ef, 0x4b64a305c7ea0fcc,
      0x9fa3ea424b947672},
     0xff88e5f4},
    {"bios",
     "biographies=400,sampling=2,alpha=0.8,beta=-0.3,seed=9",
     {0x526b6546fa15d41d, 0xed1cec096892e4a7, 0xeff0bb2191b94eb7, 0x257d04b0f51eeea8,
      0x0b70d917842c9c85},
     0xa81036d0},
    {"santafe",
     "tokens=20000",
     {0x382f15d3f90922eb, 0xd8a0363eca177d41, 0x696dceeca16ba76e, 0x214e703cd8b80582,
      0x38821a03c9c05c1e},
     0xbdd78eb3},
    {"file",
     "symbol-bytes=2",
     {0xf241fabf452b843f, 0x78f90c8431cba9a2, 0x775434797f179600, 0xc48172160a29db74,
      0x5080d02e2e839a03},
     0x5b6e605c},
};

static void change_environment(void)
{
	fesetround(FE_UPWARD);
#if defined(__x86_64__)
	_mm_setcsr(_mm_getcsr() | 0x8040); /* flush to zero, denormals are zero */
#endif
}

/* False, and the line to put into the table, when a corpus is another than it was. */
static bool is_golden(const struct golden *want)
{
	const char *prefix = in_directory("golden");
	uint64_t hash[5];
	struct world *w;
	char json[160];

	assert_int_equal(generate(corpus_family_by_name(want->family), want->options, 2, prefix),
			 STATUS_OK);
	snprintf(json, sizeof json, "%s.json", prefix);
	assert_int_equal(world_load(&w, json), STATUS_OK);
	bool same = w->world_hash == want->world_hash;

	for (int i = 0; i < 5; i++) {
		hash[i] = hash_part(prefix, corpus_suffixes[i]);
		same &= hash[i] == want->hash[i];
	}
	if (!same) {
		print_message("{\"%s\", \"%s\",\n {", want->family, want->options);
		for (int i = 0; i < 5; i++)
			print_message("0x%016llx%s", (unsigned long long)hash[i],
				      i < 4 ? ", " : "},\n");
		print_message(" 0x%08lx},\n", (unsigned long)w->world_hash);
	}
	world_free(w);
	remove_corpus(prefix);
	return same;
}

static void bytes_are_golden(void **state)
{
	bool wrong = false;

	(void)state;
	for (size_t g = 0; g < sizeof golden / sizeof *golden; g++)
		wrong |= !is_golden(&golden[g]);
	assert_false(wrong);
}

/* Also when the caller, and threads that are there already, round upwards and drop tiny numbers. */
static void environment_changes_nothing(void **state)
{
	bool wrong = false;

	(void)state;
#pragma omp parallel num_threads(2)
	change_environment();
	change_environment(); /* here too: the end of the region may undo it */
	for (size_t g = 0; g < sizeof golden / sizeof *golden; g++)
		wrong |= !is_golden(&golden[g]);
	assert_int_equal(fegetround(), FE_UPWARD);
#pragma omp parallel num_threads(2)
	fesetenv(FE_DFL_ENV);
	fesetenv(FE_DFL_ENV);
	assert_false(wrong);
}

/* A world file with these members; returns its hashes. */
static void hash_world(const char *prior, const char *truth, uint32_t *prior_hash,
		       uint32_t *world_hash)
{
	const char *path = in_directory("hash.json");
	FILE *f = fopen(path, "wb");
	struct world *w;

	assert_non_null(f);
	fprintf(f,
		"{\"format\":\"twopart-world\",\"schema\":1,\"family\":\"file\",\"prior\":%s%s%s,"
		"\"corpus\":{\"tokens\":0,\"sentences\":0,\"vocab\":2,"
		"\"digest\":\"0000000000000000\"}}",
		prior, truth ? ",\"truth\":" : "", truth ? truth : "");
	fclose(f);
	assert_int_equal(world_load(&w, path), STATUS_OK);
	*prior_hash = w->prior_hash;
	*world_hash = w->world_hash;
	world_free(w);
	unlink(path);
}

/* The walk of world.h by hand; spelling and order of keys do not matter, types and bits do. */
static void world_hash_is_the_documented_one(void **state)
{
	static const uint8_t walk[] = "o\2\0\0\0\0\0\0\0"
				      "\1\0\0\0\0\0\0\0"
				      "a"
				      "i\376\377\377\377\377\377\377\377"
				      "\1\0\0\0\0\0\0\0"
				      "b"
				      "s\2\0\0\0\0\0\0\0xy"
				      "a\4\0\0\0\0\0\0\0"
				      "r\0\0\0\0\0\0\xf8\x3f"
				      "tfn";
	enum { PRIOR_BYTES = 9 + 9 + 9 + 9 + 11 };
	uint32_t prior, world, other_prior, other_world;

	(void)state;
	hash_world("{\"a\":-2,\"b\":\"xy\"}", "[1.5,true,false,null]", &prior, &world);
	assert_int_equal(prior, (uint32_t)XXH3_64bits(walk, PRIOR_BYTES));
	assert_int_equal(world, (uint32_t)XXH3_64bits(walk, sizeof walk - 1));
	hash_world("{\"b\": \"\\u0078y\", \"a\": -2}", "[15e-1, true, false, null]", &other_prior,
		   &other_world);
	assert_int_equal(other_prior, prior);
	assert_int_equal(other_world, world);
	hash_world("{\"a\":-2,\"b\":\"xy\"}", "[1.5000000000000002,true,false,null]", &other_prior,
		   &other_world);
	assert_int_equal(other_prior, prior);
	assert_true(other_world != world);
	hash_world("{\"a\":-2.0,\"b\":\"xy\"}", NULL, &other_prior, &other_world);
	assert_true(other_prior != prior);
	hash_world("{\"a\":-2,\"b\":\"xy\"}", NULL, &other_prior, &world);
	hash_world("{\"a\":-2,\"b\":\"xy\"}", "null", &other_prior, &other_world);
	assert_int_equal(other_world, world);
}

/* Reals of all sizes, subnormal ones included, come back from PREFIX.json with the same bits. */
static void reals_are_read_back(void **state)
{
	enum { N = 20000 };
	static const char *const word[] = {"a"};
	const char *prefix = in_directory("reals");
	struct corpus_layout layout = {.prefix = prefix, .word = word, .vocab = 1, .end_token = -1};
	struct corpus_writer *w;
	struct world *world;
	json_t *root = corpus_world_new("iid", NULL, NULL), *reals = json_array();
	struct rng r = rng_stream(1, 1, 1);
	char json[160];

	(void)state;
	for (int i = 0; i < N; i++) {
		uint64_t bits = rng_u64(&r) >> 2; /* positive, below 2 */
		double v;

		memcpy(&v, &bits, sizeof v);
		json_array_append_new(reals, json_real(i % 100 ? v : 5e-324 * i));
	}
	json_object_set_new(root, "prior", json_object());
	json_object_set_new(root, "truth", reals);
	assert_int_equal(corpus_writer_open(&w, &layout), STATUS_OK);
	assert_int_equal(corpus_writer_close(w, root), STATUS_OK);
	snprintf(json, sizeof json, "%s.json", prefix);
	assert_int_equal(world_load(&world, json), STATUS_OK);
	for (int i = 0; i < N; i++) {
		double wrote = json_real_value(json_array_get(reals, (size_t)i));
		const json_t *item =
		    json_array_get(json_object_get(world->root, "truth"), (size_t)i);
		double read = json_real_value(item);

		assert_true(json_is_real(item));
		assert_memory_equal(&wrote, &read, sizeof wrote);
	}
	world_free(world);
	json_decref(root);
	remove_corpus(prefix);
}

/* Words of the text, lower-cased as written, mapped back through the vocabulary. */
static void assert_text_spells(const struct buffer *text, const struct buffer *vocab,
			       const uint16_t *token, size_t n_tokens)
{
	const char *line[64], *at = (const char *)vocab->data;
	size_t length[64], n_words = 0;
	const char *t = (const char *)text->data, *end = t + text->size_bytes;

	for (; at < (const char *)vocab->data + vocab->size_bytes; n_words++) {
		const char *newline = strchr(at, '\n');

		assert_true(n_words < 64);
		line[n_words] = at;
		length[n_words] = (size_t)(newline - at);
		at = newline + 1;
	}
	for (size_t i = 0; i < n_tokens; i++) {
		t += t < end && (*t == ' ' || *t == '\n');
		assert_true((size_t)(end - t) >= length[token[i]]);
		assert_int_equal(strncasecmp(t, line[token[i]], length[token[i]]), 0);
		t += length[token[i]];
	}
	assert_true(t + 1 == end && *t == '\n');
}

static void files_agree(void **state)
{
	const char *prefix = in_directory("agree");
	struct world *w;
	char json[160];

	(void)state;
	assert_int_equal(
	    generate(corpus_family_by_name("iid"), "symbols=50,tokens=20001", 1, prefix),
	    STATUS_OK);
	struct buffer bin = read_part(prefix, ".bin"), text = read_part(prefix, ".txt");
	struct buffer vocab = read_part(prefix, ".vocab"), npy = read_part(prefix, ".npy");
	struct buffer roles = read_part(prefix, ".roles");
	uint16_t *token;
	size_t n_tokens;

	snprintf(json, sizeof json, "%s.json", prefix);
	assert_int_equal(world_load(&w, json), STATUS_OK);
	assert_int_equal(tokens_read(bin.data, bin.size_bytes, &token, &n_tokens), STATUS_OK);
	assert_int_equal(n_tokens, 20001);
	assert_int_equal(roles.size_bytes, n_tokens);
	assert_int_equal(w->n_tokens, n_tokens);
	assert_int_equal(w->vocab, 50);
	assert_true(w->corpus_digest == XXH3_64bits(bin.data + TOKENS_HEADER_BYTES, 2 * n_tokens));
	buffer_append_byte(&vocab, '\0');
	vocab.size_bytes--;
	assert_text_spells(&text, &vocab, token, n_tokens);
	assert_int_equal(
	    json_integer_value(json_object_get(json_object_get(w->root, "corpus"), "text_bytes")),
	    text.size_bytes);
	assert_int_equal(npy.size_bytes, 128 + 2 * n_tokens);
	assert_memory_equal(npy.data,
			    "\x93NUMPY\x01\x00\x76\x00{'descr': '<u2', "
			    "'fortran_order': False, 'shape': (20001,), }  ",
			    69);
	assert_int_equal(npy.data[127], '\n');
	assert_memory_equal(npy.data + 128, bin.data + TOKENS_HEADER_BYTES, 2 * n_tokens);
	world_free(w);
	free(token);
	buffer_free(&bin);
	buffer_free(&text);
	buffer_free(&vocab);
	buffer_free(&npy);
	buffer_free(&roles);
	remove_corpus(prefix);
}

/* The text of a corpus with this layout, to the letter. */
static void assert_laid_out(struct corpus_layout layout, const uint16_t *token, size_t n,
			    const char *want, int sentences)
{
	struct corpus_writer *w;
	json_t *root = corpus_world_new("iid", NULL, NULL);

	assert_int_equal(corpus_writer_open(&w, &layout), STATUS_OK);
	assert_int_equal(corpus_writer_put(w, token, NULL, n / 2), STATUS_OK);
	assert_int_equal(corpus_writer_put(w, token + n / 2, NULL, n - n / 2), STATUS_OK);
	assert_int_equal(corpus_writer_close(w, root), STATUS_OK);
	struct buffer text = read_part(layout.prefix, ".txt");

	assert_int_equal(text.size_bytes, strlen(want));
	assert_memory_equal(text.data, want, strlen(want));
	json_t *corpus = json_object_get(root, "corpus");

	assert_int_equal(json_integer_value(json_object_get(corpus, "sentences")), sentences);
	buffer_free(&text);
	json_decref(root);
	remove_corpus(layout.prefix);
}

/* Lines, capitals, sentence ends, and punctuation within lines. */
static void text_is_laid_out(void **state)
{
	static const char *const word[] = {".", "the", "Anna", "is"};
	static const uint16_t token[] = {1, 2, 3, 0, 0, 2, 0, 3, 1};
	static const char *const marked[] = {"<end>", ".", ",", "is", "Anna"};
	static const uint16_t marked_token[] = {4, 3, 2, 3, 1, 3, 4, 1, 0, 3, 1, 4, 1, 0, 1, 3, 0};
	struct corpus_layout layout = {.prefix = in_directory("a/b/layout"),
				       .word = word,
				       .vocab = 4,
				       .end_token = 0,
				       .spaced = true};

	(void)state;
	assert_laid_out(layout, token, 9, "The Anna is.\n.\nAnna.\nIs the\n", 3);
	layout.word = marked;
	layout.vocab = 5;
	layout.silent_end = true;
	layout.n_marks = 2;
	layout.stop_token = 1;
	assert_laid_out(layout, marked_token, 17, "Anna is, is. Is Anna.\nIs. Anna.\n. Is\n", 3);
	rmdir(in_directory("a/b"));
	rmdir(in_directory("a"));
}

static void bytes_are_their_own_text(void **state)
{
	const char *prefix = in_directory("own");

	(void)state;
	for (int bytes = 1; bytes <= 2; bytes++) {
		assert_int_equal(generate(corpus_family_by_name("file"),
					  bytes == 1 ? "symbol-bytes=1" : "symbol-bytes=2", 1,
					  prefix),
				 STATUS_OK);
		struct buffer text = read_part(prefix, ".txt"), bin = read_part(prefix, ".bin");

		assert_int_equal(text.size_bytes, 5000);
		for (int i = 0; i < 5000; i++)
			assert_int_equal(text.data[i], i * i / 7 & 255);
		assert_int_equal(bin.size_bytes, TOKENS_HEADER_BYTES + 10000 / bytes);
		buffer_free(&text);
		buffer_free(&bin);
		remove_corpus(prefix);
	}
}

/* A disk that is full after 64 KiB, tokens that were given up, and a directory that is a file. */
static void failures_leave_nothing(void **state)
{
	struct rlimit old, small;
	const struct corpus_ops *iid = corpus_family_by_name("iid");
	static const char *const word[] = {"a", "b"};
	struct corpus_layout layout = {
	    .prefix = in_directory("gone"), .word = word, .vocab = 2, .end_token = -1};
	struct corpus_writer *w;

	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	small = old;
	small.rlim_cur = 1 << 16;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	enum status s = generate(iid, "tokens=400000", 1, in_directory("full"));

	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	assert_int_equal(s, STATUS_IO);
	assert_non_null(strstr(status_message(), "full."));
	assert_int_equal(count_files(), 0);

	assert_int_equal(corpus_writer_open(&w, &layout), STATUS_OK);
	assert_true(count_files() > 0);
	corpus_writer_abandon(w);
	assert_int_equal(count_files(), 0);
	corpus_writer_abandon(NULL);

	FILE *f = fopen(in_directory("file"), "wb");

	assert_non_null(f);
	fclose(f);
	assert_int_equal(generate(iid, "tokens=100", 1, in_directory("file/x")), STATUS_IO);
	unlink(in_directory("file"));
	assert_int_equal(count_files(), 0);
}

static int compare_words(const void *a, const void *b)
{
	return strcasecmp(*(const char *const *)a, *(const char *const *)b);
}

static void words_are_distinct(void **state)
{
	enum { N = 65536 };
	static const struct {
		size_t min, max;
	} letters[] = {[WORD_FUNCTION] = {2, 5},
		       [WORD_NAME] = {4, 9},
		       [WORD_VALUE] = {5, 10},
		       [WORD_SYMBOL] = {2, 6}};
	static const char *word[N];
	struct word_list *list, *again;

	(void)state;
	assert_int_equal(words_open(&list, 5), STATUS_OK);
	assert_int_equal(words_open(&again, 5), STATUS_OK);
	for (int i = 0; i < N; i++) {
		enum word_style style = (enum word_style)(i % 4);

		word[i] = words_next(list, style);
		assert_non_null(word[i]);
		assert_string_equal(words_next(again, style), word[i]);
		size_t length = strlen(word[i]);

		if (i < 400)
			assert_in_range(length, letters[style].min, letters[style].max);
		assert_true(('A' <= word[i][0] && word[i][0] <= 'Z') == (style == WORD_NAME));
		assert_int_equal(strspn(word[i] + 1, "abcdefghijklmnopqrstuvwxyz"), length - 1);
	}
	qsort(word, N, sizeof *word, compare_words);
	for (int i = 1; i < N; i++)
		assert_true(strcasecmp(word[i - 1], word[i]) != 0);
	words_close(list);
	words_close(again);
}

static int set_up(void **state)
{
	(void)state;
	return mkdtemp(directory) ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	return rmdir(directory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(threads_change_nothing),
	    cmocka_unit_test(bytes_are_golden),
	    cmocka_unit_test(environment_changes_nothing),
	    cmocka_unit_test(world_hash_is_the_documented_one),
	    cmocka_unit_test(reals_are_read_back),
	    cmocka_unit_test(files_agree),
	    cmocka_unit_test(text_is_laid_out),
	    cmocka_unit_test(bytes_are_their_own_text),
	    cmocka_unit_test(failures_leave_nothing),
	    cmocka_unit_test(words_are_distinct),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
