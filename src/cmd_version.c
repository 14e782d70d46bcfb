/* SPDX-License-Identifier: BSD-2-Clause
 *
 * cmd_version.c - twopart --version: what this program was built from and with.
 */
#include <jansson.h>
#include <math.h>
#include <stdio.h>

#include "bench.h"
#include "cmd.h"
#include "kernels.h"
#include "machine.h"
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

static json_t *describe(void)
{
	json_t *all = json_object(), *libraries = machine_libraries();
	char openmp[16] = "none";

#ifdef _OPENMP
	snprintf(openmp, sizeof openmp, "%d", _OPENMP);
#endif
	json_object_set_new(all, "twopart", json_string(TWOPART_VERSION));
	json_object_set_new(all, "commit", json_string(cmd_commit()));
	json_object_set_new(all, "sources", json_string(TWOPART_SOURCES));
	json_object_set_new(all, "compiler", json_string(machine_compiler()));
	json_object_set_new(all, "openmp", json_string(openmp));
	json_object_set_new(all, "simd", json_string(kernels()->name));
	json_object_update(all, libraries);
	json_decref(libraries);
	return all;
}

int cmd_version(int argc, char **argv)
{
	bool json;
	const char *name;
	json_t *value;

	int end = cmd_only_json(&spec, argc, argv, &json);

	if (end != CMD_END)
		return end;
	if (optind < argc)
		return cmd_usage("--version: '%s' is not an option", argv[optind]);

	json_t *all = describe();

	if (json) {
		json_dumpf(all, stdout, JSON_INDENT(2));
		putchar('\n');
	} else {
		json_object_foreach(all, name, value)
			printf("%-9s %s\n", name, json_string_value(value));
	}
	json_decref(all);
	return 0;
}
