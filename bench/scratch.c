/* SPDX-License-Identifier: BSD-2-Clause */
#include "scratch.h"

#include <ftw.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/stat.h>

#define OPEN_DIRECTORIES_MAX 16

enum status scratch_make(const char *path)
{
	scratch_remove(path);
	return mkdir(path, 0700) == 0 ? STATUS_OK : fail_errno(STATUS_IO, "%s", path);
}

enum status scratch_copy(const char *from, long skip_bytes, const char *to)
{
	FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");
	char chunk[65536];
	size_t n;
	bool good = in && out && fseek(in, skip_bytes, SEEK_SET) == 0;

	while (good && (n = fread(chunk, 1, sizeof chunk, in)) > 0)
		good = fwrite(chunk, 1, n, out) == n;
	good = good && !ferror(in);
	if (in)
		fclose(in);
	if (out && fclose(out) != 0)
		good = false;
	return good ? STATUS_OK : fail_errno(STATUS_IO, "copying %s to %s", from, to);
}

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *where)
{
	(void)info;
	(void)kind;
	(void)where;
	remove(path);
	return 0;
}

void scratch_remove(const char *path)
{
	nftw(path, remove_one, OPEN_DIRECTORIES_MAX, FTW_DEPTH | FTW_PHYS);
}
