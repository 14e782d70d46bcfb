/* SPDX-License-Identifier: BSD-2-Clause */
#include "verify.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum status verify_size(const char *path, uint64_t *size_bytes)
{
	struct stat info;

	if (stat(path, &info) < 0)
		return fail_errno(STATUS_IO, "%s", path);
	*size_bytes = (uint64_t)info.st_size;
	return STATUS_OK;
}

static bool streams_equal(FILE *a, FILE *b)
{
	char x[65536], y[65536];
	size_t n;

	do {
		n = fread(x, 1, sizeof x, a);
		if (fread(y, 1, sizeof y, b) != n || memcmp(x, y, n) != 0)
			return false;
	} while (n > 0);
	return !ferror(a) && !ferror(b);
}

bool verify_same(const char *decoded, const char *original, struct verdict *v)
{
	FILE *a = fopen(decoded, "rb"), *b = fopen(original, "rb");
	bool good;

	if (!a || !b)
		good = verdict_set(v, OUTCOME_FAILED, "%s cannot be read",
				   a ? "the original" : "the decoded file");
	else
		good = streams_equal(a, b) ||
		       verdict_set(v, OUTCOME_WRONG, "the decoded file differs from the original");
	if (a)
		fclose(a);
	if (b)
		fclose(b);
	return good;
}
