/* SPDX-License-Identifier: BSD-2-Clause */
#include "machine.h"

#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>
#include <xxhash.h>

#include "codec.h"

#ifdef __clang__
#define COMPILER __VERSION__ /* begins with "Clang" */
#else
#define COMPILER "gcc " __VERSION__
#endif

/* The value of the first "model name : value" line, which not every architecture has. */
static void cpu_name(char *name, size_t size_bytes)
{
	FILE *f = fopen("/proc/cpuinfo", "r");
	char line[512];

	snprintf(name, size_bytes, "unknown");
	while (f && fgets(line, sizeof line, f)) {
		char *value = strchr(line, ':');

		if (strncmp(line, "model name", 10) != 0 || !value)
			continue;
		value += strspn(value, ": \t");
		value[strcspn(value, "\n")] = '\0';
		snprintf(name, size_bytes, "%s", value);
		break;
	}
	if (f)
		fclose(f);
}

const char *machine_compiler(void)
{
	return COMPILER;
}

/* One entry for each library behind the codecs: "zstd -3" and "zstd -19" are one. */
json_t *machine_libraries(void)
{
	json_t *versions = json_object();
	unsigned xxhash = XXH_versionNumber();
	char text[32];

	for (const struct codec_ops *const *c = codecs; *c; c++) {
		char library[64];

		snprintf(library, sizeof library, "%s", (*c)->name);
		library[strcspn(library, " ")] = '\0';
		if (strcmp((*c)->version(), "-") != 0)
			json_object_set_new(versions, library, json_string((*c)->version()));
	}
	snprintf(text, sizeof text, "%u.%u.%u", xxhash / 10000, xxhash / 100 % 100, xxhash % 100);
	json_object_set_new(versions, "jansson", json_string(jansson_version_str()));
	json_object_set_new(versions, "xxhash", json_string(text));
	return versions;
}

json_t *machine_describe(void)
{
	json_t *machine = json_object();
	struct utsname u;
	char text[256];

	cpu_name(text, sizeof text);
	json_object_set_new(machine, "cpu", json_string(text));
	json_object_set_new(machine, "cores", json_integer(sysconf(_SC_NPROCESSORS_ONLN)));
	if (uname(&u) == 0) {
		snprintf(text, sizeof text, "%.64s %.64s %.64s", u.sysname, u.release, u.machine);
		json_object_set_new(machine, "system", json_string(text));
	}
	json_object_set_new(machine, "compiler", json_string(machine_compiler()));
	json_object_set_new(machine, "libraries", machine_libraries());
	return machine;
}
