/* SPDX-License-Identifier: BSD-2-Clause
 *
 * seeds.c - what the fuzz targets start from: seeds DIRECTORY [RESULTS.jsonl]
 *
 * Writes DIRECTORY/TARGET/NAME: archives of every predictor, of bytes and of tokens, in one block
 * and in several; model files; weights; token files; worlds with tokens of their corpus; results;
 * options; command lines; cases of the round trip.  Drawn and compressed here and now, so that they
 * follow from the sources and are the same every time; nothing of it is kept in the tree.
 * Of RESULTS.jsonl the shorter lines are results too.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/stat.h>

#include "archive.h"
#include "model_file.h"
#include "result_example.h"
#include "safetensors.h"
#include "sources.h"

#undef fail /* of cmocka.h */

#define CONTENT_SYMBOLS 300
#define SLOW_SYMBOLS 40
#define LINE_BYTES_MAX 8192
#define LINES_MAX 12

static const char *directory;

static void put(const char *target, const char *name, const void *data, size_t size_bytes)
{
	char path[4096];

	snprintf(path, sizeof path, "%s/%s", directory, target);
	HOLDS(mkdir(path, 0777) == 0 || errno == EEXIST);
	snprintf(path, sizeof path, "%s/%s/%s", directory, target, name);
	FILE *to = fopen(path, "wb");

	HOLDS(to && fwrite(data, 1, size_bytes, to) == size_bytes && fclose(to) == 0);
}

static void put_text(const char *target, const char *name, const char *text)
{
	put(target, name, text, strlen(text));
}

/* Bytes that repeat themselves, not quite; or a token file of such. */
static struct buffer make_content(bool is_tokens, size_t n)
{
	static const char line[] = "the mill turns and nobody listens to the water of the mill. ";
	struct buffer b = {0};

	if (is_tokens)
		tokens_write_header(&b, n);
	for (size_t i = 0; i < n; i++) {
		uint32_t symbol = (uint8_t)line[(i + i / 70) % (sizeof line - 1)];

		buffer_append_le(&b, is_tokens ? symbol * 2 % SOURCE_ALPHABET : symbol,
				 is_tokens ? 2 : 1);
	}
	HOLDS(buffer_status(&b) == STATUS_OK);
	return b;
}

static void put_archive(const char *name, const struct archive_settings *s,
			const struct buffer *in)
{
	struct buffer archive = {0};

	HOLDS(archive_compress(s, in->data, in->size_bytes, &archive, NULL) == STATUS_OK);
	put("container", name, archive.data, archive.size_bytes);
	put("decode", name, archive.data, archive.size_bytes);
	buffer_free(&archive);
}

/* One predictor: bytes and tokens, in one block and in several, none at all. */
static void put_archives(const struct predictor_ops *ops)
{
	struct archive_settings s;
	char name[80];

	HOLDS(archive_settings_parse(&s, model_text_for(ops)) == STATUS_OK);
	s.threads = 1;
	for (int is_tokens = 0; is_tokens < 2; is_tokens++) {
		struct buffer in = make_content(is_tokens, ops->is_slow ? SLOW_SYMBOLS
									: CONTENT_SYMBOLS);
		struct buffer none = make_content(is_tokens, 0);

		s.transformer = ops->needs_model ? source_transformer(is_tokens) : NULL;
		for (uint64_t block = 0; block < CONTENT_SYMBOLS; block += 100) {
			s.block_symbols = block;
			snprintf(name, sizeof name, "%s-%s-%llu", ops->name,
				 is_tokens ? "tokens" : "bytes", (unsigned long long)block);
			put_archive(name, &s, &in);
		}
		snprintf(name, sizeof name, "%s-%s-none", ops->name,
			 is_tokens ? "tokens" : "bytes");
		put_archive(name, &s, &none);
		buffer_free(&in);
		buffer_free(&none);
	}
}

/* With the network in the archive. */
static void put_stored(bool is_tokens)
{
	struct transformer *t = (struct transformer *)(uintptr_t)source_transformer(is_tokens);
	struct buffer in = make_content(is_tokens, SLOW_SYMBOLS), file = {0};
	struct archive_settings s;

	HOLDS(model_file_write(t, &file) == STATUS_OK);
	HOLDS(archive_settings_parse(&s, "transformer") == STATUS_OK);
	s.transformer = t;
	s.model_file = &file;
	put_archive(is_tokens ? "stored-tokens" : "stored-bytes", &s, &in);
	buffer_free(&in);
	buffer_free(&file);
}

