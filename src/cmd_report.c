/* SPDX-License-Identifier: BSD-2-Clause
 *
 * cmd_report.c - twopart report: tables and drawings of results that are there.
 */
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "report_files.h"
#include "store.h"

enum { OPTION_README = 256, OPTION_NO_DRAWINGS };

static const struct cmd_option options[] = {
    {'o', "output", "DIR", "write there, in the place of an earlier report"},
    {OPTION_README, "readme", NULL, "print the part of the README instead"},
    {OPTION_NO_DRAWINGS, "no-drawings", NULL, "only their scripts; needs no gnuplot"},
    {'q', "quiet", NULL, "do not name the files"},
    {0},
};

static const struct cmd_spec spec = {
    .name = "report",
    .usage = "-o DIR [OPTION]... STORE|LINES",
    .text = "Write the report of what `twopart bench` measured: from its store, or from lines of\n"
	    "JSON (`twopart results export`, bench.jsonl of another report).\n\n"
	    "DIR/bench.html is a page of tables and charts that needs nothing else; bench.md has\n"
	    "the tables, bench.csv every column of them, bench.jsonl the results themselves,\n"
	    "bench-NAME.svg the drawings that gnuplot makes of bench-NAME.gp.  Drawings of an\n"
	    "earlier report that this one does not have are removed.  The same results give the\n"
	    "same bytes.\n",
    .options = options,
};

struct request {
	const char *from, *to;
	bool readme, no_drawings, quiet;
};

/* CMD_END to go on, otherwise the exit code. */
static int parse_arguments(struct request *q, int argc, char **argv)
{
	for (int o; (o = cmd_option_next(&spec, argc, argv)) != CMD_END;) {
		switch (o) {
		case 'o': q->to = optarg; break;
		case OPTION_README: q->readme = true; break;
		case OPTION_NO_DRAWINGS: q->no_drawings = true; break;
		case 'q': q->quiet = true; break;
		case CMD_HELP: return 0;
		default: return EXIT_USAGE;
		}
	}
	if (argc - optind != 1 || !*argv[optind])
		return cmd_usage("report: one STORE or file of LINES, please (see twopart help "
				 "report)");
	if (q->readme == (q->to != NULL))
		return cmd_usage("report: either -o DIR or --readme, please");
	q->from = argv[optind];
	return CMD_END;
}

int cmd_report(int argc, char **argv)
{
	struct request q = {0};
	struct store *store;
	int end = parse_arguments(&q, argc, argv);

	if (end != CMD_END)
		return end;
	enum status s = store_open_reading(&store, q.from);

	if (s != STATUS_OK)
		return cmd_fail(NULL, s);
	s = q.readme ? report_files_readme(store, stdout)
		     : report_files_write(store, q.to, !q.no_drawings, q.quiet ? NULL : stdout);
	store_close(store);
	return s == STATUS_OK ? 0 : cmd_fail(NULL, s);
}
