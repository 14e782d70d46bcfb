/* SPDX-License-Identifier: BSD-2-Clause
 *
 * rank.c - from results to scores, ranks and speed classes.
 */
#include "rank.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "elementary.h"


static const double class_mb_s[RANK_CLASSES] = {100, 10, 1, 0.1, 0};

static const char *const class_names[RANK_CLASSES] = {
    "over 100 MB/s", "10 to 100 MB/s", "1 to 10 MB/s", "0.1 to 1 MB/s", "under 0.1 MB/s",
};

const char *rank_class_name(unsigned speed_class)
{
	return class_names[speed_class];
}

/* A result that belongs to corpus `corpus` of the suite. */
struct member {
	const struct result *result;
	size_t corpus;
};

/* Room for one element more behind n; false: no memory. */
static bool grow(void *array, size_t n, size_t element_bytes)
{
	void *all;

	if (n & (n - 1)) /* the room is a power of two, used up only when n is one */
		return true;
	memcpy(&all, array, sizeof all);
	all = realloc(all, (n ? 2 * n : 1) * element_bytes);
	if (all)
		memcpy(array, &all, sizeof all);
	return all != NULL;
}

/* ---- Which results are the suite's. ---- */

static enum status refuse(struct rank *r, const struct result *result, const char *why)
{
	const struct spec *s = &result->spec;

	if (!grow(&r->refused, r->n_refused, sizeof *r->refused))
		return fail_no_memory();
	snprintf(r->refused[r->n_refused++], sizeof *r->refused, "%.64s on %.16s of %.64s: %s",
		 s->name, s->on, s->corpus.title, why);
	return STATUS_OK;
}

static bool same_bits(double found, double pinned)
{
	if (pinned == 0)
		return isnan(found);
	return fabs(found - pinned) <= PINNED_BITS_ERROR * pinned;
}

/* What contradicts the suite, or NULL. */
static const char *contradiction(const struct spec *s, const struct pinned_corpus *c)
{
	bool is_tokens = strcmp(s->on, "tokens") == 0;

	if (s->corpus.n_tokens != (double)c->n_tokens)
		return "it has another number of tokens than the suite's";
	if (s->corpus.text_bytes != (double)c->text_bytes)
		return "its text is not as long as the suite's";
	if (!is_tokens && strcmp(s->on, "text") != 0)
		return "it is neither of its tokens nor of its text";
	if (s->input_bytes != (double)(is_tokens ? 2 * c->n_tokens : c->text_bytes))
		return "its input is not as long as the suite's";
	if (!same_bits(s->corpus.bayes_bits, c->bayes_bits) ||
	    !same_bits(s->corpus.known_bits, c->known_bits) ||
	    !same_bits(s->corpus.two_part_bits, c->two_part_bits))
		return "its bounds are not the suite's";
	return NULL;
}

/* The corpus that a result is of, by its digest; n_corpora: none. */
static size_t corpus_of(const struct pinned_suite *suite, const struct result *result)
{
	char digest[PINNED_DIGEST_CHARS];
	size_t i;

	for (i = 0; i < suite->n_corpora; i++) {
		snprintf(digest, sizeof digest, "%016" PRIx64, suite->corpus[i].digest);
		if (strcmp(digest, result->spec.corpus.digest) == 0)
			break;
	}
	return i;
}

static bool claims_membership(const struct pinned_suite *suite, const struct result *result)
{
	char title[PINNED_TITLE_BYTES];

	for (size_t i = 0; i < suite->n_corpora; i++) {
		pinned_title(suite, &suite->corpus[i], title);
		if (strcmp(title, result->spec.corpus.title) == 0)
			return true;
	}
	return false;
}

/* Take the result in, refuse it, or count it among the others. */
static enum status sort_out(struct rank *r, const struct result *result, struct member *member,
			    size_t *n_members)
{
	size_t corpus = corpus_of(r->suite, result);
	const char *why;

	if (spec_is_figure(&result->spec))
		return STATUS_OK;
	if (corpus == r->suite->n_corpora) {
		if (claims_membership(r->suite, result))
			return refuse(r, result, "its corpus has another digest than the suite's");
		r->n_others++;
		return STATUS_OK;
	}
	why = contradiction(&result->spec, &r->suite->corpus[corpus]);
	if (why)
		return refuse(r, result, why);
	member[(*n_members)++] = (struct member){result, corpus};
	return STATUS_OK;
}

/* ---- Entries. ---- */

/* Names are not compared: like titles they are for people. */
static int compare_methods(const struct spec *a, const struct spec *b)
{
	int order = strcmp(a->method, b->method);

	if (order == 0)
		order = strcmp(a->on, b->on);
	if (order == 0)
		order = strcmp(a->version, b->version);
	if (order == 0)
		order = strcmp(a->compress, b->compress);
	if (order == 0)
		order = strcmp(a->decompress, b->decompress);
	return order ? order : (a->threads > b->threads) - (a->threads < b->threads);
}

