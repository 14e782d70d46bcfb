/* SPDX-License-Identifier: BSD-2-Clause */
#include "cmd_measure.h"

#include <stdio.h>
#include <string.h>

#include "child.h"
#include "cmd.h"

#define EXIT_CELL_FAILED 1 /* some cell has no figures, or no regret */

const char *cmd_store_path(const char *text)
{
	return strcmp(text, "none") == 0 ? NULL : text;
}

enum status cmd_measure(struct bench *b, const char *command, const char *store_path)
{
	enum status s = bench_run(b);

	bench_progress(b, "%s", "");
	if (child_interrupted() && store_path)
		fprintf(stderr, "twopart %s: interrupted; what is measured is in %s, and the "
				"same command goes on from there\n",
			command, store_path);
	return s;
}

void cmd_say_store(const char *command, const char *store_path)
{
	if (store_path)
		fprintf(stderr, "twopart %s: results are in %s: twopart report %s -o DIR\n",
			command, store_path, store_path);
}

int cmd_measure_end(struct bench *b, enum status s, const char *cells)
{
	size_t n_failed = b->n_failed;

	bench_progress(b, "%s", "");
	bench_close(b);
	if (child_interrupted())
		child_die_of(child_interrupted());
	if (s != STATUS_OK)
		return cmd_fail(NULL, s);
	if (n_failed)
		fprintf(stderr, "twopart: cells that failed%s: %zu\n", cells, n_failed);
	return n_failed ? EXIT_CELL_FAILED : 0;
}
