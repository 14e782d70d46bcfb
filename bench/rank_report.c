/* SPDX-License-Identifier: BSD-2-Clause
 *
 * rank_report.c - the ranking as a page of Markdown and as JSON.
 *
 * Nothing of the moment is in either, and numbers are printed by digits that do not depend on the
 * machine: the same results give the same bytes.
 */
#include <math.h>
#include <string.h>

#include "document.h"
#include "rank.h"

#define RATIO "%.4f"
#define RATIO_TOP 100 /* from here on four digits behind the point say nothing */

/* ---- Markdown. ---- */

/* Text of a result in a cell of a table. */
static void print_text(const char *text, FILE *to)
{
	for (; *text; text++)
		fprintf(to, *text == '|' ? "\\|" : "%c", *text);
}

static void print_ratio(double ratio, FILE *to)
{
	fprintf(to, ratio < RATIO_TOP ? " " RATIO " |" : " %.0f |", ratio);
}

/* "| name | on | version" and the settings that are not the usual ones. */
static void print_method(const struct rank_entry *e, FILE *to)
{
	fputs(" ", to);
	print_text(e->spec->name, to);
	if (e->spec->threads > 1)
		fprintf(to, ", %u threads", e->spec->threads);
	if (e->sizes_differ)
		fputs(" (*)", to);
	fprintf(to, " | %s |", e->spec->on);
}

static void print_version(const struct rank_entry *e, FILE *to)
{
	fputs(" ", to);
	print_text(e->spec->version, to);
	fputs(" |\n", to);
}

/* Of the entries with that rank, or without one: those that are complete and not counted. */
static void print_overall(const struct rank *r, bool ranked, FILE *to)
{
	bool any = false;

	for (size_t i = 0; i < r->n_entries; i++) {
		const struct rank_entry *e = &r->entry[i];

		if (isnan(e->score) || (e->rank > 0) != ranked)
			continue;
		any = true;
		fprintf(to, ranked ? "| %u |" : "|", e->rank);
		print_method(e, to);
		if (!ranked)
			fprintf(to, " %s |", e->spec->not_counted);
		print_ratio(e->score, to);
		print_ratio(e->worst, to);
		for (size_t c = 0; c < r->suite->n_corpora; c++)
			print_ratio(e->times_bound[c], to);
		print_version(e, to);
	}
	if (!any)
		fputs(ranked ? "\nNo method has a result on every corpus.\n" : "\nNone.\n", to);
}

static void print_heading(const struct rank *r, const char *first, FILE *to)
{
	fprintf(to, "%s x Bayes | worst |", first);
	for (size_t c = 0; c < r->suite->n_corpora; c++)
		fprintf(to, " %s |", r->suite->corpus[c].name);
	fputs(" version |\n|", to);
	for (const char *at = strchr(first, '|') + 1; (at = strchr(at, '|')); at++)
		fputs(" --- |", to);
	for (size_t c = 0; c < r->suite->n_corpora + 2; c++)
		fputs(" ---: |", to);
	fputs(" --- |\n", to);
}

/* The speeds from..: those of one machine and class; what is behind them. */
static size_t print_class(const struct rank *r, size_t from, FILE *to)
{
	const struct rank_speed *first = &r->speed[from];
	size_t i;

	fprintf(to, "\n**%s**\n\n| rank | method | on | x Bayes | enc MB/s | dec MB/s |\n"
		    "| ---: | --- | --- | ---: | ---: | ---: |\n",
		rank_class_name(first->speed_class));
	for (i = from; i < r->n_speeds && r->speed[i].machine == first->machine &&
		       r->speed[i].speed_class == first->speed_class;
	     i++) {
		const struct rank_speed *s = &r->speed[i];

		fputs("|", to);
		if (s->rank)
			fprintf(to, " %u |", s->rank);
		else
			fprintf(to, " (%s) |", s->entry->spec->not_counted);
		print_method(s->entry, to);
		print_ratio(s->entry->score, to);
		fprintf(to, " %.3g | %.3g |\n", s->compress_mb_s, s->decompress_mb_s);
	}
	return i;
}

static void print_speeds(const struct rank *r, FILE *to)
{
	size_t machine = r->n_machines;

	for (size_t i = 0; i < r->n_speeds;) {
		if (r->speed[i].machine != machine) {
			machine = r->speed[i].machine;
			fprintf(to, "\n## By speed on %s (machine %s)\n", r->machine[machine].cpu,
				r->machine[machine].id);
		}
		i = print_class(r, i, to);
	}
}

/* "sk-0.7 (crashed), iid": the corpora without a good result. */
static void print_missing(const struct rank *r, const struct rank_entry *e, FILE *to)
{
	const char *separator = " ";

	for (size_t c = 0; c < r->suite->n_corpora; c++) {
		if (!isnan(e->times_bound[c]))
			continue;
		fprintf(to, "%s%s", separator, r->suite->corpus[c].name);
		if (e->outcome[c] != OUTCOME_OK)
			fprintf(to, " (%s)", outcome_name(e->outcome[c]));
		separator = ", ";
	}
}

static void print_incomplete(const struct rank *r, FILE *to)
{
	bool any = false;

	for (size_t i = 0; i < r->n_entries; i++) {
		const struct rank_entry *e = &r->entry[i];

		if (!isnan(e->score))
			continue;
		if (!any)
			fputs("\n## Incomplete\n\n"
			      "| method | on | corpora | without a result | version |\n"
			      "| --- | --- | ---: | --- | --- |\n", to);
		any = true;
		fputs("|", to);
		print_method(e, to);
		fprintf(to, " %zu of %zu |", e->n_good, r->suite->n_corpora);
		print_missing(r, e, to);
		fputs(" |", to);
		print_version(e, to);
	}
}