/* By method, corpus, machine, and then the latest first. */
static int compare_members(const void *left, const void *right)
{
	const struct member *a = left, *b = right;
	int order = compare_methods(&a->result->spec, &b->result->spec);

	if (order == 0)
		order = (a->corpus > b->corpus) - (a->corpus < b->corpus);
	if (order == 0)
		order = strcmp(a->result->machine_id, b->result->machine_id);
	if (order == 0)
		order = strcmp(b->result->finished, a->result->finished);
	return order ? order : strcmp(a->result->key, b->result->key);
}

static double total_bits(const struct result *result)
{
	return 8 * (result->archive_bytes + result->model_bytes);
}

static void count_member(const struct rank *r, struct rank_entry *e, const struct member *m)
{
	double *times_bound = &e->times_bound[m->corpus];
	double found = total_bits(m->result) / r->suite->corpus[m->corpus].bayes_bits;

	if (m->result->outcome != OUTCOME_OK) {
		if (isnan(*times_bound))
			e->outcome[m->corpus] = m->result->outcome;
		return;
	}
	e->outcome[m->corpus] = OUTCOME_OK;
	e->n_good += isnan(*times_bound);
	e->sizes_differ = e->sizes_differ || (!isnan(*times_bound) && *times_bound != found);
	*times_bound = fmax(*times_bound, found); /* NaN is no number, and loses */
}

/* Without libm, for the same digits everywhere. */
static void score(const struct rank *r, struct rank_entry *e)
{
	double sum = 0;

	if (e->n_good < r->suite->n_corpora)
		return;
	e->worst = 0;
	for (size_t i = 0; i < r->suite->n_corpora; i++) {
		sum += elementary_log(e->times_bound[i]);
		e->worst = fmax(e->worst, e->times_bound[i]);
	}
	e->score = elementary_exp(sum / (double)r->suite->n_corpora);
}

/* The entry of the members `from`.. that are of one method; *to is behind them. */
static void make_entry(const struct rank *r, const struct member *member, size_t n, size_t from,
		       size_t *to, struct rank_entry *e)
{
	const struct spec *s = &member[from].result->spec;
	size_t i;

	*e = (struct rank_entry){.spec = s, .score = NAN, .worst = NAN};
	for (i = 0; i < PINNED_CORPORA_MAX; i++)
		e->times_bound[i] = NAN;
	for (i = from; i < n && compare_methods(s, &member[i].result->spec) == 0; i++)
		count_member(r, e, &member[i]);
	*to = i;
	score(r, e);
}

/* ---- Speeds. ---- */

static double compress_seconds(const struct result_run *run)
{
	return run->compress.process_seconds;
}

static double decompress_seconds(const struct result_run *run)
{
	return run->decompress.process_seconds;
}

static unsigned class_of(double mb_s)
{
	unsigned c = 0;

	while (c + 1 < RANK_CLASSES && !(mb_s >= class_mb_s[c]))
		c++;
	return c;
}

static size_t machine_of(const struct rank *r, const char *id)
{
	size_t i = 0;

	while (i < r->n_machines && strcmp(r->machine[i].id, id) != 0)
		i++;
	return i;
}

/* What an entry took on a machine; appended if that measured all corpora. */
static enum status add_speed(struct rank *r, const struct member *member, size_t n,
			     size_t machine, const struct rank_entry *e)
{
	double compress = 0, decompress = 0, bytes = 0;
	size_t n_good = 0, last = r->suite->n_corpora;

	for (size_t i = 0; i < n; i++) {
		const struct result *result = member[i].result;

		if (result->outcome != OUTCOME_OK ||
		    compare_methods(e->spec, &result->spec) != 0 ||
		    strcmp(result->machine_id, r->machine[machine].id) != 0 ||
		    member[i].corpus == last) /* an earlier result of the same */
			continue;
		last = member[i].corpus;
		compress += result_spread(result, compress_seconds).median;
		decompress += result_spread(result, decompress_seconds).median;
		bytes += (double)r->suite->corpus[last].text_bytes;
		n_good++;
	}
	if (n_good < r->suite->n_corpora || !(compress > 0) || !(decompress > 0))
		return STATUS_OK;
	if (!grow(&r->speed, r->n_speeds, sizeof *r->speed))
		return fail_no_memory();
	r->speed[r->n_speeds++] = (struct rank_speed){
	    .entry = e,
	    .machine = machine,
	    .compress_mb_s = bytes / 1e6 / compress,
	    .decompress_mb_s = bytes / 1e6 / decompress,
	    .speed_class = class_of(bytes / 1e6 / fmax(compress, decompress)),
	};
	return STATUS_OK;
}

