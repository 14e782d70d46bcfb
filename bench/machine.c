/* SPDX-License-Identifier: BSD-2-Clause */
#include "machine.h"

#include <stdio.h>
#include <stdlib.h>
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

#ifndef TWOPART_CFLAGS
#define TWOPART_CFLAGS "unknown" /* the Makefile tells its own */
#endif

/* Flags of x86 and ARM processors that compressors choose their code by, and whether the processor
 * is a whole one. */
static const char *const telling_flags[] = {
    "sse2",     "ssse3",    "sse4_1",      "sse4_2",  "popcnt",     "avx",   "avx2", "fma",  "bmi1",
    "bmi2",     "avx512f",  "avx512bw",    "avx512vl", "avx512dq",  "avx512_vnni",   "gfni", "aes",
    "vaes",     "pclmulqdq", "vpclmulqdq", "sha_ni",  "hypervisor", "asimd", "crc32", "sve", "sve2",
};

/* The value of the first "NAME : value" line of a file of /proc; empty if there is none. */
static void proc_value(const char *path, const char *name, char *value, size_t size_bytes)
{
	FILE *f = fopen(path, "r");
	char line[4096];

	value[0] = '\0';
	while (f && fgets(line, sizeof line, f)) {
		char *colon = strchr(line, ':');

		if (strncmp(line, name, strlen(name)) != 0 || !colon)
			continue;
		colon += strspn(colon, ": \t");
		colon[strcspn(colon, "\n")] = '\0';
		snprintf(value, size_bytes, "%s", colon);
		break;
	}
	if (f)
		fclose(f);
}

/* The first line of a file of /sys; empty if it cannot be read. */
static void sys_line(const char *path, char *line, size_t size_bytes)
{
	FILE *f = fopen(path, "r");

	if (!f || !fgets(line, (int)size_bytes, f))
		line[0] = '\0';
	line[strcspn(line, "\n")] = '\0';
	if (f)
		fclose(f);
}

static json_t *cpu_flags(void)
{
	char all[4096], chosen[512] = "";
	size_t used = 0;

	proc_value("/proc/cpuinfo", "flags", all, sizeof all);
	if (!all[0])
		proc_value("/proc/cpuinfo", "Features", all, sizeof all);
	for (char *rest, *flag = strtok_r(all, " ", &rest); flag; flag = strtok_r(NULL, " ", &rest))
		for (size_t i = 0; i < sizeof telling_flags / sizeof *telling_flags; i++)
			if (strcmp(flag, telling_flags[i]) == 0 && used < sizeof chosen)
				used += (size_t)snprintf(chosen + used, sizeof chosen - used,
							 "%s%s", used ? " " : "", flag);
	return json_string(chosen);
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

/* The revision tells a package with a repaired library from one without; no dpkg, no packages. */
static json_t *machine_packages(void)
{
	json_t *packages = json_object();
	FILE *from = popen("dpkg-query -W -f '${Package} ${Version}\\n' libzstd1 liblzma5 "
			   "libbrotli1 libjansson4 libxxhash0 libsqlite3-0 2>/dev/null",
			   "r");
	char line[256];

	while (from && fgets(line, sizeof line, from)) {
		char *version = strchr(line, ' ');

		line[strcspn(line, "\n")] = '\0';
		if (!version || !version[1])
			continue;
		*version = '\0';
		json_object_set_new(packages, line, json_string(version + 1));
	}
	if (from)
		pclose(from);
	return packages;
}

json_t *machine_describe(void)
{
	json_t *machine = json_object();
	struct utsname u;
	char text[256];

	proc_value("/proc/cpuinfo", "model name", text, sizeof text);
	json_object_set_new(machine, "cpu", json_string(text[0] ? text : "unknown"));
	json_object_set_new(machine, "flags", cpu_flags());
	json_object_set_new(machine, "cores", json_integer(sysconf(_SC_NPROCESSORS_ONLN)));
	proc_value("/proc/meminfo", "MemTotal", text, sizeof text);
	json_object_set_new(machine, "memory_mib", json_integer(atoll(text) / 1024));
	sys_line("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", text, sizeof text);
	json_object_set_new(machine, "governor", json_string(text));
	if (uname(&u) == 0) {
		snprintf(text, sizeof text, "%.64s %.64s %.64s", u.sysname, u.release, u.machine);
		json_object_set_new(machine, "system", json_string(text));
	}
	json_object_set_new(machine, "compiler", json_string(machine_compiler()));
	json_object_set_new(machine, "cflags", json_string(TWOPART_CFLAGS));
	json_object_set_new(machine, "libraries", machine_libraries());
	json_object_set_new(machine, "packages", machine_packages());
	return machine;
}

enum status machine_id(const json_t *machine, char id[SPEC_DIGEST_CHARS])
{
	char *text = json_dumps(machine, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENSURE_ASCII);

	if (!text)
		return fail_no_memory();
	snprintf(id, SPEC_DIGEST_CHARS, "%016llx",
		 (unsigned long long)XXH3_64bits(text, strlen(text)));
	free(text);
	return STATUS_OK;
}
