/* SPDX-License-Identifier: BSD-2-Clause
 *
 * mixer_table.c - a report on mixers as Markdown and as JSON.
 */
#include <jansson.h>
#include <math.h>

#include "document.h"
#include "mixer_report.h"

static double over_best(const struct mixer_report *r, const struct mixer_row *row)
{
	return 100 * (row->archive_bytes / r->row[r->best_expert].archive_bytes - 1);
}

static void print_row(const struct mixer_report *r, const struct mixer_row *row, FILE *to)
{
	const char *mark = row == &r->row[r->best_expert] ? "**" : "";

	fprintf(to, "| %s%s%s%s | %.0f | %.4f | %+.2f | %.1f |", mark, row->name,
		row->stored ? " (stored)" : "", mark, row->archive_bytes,
		8 * row->archive_bytes / fmax(r->n_symbols, 1), over_best(r, row), row->ideal_bits);
	if (isnan(row->bound_bits))
		fprintf(to, "  |  |");
	else
		fprintf(to, " %.1f | %s |", row->bound_bits, row->bound);
	fprintf(to, " %.2f | %.2f |\n", row->compress_seconds, row->decompress_seconds);
}

void mixer_report_markdown(const struct mixer_report *r, FILE *to)
{
	fprintf(to,
		"**%s**: %.0f symbols of %u, %u experts, %llu binary decisions\n\n"
		"| method | archive | bits/symbol | %% over best expert | ideal bits | bound | "
		"bound is | enc s | dec s |\n"
		"| ------ | ------: | ----------: | -----------------: | ---------: | ----: | "
		"-------- | ----: | ----: |\n",
		r->input, r->n_symbols, r->alphabet, r->n_experts,
		(unsigned long long)r->bounds.all.n_bits);
	for (unsigned i = 0; i < r->n_rows; i++)
		print_row(r, &r->row[i], to);
	fprintf(to, "\nswitching, bound by the best sequence of experts with at most ");
	for (unsigned m = 0; m < MIXER_SWITCHES; m++)
		fprintf(to, "%u, ", m);
	fprintf(to, "any number of switches:");
	for (unsigned m = 0; m <= MIXER_SWITCHES; m++)
		fprintf(to, "%s %.1f", m ? "," : "", mixer_bounds_switching(&r->bounds, false, m));
	fprintf(to,
		" bits\nctw, best tree in hindsight: %llu leaves; ideal %.1f + parameters %.1f + "
		"shape %.1f = %.1f bits\n",
		(unsigned long long)r->ctw.n_leaves, r->ctw.ideal_bits, r->ctw.parameter_bits,
		r->ctw.tree_bits, r->ctw.total_bits);
}

static json_t *row_json(const struct mixer_row *row)
{
	return json_pack("{s:s, s:s, s:o, s:o, s:b, s:o, s:s?, s:o, s:o, s:b}", "name", row->name,
			 "model", row->model, "archive_bytes", document_number(row->archive_bytes),
			 "ideal_bits", document_number(row->ideal_bits), "stored", row->stored,
			 "bound_bits", document_number(row->bound_bits), "bound", row->bound,
			 "compress_cpu_seconds", document_number(row->compress_seconds),
			 "decompress_cpu_seconds", document_number(row->decompress_seconds),
			 "verified", 1);
}

json_t *mixer_report_json(const struct mixer_report *r)
{
	json_t *rows = json_array(), *switching = json_array();
	json_t *tree = json_pack("{s:I, s:o, s:o, s:o, s:o}", "leaves", (json_int_t)r->ctw.n_leaves,
				 "ideal_bits", document_number(r->ctw.ideal_bits), "parameter_bits",
				 document_number(r->ctw.parameter_bits), "shape_bits",
				 document_number(r->ctw.tree_bits), "total_bits",
				 document_number(r->ctw.total_bits));

	for (unsigned i = 0; i < r->n_rows; i++)
		json_array_append_new(rows, row_json(&r->row[i]));
	for (unsigned m = 0; m < MIXER_SWITCHES; m++)
		json_array_append_new(
		    switching, document_number(mixer_bounds_switching(&r->bounds, false, m)));
	return json_pack(
	    "{s:s, s:I, s:i, s:i, s:I, s:s, s:o, s:o, s:o, s:o}", "input", r->input, "symbols",
	    (json_int_t)r->n_symbols, "alphabet", (int)r->alphabet, "experts", (int)r->n_experts,
	    "decisions", (json_int_t)r->bounds.all.n_bits, "best_expert",
	    r->row[r->best_expert].name, "rows", rows, "switching_bound_bits", switching,
	    "switching_bound_bits_any",
	    document_number(mixer_bounds_switching(&r->bounds, false, MIXER_SWITCHES)), "best_tree",
	    tree);
}
