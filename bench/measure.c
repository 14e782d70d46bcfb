/* SPDX-License-Identifier: BSD-2-Clause */
#include "measure.h"

#include <ctype.h>
#include <malloc.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "child.h"
#include "codec.h"
#include "predictor.h"
#include "verify.h"

#define PROGRAM "/proc/self/exe"
#define DOCUMENT_BYTES ((uint64_t)64 << 20) /* of what a figure prints, at most */

static bool is_kind(const struct spec *s, const char *kind)
{
	return strncmp(s->method, kind, strlen(kind)) == 0;
}

/* Is the symbol a model's, not a byte?  Models read the token file with its header. */
static bool is_ours(const struct spec *s)
{
	return is_kind(s, "model:") || is_kind(s, "fit:");
}

static const char *input_of(const struct job *j)
{
	if (strcmp(j->spec.on, "text") == 0)
		return j->subject->text;
	if (strcmp(j->spec.on, "tokens") == 0 && !is_ours(&j->spec))
		return j->subject->raw_tokens;
	return j->subject->input;
}

static const char *world_of(const struct job *j)
{
	const struct predictor_ops *model;
	char name[64];

	if (!is_kind(&j->spec, "model:"))
		return NULL;
	snprintf(name, sizeof name, "%s", j->spec.method + 6);
	name[strcspn(name, ":")] = '\0';
	model = predictor_by_name(name);
	return model && model->needs_world ? j->subject->world : NULL;
}

/* DIRECTORY/NUMBER-NAME.ending, with nothing unusual in NAME. */
static void job_path(const struct bench *b, size_t index, const char *ending,
		     char path[BENCH_PATH_BYTES])
{
	char name[sizeof b->job->spec.method];

	snprintf(name, sizeof name, "%s", b->job[index].spec.method);
	for (char *c = name; *c; c++)
		if (!isalnum((unsigned char)*c))
			*c = '-';
	/* BENCH_PREFIX_BYTES leaves room for less than the longest method, but names are short. */
	snprintf(path, BENCH_PATH_BYTES, "%s/%03zu-%.80s.%s", b->directory, index, name, ending);
}

static enum status measure_external(const struct bench *b, size_t index, const char *archive,
				    struct cell_result *result)
{
	const struct job *j = &b->job[index];
	char directory[BENCH_PATH_BYTES];
	struct external e = {.version = ""};
	struct external_run run = {
	    .external = &e,
	    .input = input_of(j),
	    .directory = directory,
	    .archive = archive,
	    .limit_seconds = j->spec.limit_seconds,
	    .limit_memory_bytes = j->spec.limit_memory_bytes,
	};

	job_path(b, index, "work", directory);
	snprintf(e.compress, sizeof e.compress, "%s", j->spec.compress);
	snprintf(e.decompress, sizeof e.decompress, "%s", j->spec.decompress);
	return external_run(&run, result);
}

static struct cell cell_of(const struct job *j)
{
	return (struct cell){
	    .program = PROGRAM,
	    .method = j->spec.method,
	    .threads = j->spec.threads,
	    .limit_seconds = j->spec.limit_seconds,
	    .limit_memory_bytes = j->spec.limit_memory_bytes,
	};
}

static enum status measure_cell(const struct bench *b, size_t index, struct cell_result *result)
{
	const struct job *j = &b->job[index];
	char archive[BENCH_PATH_BYTES], decoded[BENCH_PATH_BYTES];
	struct cell cell = cell_of(j);

	if (is_kind(&j->spec, "coder:"))
		return cell_run_coder(&cell, (uint64_t)j->spec.input_bytes, result);
	job_path(b, index, "archive", archive);
	job_path(b, index, "decoded", decoded);
	cell.input = input_of(j);
	cell.world = world_of(j);
	cell.as_bytes = is_kind(&j->spec, "model:") && strcmp(j->spec.on, "bytes") == 0;
	cell.archive = archive;
	cell.decoded = decoded;

	enum status s = j->spec.compress[0] ? measure_external(b, index, archive, result)
					    : cell_run(&cell, result);

	unlink(decoded);
	if (!b->keep)
		unlink(archive);
	return s;
}

/* ---- Figures ---- */

#define FIGURE_OPTIONS_MAX 8

