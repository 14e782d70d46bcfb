/* SPDX-License-Identifier: BSD-2-Clause
 *
 * cmd_analyze_json.c - what twopart analyze found out, as one JSON object.
 *
 * Amounts of bits that are rounded sums have "units" beside them, whole multiples of 2^-24 bits
 * ("units_per_bit"), which add up exactly.  What does not apply to the file or the model is null.
 */
#include <jansson.h>
#include <math.h>
#include <stdio.h>

#include "cmd_analyze.h"
#include "document.h"
#include "utf8.h"
#include "world.h"

static json_t *hexadecimal(uint64_t digest)
{
	char text[20];

	snprintf(text, sizeof text, "%016llx", (unsigned long long)digest);
	return json_string(text);
}

static void set_units(json_t *o, int64_t units)
{
	json_object_set_new(o, "units", json_integer(units));
	json_object_set_new(o, "bits", json_real(cost_to_bits(units)));
}

static json_t *json_of_file(const struct analyze *a)
{
	const struct analysis_facts *f = &a->facts;
	bool tokens = a->input.is_tokens;
	json_t *notes = json_array();

	for (unsigned i = 0; i < a->n_notes; i++)
		json_array_append_new(notes, utf8_json(a->note[i]));
	return json_pack(
	    "{s:o, s:I, s:s, s:I, s:I, s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "name",
	    utf8_json(cmd_input_name(a->given)), "size_bytes",
	    (json_int_t)a->corpus.bin.size_bytes, "kind",
	    tokens ? "tokens" : a->input.is_text ? "text" : "binary", "symbols",
	    (json_int_t)a->input.n_symbols, "alphabet", (json_int_t)a->input.alphabet,
	    "distinct_symbols", (json_int_t)f->n_distinct, "text_bytes",
	    tokens ? json_null() : json_integer((json_int_t)f->text_bytes), "lines",
	    f->n_lines ? json_integer((json_int_t)f->n_lines) : json_null(),
	    "longest_line_symbols",
	    f->n_lines ? json_integer((json_int_t)f->longest_line) : json_null(), "xxh3_64",
	    hexadecimal(a->file_digest), "tokens_xxh3_64",
	    tokens ? hexadecimal(a->token_digest) : json_null(), "family",
	    a->world ? utf8_json(a->world->family) : json_null(), "notes", notes);
}

static json_t *json_of_entropy(const struct analyze *a)
{
	const struct entropy *e = &a->entropy;
	json_t *orders = json_array();

	for (unsigned k = 0; k < e->n_orders; k++) {
		const struct entropy_order *o = &e->order[k];

		json_array_append_new(
		    orders, json_pack("{s:i, s:I, s:f, s:f}", "order", (int)k, "contexts",
				      (json_int_t)o->n_contexts, "empirical_bits",
				      o->empirical_bits, "adaptive_bits", o->adaptive_bits));
	}
	return json_pack("{s:I, s:o}", "symbols", (json_int_t)e->n_symbols, "orders", orders);
}

static json_t *json_of_code(const struct analyze *a)
{
	char model[512];
	json_t *o;

	cmd_model_text(&a->settings, model, sizeof model);
	o = json_pack("{s:s, s:I, s:I, s:I, s:I, s:I}", "model", model, "archive_bytes",
		      (json_int_t)analyze_archive_bytes(a), "model_bytes",
		      (json_int_t)a->stats.model_bytes, "blocks", (json_int_t)a->stats.n_blocks,
		      "stored_blocks", (json_int_t)a->stats.stored_blocks, "units_per_bit",
		      (json_int_t)COST_UNITS_PER_BIT);
	set_units(o, a->analysis.total.units);
	return o;
}

static json_t *json_of_place(const struct place *p)
{
	json_t *o = json_pack("{s:I, s:I}", "position", (json_int_t)p->first, "symbols",
			      (json_int_t)p->n);

	set_units(o, p->units);
	return o;
}

static json_t *json_of_parts(const struct analyze *a)
{
	json_t *parts = json_array();

	for (unsigned p = 0; p < a->analysis.n_parts; p++)
		json_array_append_new(parts, json_of_place(&a->analysis.part[p]));
	return parts;
}

static json_t *json_of_places(const struct analyze *a, const struct place_list *list)
{
	json_t *places = json_array();

	for (unsigned i = 0; i < list->n; i++) {
		const struct place *p = &list->place[i];
		json_t *o = json_of_place(p);
		char text[ANALYSIS_EXCERPT_BYTES];

		analysis_excerpt(&a->input, p->first, p->n, ANALYZE_COLUMNS, text);
		json_object_set_new(o, "line",
				    p->line ? json_integer((json_int_t)p->line) : json_null());
		json_object_set_new(o, "excerpt", utf8_json(text));
		json_array_append_new(places, o);
	}
	return places;
}

