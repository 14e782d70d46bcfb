/* SPDX-License-Identifier: BSD-2-Clause
 *
 * standalone.c - a main() for a fuzz target where there is no fuzzing engine.
 *
 *      TARGET [-n RUNS] [-s SEED] [-m SECONDS] [-k FILE] FILE|DIRECTORY...
 *
 * Calls the target with each file, then RUNS times with mutations of them that follow from SEED
 * alone: bits and bytes altered, stretches removed, repeated, or copied from another file.  Without
 * feedback from coverage that is no search, but it needs only a C compiler, and a failure can be
 * had again: what is being tried is kept in FILE until the target has returned.  A call that takes
 * longer than SECONDS (20) ends the program.
 */
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "file.h"
#include "fuzz.h"
#include "rng.h"

#define FILES_MAX 1024
#define EDITS_MAX 5
#define STRETCH_MAX 64

static struct buffer file[FILES_MAX];
static size_t n_files;
static const char *kept = NULL;
static unsigned limit_seconds = 20;

static void add_file(const char *path)
{
	HOLDS(n_files < FILES_MAX);
	HOLDS(buffer_reserve(&file[n_files], 1)); /* an empty one has a place, too */
	HOLDS(file_read(path, &file[n_files], NULL) == STATUS_OK);
	n_files++;
}

/* A directory's files by name, so that a run is the same everywhere. */
static void add(const char *path)
{
	struct dirent **entry;
	struct stat info;
	char name[4096];

	HOLDS(stat(path, &info) == 0);
	if (!S_ISDIR(info.st_mode)) {
		add_file(path);
		return;
	}
	int n = scandir(path, &entry, NULL, alphasort);

	HOLDS(n >= 0);
	for (int i = 0; i < n; i++) {
		snprintf(name, sizeof name, "%s/%s", path, entry[i]->d_name);
		if (entry[i]->d_name[0] != '.')
			add_file(name);
		free(entry[i]);
	}
	free(entry);
}

/* From a copy of its own size, so that a sanitizer sees each byte read behind it. */
static void call(const struct buffer *b)
{
	uint8_t *copy = malloc(b->size_bytes ? b->size_bytes : 1);
	FILE *to = kept ? fopen(kept, "wb") : NULL;

	HOLDS(copy && (!kept || to));
	if (b->size_bytes)
		memcpy(copy, b->data, b->size_bytes);
	if (to) {
		HOLDS(fwrite(copy, 1, b->size_bytes, to) == b->size_bytes);
		HOLDS(fclose(to) == 0);
	}
	alarm(limit_seconds);
	LLVMFuzzerTestOneInput(copy, b->size_bytes);
	alarm(0);
	free(copy);
}

/* Replace n_out bytes at `at` by n_in others. */
static void replace(struct buffer *b, size_t at, size_t n_out, const uint8_t *in, size_t n_in)
{
	struct buffer next = {0};

	HOLDS(buffer_reserve(&next, 1));
	buffer_append(&next, b->data, at);
	buffer_append(&next, in, n_in);
	buffer_append(&next, b->data + at + n_out, b->size_bytes - at - n_out);
	HOLDS(buffer_status(&next) == STATUS_OK);
	buffer_free(b);
	*b = next;
}

static void edit(struct buffer *b, struct rng *rng)
{
	static const uint8_t edges[] = {0, 1, 0x7f, 0x80, 0xff, '"', ',', '9', '-'};
	const struct buffer *other = &file[rng_below(rng, n_files)];
	size_t at = b->size_bytes ? rng_below(rng, b->size_bytes) : 0;
	size_t rest = b->size_bytes - at, n = 1 + rng_below(rng, STRETCH_MAX);
	size_t from = other->size_bytes ? rng_below(rng, other->size_bytes) : 0;
	size_t there = other->size_bytes - from;
	uint8_t byte = edges[rng_below(rng, sizeof edges)];

	n = n < rest ? n : rest;
	switch (rng_below(rng, 7)) {
	case 0:
		byte = (uint8_t)rng_below(rng, 256);
		replace(b, at, rest > 0, &byte, 1);
		break;
	case 1: replace(b, at, rest > 0, &byte, 1); break;
	case 2: replace(b, at, n, NULL, 0); break;
	case 3: replace(b, at, 0, &byte, 1); break;
	case 4: replace(b, at, n, other->data + from, n < there ? n : there); break;
	case 5: replace(b, at, 0, other->data + from, n < there ? n : there); break;
	default:
		if (rest)
			b->data[at] ^= (uint8_t)(1u << rng_below(rng, 8));
	}
}

static void call_mutated(uint64_t seed, uint64_t run)
{
	struct rng rng = rng_stream(seed, 0, run);
	const struct buffer *from = &file[rng_below(&rng, n_files)];
	struct buffer b = {0};

	HOLDS(buffer_reserve(&b, 1));
	buffer_append(&b, from->data, from->size_bytes);
	for (uint64_t edits = 1 + rng_below(&rng, EDITS_MAX); edits > 0; edits--)
		edit(&b, &rng);
	call(&b);
	buffer_free(&b);
}

int main(int argc, char **argv)
{
	unsigned long long runs = 0, seed = 1;

	for (int o; (o = getopt(argc, argv, "n:s:m:k:")) != -1;) {
		switch (o) {
		case 'n': runs = strtoull(optarg, NULL, 10); break;
		case 's': seed = strtoull(optarg, NULL, 10); break;
		case 'm': limit_seconds = (unsigned)strtoul(optarg, NULL, 10); break;
		case 'k': kept = optarg; break;
		default: return 1;
		}
	}
	for (int i = optind; i < argc; i++)
		add(argv[i]);
	HOLDS(n_files > 0);
	for (size_t i = 0; i < n_files; i++)
		call(&file[i]);
	for (unsigned long long run = 0; run < runs; run++)
		call_mutated(seed, run);
	if (kept)
		unlink(kept);
	fprintf(stderr, "%zu files, %llu mutations\n", n_files, runs);
	for (size_t i = 0; i < n_files; i++)
		buffer_free(&file[i]);
	return 0;
}