static void put_oracles(const struct predictor_ops *ops)
{
	struct archive_settings s;
	char name[80];

	HOLDS(archive_settings_parse(&s, ops->name) == STATUS_OK);
	s.threads = 1;
	for (unsigned k = 0; k < SOURCES; k++) {
		s.world = source_of(k)->world;
		snprintf(name, sizeof name, "%s-%s", ops->name, source_kinds[k].family);
		if (strcmp(ops->name, "twopart") != 0 || strcmp(source_kinds[k].family, "sk") == 0)
			put_archive(name, &s, &source_of(k)->bin);
	}
}

static void put_models(void)
{
	for (unsigned bits = TRANSFORMER_BITS_MIN; bits <= 8; bits++) {
		bool is_tokens = bits % 2;
		struct transformer_shape shape = model_shape(is_tokens, 3);
		struct buffer file = {0}, numbers = {0};
		struct transformer *t = NULL;
		char name[16];

		shape.separator = is_tokens ? 1 : TRANSFORMER_NO_SEPARATOR;
		shape.n_layers = 1 + bits % 2;
		t = model_random(&shape, bits, bits);
		HOLDS(t && (!is_tokens || (t->training = strdup("{\"steps\": 1}"))));
		HOLDS(model_file_write(t, &file) == STATUS_OK);
		HOLDS(safetensors_write(t, &numbers) == STATUS_OK);
		snprintf(name, sizeof name, "bits-%u", bits);
		put("model_file", name, file.data, file.size_bytes);
		if (is_tokens)
			put("safetensors", name, numbers.data, numbers.size_bytes);
		transformer_free(t);
		buffer_free(&file);
		buffer_free(&numbers);
	}
}

static void put_tokens(void)
{
	struct buffer few = make_content(true, 5), none = make_content(true, 0);

	put("tokens", "none", none.data, none.size_bytes);
	put("tokens", "few", few.data, few.size_bytes);
	few.data[TOKENS_HEADER_BYTES - 1] = 1; /* a word that is not used */
	put("tokens", "not-canonical", few.data, few.size_bytes);
	put("tokens", "bytes", few.data + 4, few.size_bytes - 4);
	buffer_free(&few);
	buffer_free(&none);
}

static void put_worlds(void)
{
	for (unsigned k = 0; k < SOURCES; k++) {
		const struct source *s = source_of(k);
		struct buffer b = {0};
		char name[32];

		buffer_append(&b, s->json.data, s->json.size_bytes);
		put("world", source_kinds[k].family, b.data, b.size_bytes);
		buffer_append_byte(&b, '\0');
		tokens_append(&b, s->token, s->n < CONTENT_SYMBOLS ? s->n : CONTENT_SYMBOLS);
		HOLDS(buffer_status(&b) == STATUS_OK);
		snprintf(name, sizeof name, "%s-tokens", source_kinds[k].family);
		put("world", name, b.data, b.size_bytes);
		buffer_free(&b);
	}
}

static void put_results(const char *path)
{
	char line[LINE_BYTES_MAX], name[32];
	FILE *from = path ? fopen(path, "r") : NULL;
	unsigned n = 0;

	for (size_t runs = 0; runs < 3; runs++) {
		struct result r = example_result(runs ? "mix" : "ngram", runs);
		json_t *object = result_json(&r);
		char *text = json_dumps(object, JSON_COMPACT);

		HOLDS(text);
		snprintf(name, sizeof name, "example-%zu", runs);
		put_text("results", name, text);
		free(text);
		json_decref(object);
		result_free(&r);
	}
	for (unsigned i = 0; from && n < LINES_MAX && fgets(line, sizeof line, from); i++) {
		if (!strchr(line, '\n') || line[0] != '{' || i % 5)
			continue;
		snprintf(name, sizeof name, "line-%02u", n++);
		put_text("results", name, line);
	}
	if (from)
		fclose(from);
}