static int compare_machines(const void *left, const void *right)
{
	const struct rank_machine *a = left, *b = right;

	return strcmp(a->id, b->id);
}

static enum status list_machines(struct rank *r, const struct member *member, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct result *result = member[i].result;
		const char *cpu = json_string_value(json_object_get(result->machine, "cpu"));

		if (machine_of(r, result->machine_id) < r->n_machines)
			continue;
		if (!grow(&r->machine, r->n_machines, sizeof *r->machine))
			return fail_no_memory();

		struct rank_machine *m = &r->machine[r->n_machines++];

		snprintf(m->id, sizeof m->id, "%s", result->machine_id);
		snprintf(m->cpu, sizeof m->cpu, "%s", cpu ? cpu : "unknown");
	}
	if (r->n_machines)
		qsort(r->machine, r->n_machines, sizeof *r->machine, compare_machines);
	return STATUS_OK;
}

/* ---- Order. ---- */

/* 0: ranked, 1: not counted, 2: incomplete. */
static int group_of(const struct rank_entry *e)
{
	return isnan(e->score) ? 2 : e->spec->not_counted[0] != '\0';
}

static int compare_entries(const void *left, const void *right)
{
	const struct rank_entry *a = left, *b = right;
	int order = group_of(a) - group_of(b);

	if (order == 0 && group_of(a) < 2)
		order = (a->score > b->score) - (a->score < b->score);
	if (order == 0)
		order = strcmp(a->spec->name, b->spec->name);
	return order ? order : compare_methods(a->spec, b->spec);
}

/* Those not counted behind the others of their class; the entries' order decides the rest. */
static int compare_speeds(const void *left, const void *right)
{
	const struct rank_speed *a = left, *b = right;

	if (a->machine != b->machine)
		return a->machine < b->machine ? -1 : 1;
	if (a->speed_class != b->speed_class)
		return a->speed_class < b->speed_class ? -1 : 1;
	return (a->entry > b->entry) - (a->entry < b->entry);
}

static void number_entries(struct rank *r)
{
	for (size_t i = 0; i < r->n_entries && group_of(&r->entry[i]) == 0; i++) {
		struct rank_entry *e = &r->entry[i];

		e->rank = i > 0 && e->score == e[-1].score ? e[-1].rank : (unsigned)i + 1;
	}
}

static void number_speeds(struct rank *r)
{
	unsigned place = 0;

	for (size_t i = 0; i < r->n_speeds; i++) {
		struct rank_speed *s = &r->speed[i];
		bool begins = i == 0 || s[-1].machine != s->machine ||
			      s[-1].speed_class != s->speed_class;

		place = begins ? 1 : place + 1;
		if (s->entry->rank == 0)
			s->rank = 0;
		else if (!begins && s[-1].entry->rank == s->entry->rank)
			s->rank = s[-1].rank;
		else
			s->rank = place;
	}
}

/* ---- All of it. ---- */

static enum status list_entries(struct rank *r, const struct member *member, size_t n)
{
	for (size_t i = 0; i < n;) {
		if (!grow(&r->entry, r->n_entries, sizeof *r->entry))
			return fail_no_memory();
		make_entry(r, member, n, i, &i, &r->entry[r->n_entries++]);
	}
	if (r->n_entries)
		qsort(r->entry, r->n_entries, sizeof *r->entry, compare_entries);
	number_entries(r);
	return STATUS_OK;
}

static enum status list_speeds(struct rank *r, const struct member *member, size_t n)
{
	for (size_t machine = 0; machine < r->n_machines; machine++)
		for (size_t i = 0; i < r->n_entries; i++)
			TRY(add_speed(r, member, n, machine, &r->entry[i]));
	if (r->n_speeds)
		qsort(r->speed, r->n_speeds, sizeof *r->speed, compare_speeds);
	number_speeds(r);
	return STATUS_OK;
}

static enum status make(struct rank *r, const struct result *result, size_t n,
			struct member *member)
{
	size_t n_members = 0;

	for (size_t i = 0; i < n; i++)
		TRY(sort_out(r, &result[i], member, &n_members));
	if (n_members)
		qsort(member, n_members, sizeof *member, compare_members);
	TRY(list_machines(r, member, n_members));
	TRY(list_entries(r, member, n_members));
	return list_speeds(r, member, n_members);
}

enum status rank_make(struct rank *out, const struct pinned_suite *suite,
		      const struct result *result, size_t n)
{
	struct member *member = calloc(n + 1, sizeof *member);

	*out = (struct rank){.suite = suite};

	enum status s = member ? make(out, result, n, member) : fail_no_memory();

	free(member);
	if (s != STATUS_OK)
		rank_free(out);
	return s;
}

void rank_free(struct rank *r)
{
	free(r->entry);
	free(r->speed);
	free(r->machine);
	free(r->refused);
	*r = (struct rank){0};
}
