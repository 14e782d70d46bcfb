/* SPDX-License-Identifier: BSD-2-Clause
 *
 * cmd_version.c - twopart --version: what this program was built from and with.
 */
#include <jansson.h>
#include <math.h>
#include <omp.h>
#include <openssl/crypto.h>
#include <stdio.h>

#include "bench.h"
#include "cmd.h"
#include "document.h"
#include "kernels.h"
#include "machine.h"
#include "simd.h"
#include "version.h"

#ifndef TWOPART_COMMIT
#define TWOPART_COMMIT "unknown" /* the Makefile asks git, for this file alone */
#endif

#ifndef TWOPART_SOURCES
#define TWOPART_SOURCES "unknown" /* digest of the library's sources, likewise */
#endif
#ifndef TWOPART_SOURCE_BYTES
#define TWOPART_SOURCE_BYTES 0 /* of them, packed by xz -9e; 0: there was no xz */
#endif

static const struct cmd_option options[] = {
    {CMD_JSON, "json", NULL, "one JSON object"},
    {0},
};

static const struct cmd_spec spec = {
    .name = "--version",
    .usage = "[--json]",
    .text = "Show the versions of this program, its compiler and the libraries it runs with.\n",
    .options = options,
};

const char *cmd_commit(void)
{
	return TWOPART_COMMIT;
}

const struct origin *cmd_origin(void)
{
	static const struct origin origin = {
	    .program = TWOPART_VERSION " " TWOPART_COMMIT,
	    .version = TWOPART_VERSION " sources " TWOPART_SOURCES,
	    .source_bytes = TWOPART_SOURCE_BYTES > 0 ? TWOPART_SOURCE_BYTES : NAN,
	};

	return &origin;
}

/* Forms of instructions that this program has and the processor too; the plain one always. */
static json_t *available_forms(void)
{
	json_t *forms = json_array();

	for (int form = 0; form < SIMD_FORMS; form++)
		if (simd_available((enum simd)form))
			json_array_append_new(forms, json_string(simd_name((enum simd)form)));
	return forms;
}

static json_t *libraries(void)
{
	json_t *all = machine_libraries();

	json_object_set_new(all, "openssl", json_string(OpenSSL_version(OPENSSL_VERSION_STRING)));
	return all;
}

static json_t *describe(void)
{
	char openmp[16] = "none";

#ifdef _OPENMP
	snprintf(openmp, sizeof openmp, "%d", _OPENMP);
#endif
	return document_new(
	    "version", 1,
	    json_pack("{s:s, s:s, s:s, s:s, s:s, s:i, s:s, s:o, s:o}", "twopart", TWOPART_VERSION,
		      "commit", cmd_commit(), "sources", TWOPART_SOURCES, "compiler",
		      machine_compiler(), "openmp", openmp, "threads", omp_get_max_threads(),
		      "simd", kernels()->name, "simd_available", available_forms(), "libraries",
		      libraries()));
}

/* One line a string: of the document, then of its libraries. */
static void print_text(const json_t *all)
{
	static const char *const own[] = {"twopart", "commit", "sources", "compiler",
					 "openmp",  "simd"};
	const char *name;
	json_t *value;

	for (size_t i = 0; i < sizeof own / sizeof *own; i++)
		printf("%-9s %s\n", own[i], json_string_value(json_object_get(all, own[i])));
	json_object_foreach(json_object_get(all, "libraries"), name, value)
		printf("%-9s %s\n", name, json_string_value(value));
}

int cmd_version(int argc, char **argv)
{
	bool json;
	int end = cmd_only_json(&spec, argc, argv, &json);

	if (end != CMD_END)
		return end;
	if (optind < argc)
		return cmd_usage("--version: '%s' is not an option", argv[optind]);

	json_t *all = describe();

	if (json || !all)
		return cmd_print_json(all);
	print_text(all);
	json_decref(all);
	return 0;
}
