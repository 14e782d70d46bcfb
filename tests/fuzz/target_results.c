/* SPDX-License-Identifier: BSD-2-Clause
 *
 * target_results.c - any text as lines of results, and its first line as a specification.
 *
 * Property  lines that a store accepts are known to it when they are merged again, come out so that
 *           another store accepts them, and the README's table can be made of them; a specification
 *           that is accepted is the same when written and read again.
 */
#include "fuzz.h"
#include "report_files.h"
#include "spec.h"
#include "store.h"

/* Merge lines; false: they were refused. */
static bool merge(struct store *s, const void *text, size_t size_bytes, size_t *n_new,
		  size_t *n_known)
{
	FILE *lines = fopen(fuzz_path(text, size_bytes), "r");

	HOLDS(lines);
	*n_new = *n_known = 0;
	bool merged = store_merge(s, lines, "input", n_new, n_known) == STATUS_OK;

	fclose(lines);
	return merged;
}

static void check_store(struct store *s, size_t n)
{
	struct store *other;
	size_t n_new, n_known, size_bytes;
	char *text = NULL;
	FILE *to = open_memstream(&text, &size_bytes);

	HOLDS(to && store_export(s, to) == STATUS_OK);
	fclose(to);
	HOLDS(store_open(&other, NULL) == STATUS_OK);
	HOLDS(merge(other, text, size_bytes, &n_new, &n_known));
	HOLDS(n_new == n && n_known == 0);
	store_close(other);
	free(text);
	to = open_memstream(&text, &size_bytes);
	HOLDS(to);
	if (report_files_readme(s, to) == STATUS_OK)
		HOLDS(!ferror(to));
	fclose(to);
	free(text);
}

static void check_spec(const uint8_t *data, size_t size_bytes)
{
	const uint8_t *end = memchr(data, '\n', size_bytes);
	json_t *object = json_loadb((const char *)data, end ? (size_t)(end - data) : size_bytes, 0,
				    NULL);
	json_t *spec = json_object_get(object, "spec");
	struct spec first, second;
	char key[2][SPEC_KEY_CHARS];

	if (spec_parse(spec ? spec : object, &first) == STATUS_OK) {
		json_t *again = spec_json(&first);

		HOLDS(again && spec_parse(again, &second) == STATUS_OK);
		spec_key(&first, "", key[0]);
		spec_key(&second, "", key[1]);
		HOLDS(strcmp(key[0], key[1]) == 0);
		json_decref(again);
	}
	json_decref(object);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes)
{
	struct store *s;
	size_t n_new, n_known, n;

	if (size_bytes)
		check_spec(data, size_bytes);
	HOLDS(store_open(&s, NULL) == STATUS_OK);
	if (merge(s, data, size_bytes, &n_new, &n_known)) {
		n = n_new;
		HOLDS(merge(s, data, size_bytes, &n_new, &n_known) && n_new == 0);
		if (n)
			check_store(s, n);
	}
	store_close(s);
	return 0;
}