struct figure_line {
	const char
	    *argv[sizeof((struct figure *)NULL)->command / sizeof(char *) + FIGURE_OPTIONS_MAX + 2];
	char option[FIGURE_OPTIONS_MAX][64]; /* that stand behind the name */
};

/* The command behind "twopart", with the corpus in its place, and then the options.
 * STATUS_UNSUPPORTED: options that the figure does not allow, or for which there is no room. */
static enum status figure_words(const struct figure *f, const char *name, const char *prefix,
				struct figure_line *line)
{
	const size_t room = sizeof line->option[0];
	const char **argv = line->argv, *at = name + strcspn(name, ":");

	*argv++ = PROGRAM;
	for (const char *const *word = f->command; *word; word++)
		*argv++ = strcmp(*word, "{corpus}") == 0 ? prefix : *word;
	for (unsigned i = 0; *at; i++) {
		int length = (int)strcspn(++at, ",");

		if (!figure_allows(f, at))
			return fail(STATUS_UNSUPPORTED, "'%s': no option '%.*s' may be added", name,
				    (int)strcspn(at, "=,"), at);
		if (i == FIGURE_OPTIONS_MAX)
			return fail(STATUS_UNSUPPORTED, "too many options: '%s'", name);
		if (snprintf(line->option[i], room, "--%.*s", length, at) >= (int)room)
			return fail(STATUS_UNSUPPORTED, "an option is too long: '%s'", name);
		*argv++ = line->option[i];
		at += length;
	}
	*argv = NULL;
	return STATUS_OK;
}

static void read_document(const char *path, struct measured *m)
{
	json_error_t error;

	m->document = json_load_file(path, 0, &error);
	if (!m->document)
		verdict_set(&m->cell.verdict, OUTCOME_FAILED, "figure: no JSON: %s", error.text);
}

static enum status measure_figure(const struct bench *b, size_t index, struct measured *m)
{
	const struct job *j = &b->job[index];
	const char *name = j->spec.method + strlen("figure:");
	const struct figure *f = figure_by_name(name);
	char prefix[BENCH_PATH_BYTES] = "", printed[BENCH_PATH_BYTES];
	struct figure_line line;
	struct child_setup setup = {
	    .argv = (char *const *)line.argv,
	    .output = printed,
	    .limit_seconds = j->spec.limit_seconds,
	    .limit_memory_bytes = j->spec.limit_memory_bytes,
	    .limit_file_bytes = DOCUMENT_BYTES,
	};
	struct child_result child;

	if (!f)
		return fail(STATUS_UNSUPPORTED, "there is no figure '%s'", j->spec.method);
	if (j->subject) /* a corpus less its ".bin" */
		snprintf(prefix, sizeof prefix, "%.*s",
			 (int)strlen(j->subject->input) - (j->subject->world[0] ? 4 : 0),
			 j->subject->input);
	TRY(figure_words(f, name, prefix, &line));
	job_path(b, index, "document", printed);
	m->cell = (struct cell_result){.ideal_bits = NAN};

	enum status s = child_run_setup(&setup, &child);

	if (s == STATUS_OK && verdict_of_child(&m->cell.verdict, f->name, &setup, &child))
		read_document(printed, m);
	malloc_trim(0); /* a child starts with what its parent still holds on its account */
	unlink(printed);
	m->cell.compress = m->cell.decompress = (struct cell_side){NAN, NAN, NAN, NAN};
	m->cell.compress.cpu_seconds = m->cell.compress.process_seconds = child.cpu_seconds;
	m->cell.compress.wall_seconds = child.wall_seconds;
	m->cell.compress.peak_mib = child.peak_mib;
	return s;
}

enum status measure_job(const struct bench *b, size_t index, struct measured *m)
{
	*m = (struct measured){.document = NULL};
	return spec_is_figure(&b->job[index].spec) ? measure_figure(b, index, m)
						   : measure_cell(b, index, &m->cell);
}

enum status measure_regret(const struct bench *b, size_t index, struct verdict *verdict,
			   double regret_bits[COST_ROLES])
{
	const struct job *j = &b->job[index];
	struct cell cell = cell_of(j);

	cell.input = j->subject->input;
	cell.world = j->subject->world;
	cell.roles = j->subject->roles;
	*verdict = (struct verdict){.outcome = OUTCOME_OK};
	if (strcmp(j->spec.method, "model:" COST_REFERENCE) == 0) {
		memset(regret_bits, 0, COST_ROLES * sizeof *regret_bits);
		return STATUS_OK;
	}
	return cell_regret(&cell, verdict, regret_bits);
}