static void put_options(void)
{
	int64_t value[OPTIONS_MAX];
	char name[64];

	for (const struct predictor_ops *const *p = predictors; *p; p++) {
		struct buffer text = {0};

		buffer_append(&text, (*p)->name, strlen((*p)->name));
		buffer_append_byte(&text, ':');
		for (unsigned i = 0; i < options_count((*p)->options); i++)
			value[i] = (*p)->options[i].max;
		options_print((*p)->options, value, &text);
		HOLDS(buffer_status(&text) == STATUS_OK);
		snprintf(name, sizeof name, "model-%s", (*p)->name);
		put("options", name, text.data, text.size_bytes);
		buffer_free(&text);
	}
	for (unsigned k = 0; k < SOURCES; k++)
		put_text("options", source_kinds[k].family, source_kinds[k].options);
	put_text("options", "decimals", "alpha=0.25,beta=-0.125,noise=1000");
	put("options", "sizes", "1x16,2x64\0" "8,4", sizeof "1x16,2x64\0" "8,4");
}

static void put_command(const char *name, uint8_t which, const char *const *argument,
			const struct buffer *file)
{
	struct buffer b = {0};

	buffer_append_byte(&b, which);
	for (; *argument; argument++)
		buffer_append(&b, *argument, strlen(*argument) + 1);
	buffer_append_byte(&b, '\0');
	buffer_append(&b, file->data, file->size_bytes);
	HOLDS(buffer_status(&b) == STATUS_OK);
	put("argv", name, b.data, b.size_bytes);
	buffer_free(&b);
}

static void put_commands(void)
{
	static const char *const verbose[] = {"-v", "-q", "-T", "1", "--memory", "10M", NULL};
	static const char *const json[] = {"--json", NULL}, *const help[] = {"--help", NULL};
	static const char *const bad[] = {"--memory=1X", "-T", "-1", "--simd=none", NULL};
	struct buffer in = make_content(false, CONTENT_SYMBOLS), archive = {0}, file = {0};
	struct archive_settings s;

	HOLDS(archive_settings_parse(&s, "order0") == STATUS_OK);
	s.block_symbols = 100;
	HOLDS(archive_compress(&s, in.data, in.size_bytes, &archive, NULL) == STATUS_OK);
	HOLDS(model_file_write((struct transformer *)(uintptr_t)source_transformer(false), &file) ==
	      STATUS_OK);
	for (uint8_t which = 0; which < 4; which++) {
		char name[32];

		snprintf(name, sizeof name, "verbose-%d", which);
		put_command(name, which, verbose, &archive);
		snprintf(name, sizeof name, "json-%d", which);
		put_command(name, which, json, &archive);
		snprintf(name, sizeof name, "help-%d", which);
		put_command(name, which, help, &archive);
		snprintf(name, sizeof name, "bad-%d", which);
		put_command(name, which, bad, &archive);
		snprintf(name, sizeof name, "model-%d", which);
		put_command(name, which, json, &file);
	}
	buffer_free(&in);
	buffer_free(&archive);
	buffer_free(&file);
}

static void put_round_trips(void)
{
	struct buffer in = make_content(false, CONTENT_SYMBOLS);
	char name[80];

	put_text("round_trip", "nothing", "");
	for (uint8_t p = 0; predictors[p]; p++) {
		for (unsigned flags = 0; flags < 256; flags += 19) {
			uint8_t head[] = {p, (uint8_t)flags, 1, (uint8_t)flags, 5, 0, 50, 0};
			struct buffer b = {0};

			buffer_append(&b, head, sizeof head);
			buffer_append(&b, in.data, flags % 2 ? in.size_bytes : in.size_bytes / 8);
			HOLDS(buffer_status(&b) == STATUS_OK);
			snprintf(name, sizeof name, "%s-%u", predictors[p]->name, flags);
			put("round_trip", name, b.data, b.size_bytes);
			buffer_free(&b);
		}
	}
	buffer_free(&in);
}

int main(int argc, char **argv)
{
	if (argc < 2)
		return 1;
	directory = argv[1];
	HOLDS(mkdir(directory, 0777) == 0 || errno == EEXIST);
	for (const struct predictor_ops *const *p = predictors; *p; p++)
		if ((*p)->needs_world)
			put_oracles(*p);
		else
			put_archives(*p);
	put_stored(false);
	put_stored(true);
	put_models();
	put_tokens();
	put_worlds();
	put_results(argc > 2 ? argv[2] : NULL);
	put_options();
	put_commands();
	put_round_trips();
	return 0;
}
