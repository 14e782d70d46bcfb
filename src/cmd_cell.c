/* SPDX-License-Identifier: BSD-2-Clause
 *
 * cmd_cell.c - `twopart cell compress|decompress`: half a cell of the benchmark in a process of its
 * own.  Not for people: bench/cell.c runs it and reads the line of JSON that it prints.
 *
 * Both kinds of method, whole-buffer codecs and our models, are two functions of the same shape, so
 * they are timed alike: the clock runs around the coding call, not around the files.
 */
#include <getopt.h>
#include <jansson.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "archive.h"
#include "codec.h"
#include "timer.h"
#include "world.h"

struct job {
	const char *method; /* behind the kind's prefix */
	const char *input, *output, *world_path;
	size_t original_bytes; /* told to codecs that decompress */
	bool as_bytes;

	struct world *world;
	struct buffer in, out;
	double ideal_bits; /* NaN: not known */
};

struct method_kind {
	const char *prefix;
	enum status (*compress)(struct job *j);
	enum status (*decompress)(struct job *j);
};

static enum status find_codec(const char *name, const struct codec_ops **out)
{
	*out = codec_by_name(name);
	return *out ? STATUS_OK : fail(STATUS_BAD_ARGUMENT, "no codec is called '%s'", name);
}

static enum status codec_compress(struct job *j)
{
	const struct codec_ops *c;

	TRY(find_codec(j->method, &c));
	return c->compress(c, j->in.data, j->in.size_bytes, &j->out);
}

static enum status codec_decompress(struct job *j)
{
	const struct codec_ops *c;

	TRY(find_codec(j->method, &c));
	return c->decompress(c, j->in.data, j->in.size_bytes, j->original_bytes, &j->out);
}

static enum status model_compress(struct job *j)
{
	struct archive_settings settings;
	struct archive_stats stats;

	TRY(archive_settings_parse(&settings, j->method));
	settings.world = j->world;
	settings.threads = 1;
	settings.as_bytes = j->as_bytes;
	TRY(archive_compress(&settings, j->in.data, j->in.size_bytes, &j->out, &stats));
	j->ideal_bits = stats.ideal_bits;
	return STATUS_OK;
}

static enum status model_decompress(struct job *j)
{
	return archive_decompress(j->in.data, j->in.size_bytes, j->world, 1, &j->out, NULL);
}

static const struct method_kind kinds[] = {
    {"codec:", codec_compress, codec_decompress},
    {"model:", model_compress, model_decompress},
};

/* Strip the prefix from j->method and return the kind that it names. */
static const struct method_kind *take_kind(struct job *j)
{
	for (size_t i = 0; j->method && i < sizeof kinds / sizeof kinds[0]; i++) {
		size_t length = strlen(kinds[i].prefix);

		if (strncmp(j->method, kinds[i].prefix, length) == 0) {
			j->method += length;
			return &kinds[i];
		}
	}
	return NULL;
}

static enum status read_whole(const char *path, struct buffer *out)
{
	FILE *f = fopen(path, "rb");
	size_t n = 1;

	if (!f)
		return fail_errno(STATUS_IO, "%s", path);
	while (n > 0 && buffer_reserve(out, 65536)) {
		n = fread(out->data + out->size_bytes, 1, out->capacity_bytes - out->size_bytes, f);
		out->size_bytes += n;
	}
	enum status s = ferror(f) ? fail_errno(STATUS_IO, "%s", path) : buffer_status(out);

	fclose(f);
	return s;
}

static enum status write_whole(const char *path, const struct buffer *b)
{
	FILE *f = fopen(path, "wb");

	if (!f)
		return fail_errno(STATUS_IO, "%s", path);

	size_t n = b->size_bytes ? fwrite(b->data, 1, b->size_bytes, f) : 0;

	if (fclose(f) != 0 || n != b->size_bytes)
		return fail_errno(STATUS_IO, "%s", path);
	return STATUS_OK;
}

static void print_report(const struct job *j, struct timer took)
{
	json_t *root = json_object();

	json_object_set_new(root, "cpu_seconds", json_real(took.cpu_seconds));
	json_object_set_new(root, "wall_seconds", json_real(took.wall_seconds));
	if (!isnan(j->ideal_bits))
		json_object_set_new(root, "ideal_bits", json_real(j->ideal_bits));
	json_dumpf(root, stdout, JSON_COMPACT);
	putchar('\n');
	json_decref(root);
}

static enum status run_job(struct job *j, enum status (*code)(struct job *))
{
	TRY(read_whole(j->input, &j->in));
	if (j->world_path)
		TRY(world_load(&j->world, j->world_path));

	struct timer start = timer_start();

	TRY(code(j));

	struct timer took = timer_since(start);

	TRY(write_whole(j->output, &j->out));
	print_report(j, took);
	return STATUS_OK;
}

static bool parse_arguments(int argc, char **argv, struct job *j)
{
	static const struct option options[] = {
	    {"method", required_argument, NULL, 'm'}, {"input", required_argument, NULL, 'i'},
	    {"output", required_argument, NULL, 'o'}, {"world", required_argument, NULL, 'w'},
	    {"size", required_argument, NULL, 's'},   {"bytes", no_argument, NULL, 'b'},
	    {0},
	};
	int key;

	while ((key = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (key) {
		case 'm':
			j->method = optarg;
			break;
		case 'i':
			j->input = optarg;
			break;
		case 'o':
			j->output = optarg;
			break;
		case 'w':
			j->world_path = optarg;
			break;
		case 's':
			j->original_bytes = strtoull(optarg, NULL, 10);
			break;
		case 'b':
			j->as_bytes = true;
			break;
		default:
			return false;
		}
	}
	return j->input && j->output && optind == argc - 1;
}

int cmd_cell(int argc, char **argv)
{
	struct job j = {.ideal_bits = NAN};
	bool parsed = parse_arguments(argc, argv, &j);
	const struct method_kind *kind = take_kind(&j);
	enum status (*code)(struct job *) = NULL;

	if (parsed && kind && strcmp(argv[optind], "compress") == 0)
		code = kind->compress;
	else if (parsed && kind && strcmp(argv[optind], "decompress") == 0)
		code = kind->decompress;
	if (!code) {
		fprintf(stderr, "twopart cell: this command is the benchmark's own\n");
		return status_exit_code(STATUS_BAD_ARGUMENT);
	}

	enum status s = run_job(&j, code);

	if (s != STATUS_OK)
		fprintf(stderr, "twopart cell: %s%s: %s\n", kind->prefix, j.method,
			status_message());
	buffer_free(&j.in);
	buffer_free(&j.out);
	world_free(j.world);
	return status_exit_code(s);
}