/* ---- What is needed to decode ---- */

/* The file of a library that this program runs with: of the mappings that the kernel lists. */
static bool find_library(const char *name, char path[BENCH_PATH_BYTES])
{
	FILE *maps = fopen("/proc/self/maps", "r");
	char line[BENCH_PATH_BYTES];
	bool found = false;

	while (maps && !found && fgets(line, sizeof line, maps)) {
		const char *file = strchr(line, '/'), *slash = strrchr(line, '/');

		found = file && strncmp(slash + 1, name, strlen(name)) == 0;
		if (found)
			snprintf(path, BENCH_PATH_BYTES, "%.*s", (int)strcspn(file, "\n"), file);
	}
	if (maps)
		fclose(maps);
	return found;
}

/* Size of a file that xz -9 has packed, in a process of its own: it takes memory. */
static double packed_bytes(const struct bench *b, size_t index, const char *path)
{
	char packed[BENCH_PATH_BYTES];
	const char *const argv[] = {PROGRAM,   "half", "compress", "--method", "codec:xz -9e",
				    "--input", path,   "--output", packed,     NULL};
	struct child_result child;
	uint64_t size_bytes = 0;

	job_path(b, index, "decoder", packed);

	bool good = child_run((char *const *)argv, b->limit_seconds, &child) == STATUS_OK &&
		    child.exit_code == 0 && verify_size(packed, &size_bytes) == STATUS_OK;

	unlink(packed);
	return good ? (double)size_bytes : NAN;
}

static double codec_decoder(const struct bench *b, size_t index, const char *codec)
{
	static const struct {
		const char *codec, *library[2];
	} known[] = {
	    {"zstd ", {"libzstd.so"}},
	    {"xz ", {"liblzma.so"}},
	    {"brotli ", {"libbrotlidec.so", "libbrotlicommon.so"}},
	};
	char path[BENCH_PATH_BYTES];

	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
		double sum = 0;

		if (strncmp(codec, known[i].codec, strlen(known[i].codec)) != 0)
			continue;
		for (size_t k = 0; k < 2 && known[i].library[k]; k++)
			sum += find_library(known[i].library[k], path)
				   ? packed_bytes(b, index, path)
				   : NAN;
		return sum;
	}
	return strcmp(codec, "copy") == 0 ? 0 : NAN;
}

/* Are both decoded by the same library, or by the same command? */
static bool same_decoder(const struct spec *a, const struct spec *b)
{
	size_t n = strcspn(a->method, " "); /* "codec:xz" */

	if (is_kind(a, "codec:"))
		return strncmp(a->method, b->method, n) == 0 && b->method[n] == a->method[n];
	return a->decompress[0] && strcmp(a->decompress, b->decompress) == 0;
}

static double known_decoder(const struct bench *b, const struct spec *s)
{
	for (size_t i = 0; i < b->n_jobs; i++)
		if (!isnan(b->job[i].result.decoder_bytes) && same_decoder(s, &b->job[i].spec))
			return b->job[i].result.decoder_bytes;
	return NAN;
}

double measure_decoder(const struct bench *b, size_t index)
{
	const struct spec *s = &b->job[index].spec;
	char program[512], path[BENCH_PATH_BYTES];
	double known = known_decoder(b, s);

	if (spec_is_figure(s))
		return NAN;
	if (is_ours(s) || is_kind(s, "coder:"))
		return b->origin.source_bytes;
	if (!isnan(known))
		return known;
	if (is_kind(s, "codec:"))
		return codec_decoder(b, index, s->method + strlen("codec:"));
	if (sscanf(s->decompress, " %511s", program) == 1 &&
	    external_find_program(program, path, sizeof path) == STATUS_OK)
		return packed_bytes(b, index, path);
	return NAN;
}

double measure_load(void)
{
	FILE *f = fopen("/proc/loadavg", "r");
	unsigned running;
	bool good = f && fscanf(f, "%*s %*s %*s %u", &running) == 1 && running > 0;

	if (f)
		fclose(f);
	return good ? running - 1.0 : NAN;
}