static json_t *json_of_costs(const struct analyze *a)
{
	json_t *costs = json_array();

	for (unsigned c = 0; c < ANALYSIS_COSTS; c++) {
		double below = analysis_cost_below[c];
		json_t *o = json_pack("{s:o, s:I}", "below_bits",
				      isinf(below) ? json_null() : json_real(below), "symbols",
				      (json_int_t)a->analysis.cost_symbols[c]);

		set_units(o, a->analysis.cost_units[c]);
		json_array_append_new(costs, o);
	}
	return costs;
}

static json_t *json_of_classes(const struct analyze *a)
{
	json_t *classes = json_array();

	for (unsigned c = 0; c < BYTE_CLASSES; c++) {
		json_t *o = json_pack("{s:s, s:I}", "class", byte_class_keys[c], "symbols",
				      (json_int_t)a->facts.class_bytes[c]);

		set_units(o, a->analysis.class_units[c]);
		json_array_append_new(classes, o);
	}
	return classes;
}

static json_t *json_of_roles(const struct analyze *a)
{
	json_t *roles = json_array();

	for (unsigned role = 0; role <= COST_ROLES; role++) {
		const struct cost_sum *sum = &a->table.sum[role][COST_CLASSES];
		json_t *o = json_pack("{s:s, s:I}", "role", cost_roles[role].key, "symbols",
				      (json_int_t)sum->n_tokens);

		set_units(o, sum->units);
		json_object_set_new(o, "regret_units", a->has_reference
							   ? json_integer(sum->regret_units)
							   : json_null());
		json_object_set_new(o, "regret_bits",
				    a->has_reference ? json_real(cost_to_bits(sum->regret_units))
						     : json_null());
		json_array_append_new(roles, o);
	}
	return roles;
}

static json_t *json_of_symbols(const struct analyze *a)
{
	json_t *symbols = json_array();

	for (unsigned i = 0; i < a->analysis.n_symbols; i++) {
		const struct symbol_sum *s = &a->analysis.symbols[i];
		json_t *o = json_pack("{s:I, s:o, s:I}", "symbol", (json_int_t)s->symbol, "word",
				      a->input.word ? utf8_json(a->input.word[s->symbol])
						    : json_null(),
				      "symbols", (json_int_t)s->n);

		set_units(o, s->units);
		json_array_append_new(symbols, o);
	}
	return symbols;
}

static json_t *json_of_lines(const struct analyze *a)
{
	const struct analysis *n = &a->analysis;
	json_t *quantiles = json_array();

	for (unsigned q = 0; q < ANALYSIS_QUANTILES; q++)
		json_array_append_new(quantiles, json_pack("{s:f, s:f}", "part",
							   analysis_quantiles[q], "at_most_bits",
							   n->line_bits[q]));
	return json_pack("{s:I, s:o, s:o}", "lines", (json_int_t)n->n_lines, "quantiles",
			 quantiles, "most", json_of_places(a, &n->lines));
}

static json_t *json_of_credit(const struct analyze *a)
{
	const struct credit *c = &a->credit;
	json_t *rows = json_array();

	for (unsigned k = 0; k < c->observer.n_names; k++) {
		const struct credit_row *row = &c->row[k];

		json_array_append_new(
		    rows, json_pack("{s:s, s:f, s:f, s:f, s:I, s:I, s:f, s:f}", "opinion",
				    c->observer.name[k], "saved_bits", row->saved_bits,
				    "missed_bits", row->missed_bits, "weight",
				    c->n_decisions ? row->share / (double)c->n_decisions : 0.0,
				    "best", (json_int_t)row->n_best, "spoke",
				    (json_int_t)row->n_spoke, "alone_bits", row->alone_bits,
				    "coded_bits", row->coded_bits));
	}
	return json_pack("{s:I, s:f, s:f, s:f, s:o}", "decisions", (json_int_t)c->n_decisions,
			 "settled_bits", c->settled_bits, "coded_bits", c->coded_bits,
			 "maps_saved_bits", c->maps_saved_bits, "opinions", rows);
}

int analyze_print_json(const struct analyze *a)
{
	const struct analysis *n = &a->analysis;
	json_t *root = json_pack(
	    "{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "file",
	    json_of_file(a), "entropy", json_of_entropy(a), "code", json_of_code(a),
	    "by_position", json_of_parts(a), "by_cost", json_of_costs(a),
	    "by_class", a->input.is_tokens ? json_null() : json_of_classes(a), "by_role",
	    analyze_has_roles(a) ? json_of_roles(a) : json_null(), "by_line",
	    a->facts.n_lines ? json_of_lines(a) : json_null(), "symbols", json_of_symbols(a),
	    "regions", json_of_places(a, &n->regions), "cheap_runs", json_of_places(a, &n->cheap),
	    "who_paid", a->credit.n_decisions ? json_of_credit(a) : json_null());

	return cmd_print_json(document_new("analyze", ANALYZE_SCHEMA, root));
}