static void print_notes(const struct rank *r, FILE *to)
{
	bool differ = false;

	for (size_t i = 0; i < r->n_entries; i++)
		differ = differ || r->entry[i].sizes_differ;
	if (differ)
		fputs("\n(*) Its archives were not as long on every machine; the longest count.\n",
		      to);
	for (size_t i = 0; i < r->n_refused; i++) {
		fputs(i ? "- " : "\n## Refused\n\n- ", to);
		print_text(r->refused[i], to);
		fputs("\n", to);
	}
}

void rank_markdown(const struct rank *r, FILE *to)
{
	char digest[PINNED_DIGEST_CHARS] = "";

	if (pinned_digest(r->suite, digest) != STATUS_OK)
		return;
	fprintf(to, "# %s, by distance from the optimum\n\n", r->suite->name);
	fprintf(to, "Suite %s, definition %s, %zu corpora: `twopart suite %s` tells what each is.\n"
		    "`x Bayes`: all bits of the archive, a stored model in it, over the Bayes\n"
		    "bound; of the corpora together the geometric mean, and 1 is the optimum.\n"
		    "`worst`: of the corpora.  Equal scores share a rank.\n\n",
		r->suite->name, digest, r->suite->n_corpora, r->suite->name);
	print_heading(r, "| rank | method | on |", to);
	print_overall(r, true, to);
	fputs("\n## Told what others must learn: not ranked\n\n", to);
	print_heading(r, "| method | on | told |", to);
	print_overall(r, false, to);
	fputs("\nMB/s below: 10^6 bytes of the corpora as text, whatever the rendering, per\n"
	      "second of processor time of the whole process (median of the repetitions), all\n"
	      "corpora together; the slower direction decides the class.\n", to);
	print_speeds(r, to);
	print_incomplete(r, to);
	print_notes(r, to);
}

/* ---- JSON. ---- */

static json_t *ratios_json(const struct rank *r, const struct rank_entry *e)
{
	json_t *object = json_object();

	for (size_t c = 0; c < r->suite->n_corpora; c++)
		json_object_set_new(object, r->suite->corpus[c].name,
				    document_number(e->times_bound[c]));
	return object;
}

static json_t *missing_json(const struct rank *r, const struct rank_entry *e)
{
	json_t *object = json_object();

	for (size_t c = 0; c < r->suite->n_corpora; c++)
		if (isnan(e->times_bound[c]))
			json_object_set_new(object, r->suite->corpus[c].name,
					    e->outcome[c] == OUTCOME_OK
						? json_null()
						: json_string(outcome_name(e->outcome[c])));
	return object;
}

static json_t *method_json(const struct rank_entry *e)
{
	const struct spec *s = e->spec;
	json_t *object = json_pack("{s:s, s:s, s:s, s:s, s:i}", "name", s->name, "method",
				   s->method, "on", s->on, "version", s->version, "threads",
				   (int)s->threads);

	json_object_set_new(object, "not_counted",
			    s->not_counted[0] ? json_string(s->not_counted) : json_null());
	json_object_set_new(object, "rank", e->rank ? json_integer(e->rank) : json_null());
	json_object_set_new(object, "times_bound", document_number(e->score));
	return object;
}

static json_t *entry_json(const struct rank *r, const struct rank_entry *e)
{
	json_t *object = method_json(e);

	json_object_set_new(object, "worst", document_number(e->worst));
	json_object_set_new(object, "corpora", ratios_json(r, e));
	json_object_set_new(object, "missing", missing_json(r, e));
	json_object_set_new(object, "sizes_differ", json_boolean(e->sizes_differ));
	return object;
}

static json_t *speed_json(const struct rank *r, const struct rank_speed *s)
{
	json_t *object = method_json(s->entry);

	json_object_set_new(object, "machine", json_string(r->machine[s->machine].id));
	json_object_set_new(object, "speed_class", json_string(rank_class_name(s->speed_class)));
	json_object_set_new(object, "class_rank", s->rank ? json_integer(s->rank) : json_null());
	json_object_set_new(object, "compress_mb_s", json_real(s->compress_mb_s));
	json_object_set_new(object, "decompress_mb_s", json_real(s->decompress_mb_s));
	return object;
}

json_t *rank_json(const struct rank *r)
{
	json_t *machines = json_array(), *ranking = json_array(), *speed = json_array();
	json_t *not_counted = json_array(), *incomplete = json_array(), *refused = json_array();
	char digest[PINNED_DIGEST_CHARS] = "";

	for (size_t i = 0; i < r->n_machines; i++)
		json_array_append_new(machines, json_pack("{s:s, s:s}", "id", r->machine[i].id,
							  "cpu", r->machine[i].cpu));
	for (size_t i = 0; i < r->n_entries; i++) {
		const struct rank_entry *e = &r->entry[i];
		json_t *list = e->rank ? ranking : isnan(e->score) ? incomplete : not_counted;

		json_array_append_new(list, entry_json(r, e));
	}
	for (size_t i = 0; i < r->n_speeds; i++)
		json_array_append_new(speed, speed_json(r, &r->speed[i]));
	for (size_t i = 0; i < r->n_refused; i++)
		json_array_append_new(refused, json_string(r->refused[i]));

	enum status s = pinned_digest(r->suite, digest);
	json_t *members = json_pack(
	    "{s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:I}", "suite", r->suite->name,
	    "definition_digest", digest, "machines", machines, "ranking", ranking, "speed", speed,
	    "not_counted", not_counted, "incomplete", incomplete, "refused", refused,
	    "other_results", (json_int_t)r->n_others);

	if (s == STATUS_OK)
		return document_new("rank", RANK_SCHEMA, members);
	json_decref(members);
	return NULL;
}
