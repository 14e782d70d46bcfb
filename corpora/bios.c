/* SPDX-License-Identifier: BSD-2-Clause
 *
 * bios.c - people and their names, reading and checking a prior, parsing a biography.
 */
#include "bios.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "options.h"
#include "population.h"

/* ---- People. ---- */

uint64_t bios_pack(const struct bios_person *p)
{
	uint64_t n = p->pronoun;

	n = n * BIOS_YEARS + p->value[BIOS_PART_YEAR];
	n = n * BIOS_MONTHS + p->value[BIOS_PART_MONTH];
	n = n * BIOS_DAYS + p->value[BIOS_PART_DAY];
	n = n * BIOS_CITIES + p->value[BIOS_PART_CITY];
	n = n * BIOS_UNIVERSITIES + p->value[BIOS_PART_UNIVERSITY];
	n = n * BIOS_MAJORS + p->value[BIOS_PART_MAJOR];
	return n * BIOS_EMPLOYERS + p->value[BIOS_PART_EMPLOYER];
}

struct bios_person bios_unpack(const struct bios_prior *p, uint64_t packed)
{
	static const enum bios_part last_first[] = {
	    BIOS_PART_EMPLOYER, BIOS_PART_MAJOR, BIOS_PART_UNIVERSITY, BIOS_PART_CITY,
	    BIOS_PART_DAY,      BIOS_PART_MONTH, BIOS_PART_YEAR};
	struct bios_person person;

	for (size_t i = 0; i < sizeof last_first / sizeof *last_first; i++) {
		person.value[last_first[i]] = (uint16_t)(packed % bios_part_size[last_first[i]]);
		packed /= bios_part_size[last_first[i]];
	}
	assert(packed < 2);
	person.pronoun = (uint8_t)packed;
	person.value[BIOS_PART_COMPANY_CITY] = p->employer_city[person.value[BIOS_PART_EMPLOYER]];
	return person;
}

/* Where the name is in slot[], or where it would be put. */
static uint32_t directory_slot(const struct bios_directory *d, uint32_t name)
{
	uint32_t mask = d->n_slots - 1;
	uint32_t at = (uint32_t)((name * UINT64_C(0x9e3779b97f4a7c15)) >> 32) & mask;

	while (d->slot[at] && d->name[d->slot[at] - 1] != name)
		at = (at + 1) & mask;
	return at;
}

uint32_t bios_directory_find(const struct bios_directory *d, uint32_t name)
{
	if (d->n == 0)
		return BIOS_NOBODY;
	uint32_t entry = d->slot[directory_slot(d, name)];

	return entry ? entry - 1 : BIOS_NOBODY;
}

/* Twice the room, at most half of the slots in use. */
static bool directory_grow(struct bios_directory *d)
{
	uint32_t capacity = d->capacity ? 2 * d->capacity : 256;
	uint32_t *name = realloc(d->name, capacity * sizeof *name);

	if (name)
		d->name = name;

	uint32_t *slot = calloc(2 * (size_t)capacity, sizeof *slot);

	if (!name || !slot) {
		free(slot);
		return false;
	}
	free(d->slot);
	d->slot = slot;
	d->n_slots = 2 * capacity;
	d->capacity = capacity;
	for (uint32_t i = 0; i < d->n; i++)
		d->slot[directory_slot(d, d->name[i])] = i + 1;
	return true;
}

enum status bios_directory_add(struct bios_directory *d, uint32_t name)
{
	if (d->n == d->capacity && !directory_grow(d))
		return fail_no_memory();
	d->name[d->n] = name;
	d->slot[directory_slot(d, name)] = d->n + 1;
	d->n++;
	return STATUS_OK;
}

void bios_directory_free(struct bios_directory *d)
{
	free(d->name);
	free(d->slot);
	*d = (struct bios_directory){0};
}

/* ---- The prior. ---- */

static enum status bad(const struct world *w, const char *what)
{
	return fail(STATUS_CORRUPT, "%s: its prior %s", w->path, what);
}

static bool read_integer(const json_t *object, const char *name, int64_t min, int64_t max,
			 int64_t *out)
{
	const json_t *value = json_object_get(object, name);

	*out = json_integer_value(value);
	return json_is_integer(value) && min <= *out && *out <= max;
}

static enum status read_law(struct bios_prior *p, const struct world *w)
{
	int64_t sampling, order, big = (int64_t)1000000000 * OPTION_UNIT;

	if (!read_integer(w->prior, "permuted", 0, 1, &order))
		return bad(w, "does not say whether sentences are permuted");
	if (!read_integer(w->prior, "sampling", BIOS_UNIFORM, BIOS_PITMAN_YOR, &sampling))
		return bad(w, "has no sampling law");
	p->permuted = order != 0;
	p->sampling = (enum bios_sampling)sampling;
	if (p->sampling == BIOS_PITMAN_YOR &&
	    (!read_integer(w->prior, "alpha_millionths", 0, OPTION_UNIT - 1,
			   &p->alpha_millionths) ||
	     !read_integer(w->prior, "beta_millionths", 1 - p->alpha_millionths, big,
			   &p->beta_millionths)))
		return bad(w, "has no Pitman-Yor parameters");
	if (p->sampling == BIOS_POWER &&
	    (!read_integer(w->prior, "shift_millionths", 1, big, &p->shift_millionths) ||
	     !read_integer(w->prior, "power_millionths", 0, 10 * OPTION_UNIT,
			   &p->power_millionths)))
		return bad(w, "has no power law");
	return STATUS_OK;
}

static enum status read_register(struct bios_prior *p, const struct world *w)
{
	const json_t *names = json_object_get(w->prior, "register");
	size_t n = json_array_size(names);

	if (!json_is_array(names) || n < 1 || n > BIOS_PEOPLE_MAX)
		return bad(w, "has no register of 1 to 1000000 names");
	for (size_t i = 0; i < n; i++) {
		const json_t *item = json_array_get(names, i);
		json_int_t name = json_integer_value(item);

		if (!json_is_integer(item) || name < 0 || name >= BIOS_NAMES)
			return bad(w, "has a register with something that is no name");
		if (bios_directory_find(&p->people, (uint32_t)name) != BIOS_NOBODY)
			return bad(w, "has a register with two people of one name");
		TRY(bios_directory_add(&p->people, (uint32_t)name));
	}
	p->p = calloc(n, sizeof *p->p);
	if (!p->p)
		return fail_no_memory();
	population_law(p->p, n, p->shift_millionths, p->power_millionths);
	return STATUS_OK;
}

static enum status read_employers(struct bios_prior *p, const struct world *w)
{
	const json_t *cities = json_object_get(w->prior, "employer_city");

	if (json_array_size(cities) != BIOS_EMPLOYERS)
		return bad(w, "has no city for each of 263 employers");
	for (uint32_t e = 0; e < BIOS_EMPLOYERS; e++) {
		const json_t *item = json_array_get(cities, e);
		json_int_t city = json_integer_value(item);

		if (!json_is_integer(item) || city < 0 || city >= BIOS_CITIES)
			return bad(w, "has an employer in no city");
		p->employer_city[e] = (uint16_t)city;
		p->city_employers[city]++;
	}
	return STATUS_OK;
}

static enum status prior_read(struct bios_prior *p, const struct world *w)
{
	json_t *texts = bios_texts_json();
	bool same = json_equal(texts, json_object_get(w->prior, "templates"));

	json_decref(texts);
	if (!same)
		return fail(STATUS_UNSUPPORTED, "%s: its templates are not those of this version",
			    w->path);
	TRY(bios_grammar_open(&p->grammar));
	if (w->vocab != p->grammar->vocab)
		return bad(w, "and vocabulary do not agree");
	TRY(read_law(p, w));
	TRY(read_employers(p, w));
	return p->sampling == BIOS_PITMAN_YOR ? STATUS_OK : read_register(p, w);
}

enum status bios_prior_load(struct bios_prior **out, const struct world *w)
{
	struct bios_prior *p = calloc(1, sizeof *p);

	if (!p)
		return fail_no_memory();
	enum status s = prior_read(p, w);

	if (s != STATUS_OK) {
		bios_prior_free(p);
		return s;
	}
	*out = p;
	return STATUS_OK;
}

void bios_prior_free(struct bios_prior *p)
{
	if (!p)
		return;
	bios_grammar_free(p->grammar);
	bios_directory_free(&p->people);
	free(p->p);
	free(p);
}

/* ---- Parsing. ---- */

struct reading {
	const struct bios_prior *prior;
	const uint16_t *token;
	uint64_t n, at;
	int32_t pronoun; /* -1 until one has been read */
	struct bios_biography *out;
};

/* Three tokens; the first is known to be a first name. */
static bool read_name(struct reading *r)
{
	const struct bios_grammar *g = r->prior->grammar;

	r->out->name = 0;
	for (uint32_t j = 0; j < 3; j++, r->at++) {
		uint32_t part = r->at < r->n ? r->token[r->at] - g->first_name[j] : UINT32_MAX;

		if (part >= bios_name_size[j])
			return false;
		r->out->name = r->out->name * bios_name_size[j] + part;
	}
	return true;
}

/* What is left to check of a token that the item takes. */
static bool read_item(struct reading *r, uint32_t item)
{
	const struct bios_grammar *g = r->prior->grammar;
	uint32_t token = r->token[r->at];

	if (item == BIOS_ITEM_NAME)
		return read_name(r);
	r->at++;
	if (item >= BIOS_ITEM_VALUE) {
		uint32_t part = item - BIOS_ITEM_VALUE;

		r->out->person.value[part] = (uint16_t)(token - g->first_value[part]);
	} else if (item >= BIOS_ITEM_PRONOUN) {
		enum bios_case c = (enum bios_case)(item - BIOS_ITEM_PRONOUN);
		int32_t pronoun = token == bios_pronoun_token(g, c, 1);

		if (r->pronoun >= 0 && r->pronoun != pronoun)
			return false;
		r->pronoun = pronoun;
	}
	return true;
}

static bool read_sentence(struct reading *r, uint32_t i)
{
	const struct bios_grammar *g = r->prior->grammar;
	uint32_t place = i ? BIOS_LATER_SENTENCE : BIOS_FIRST_SENTENCE, node = 0;
	uint32_t attribute;

	do {
		node = r->at < r->n ? bios_step(g, place, node, r->token[r->at]) : 0;
		if (!node || !read_item(r, g->node[place][node].item))
			return false;
	} while (g->node[place][node].n_children);
	attribute = g->node[place][node].template / BIOS_TEMPLATES;
	r->out->attribute[i] = (uint8_t)attribute;
	r->out->template[i] = (uint8_t)(g->node[place][node].template % BIOS_TEMPLATES);
	for (uint32_t j = 0; j < i; j++)
		if (r->out->attribute[j] == attribute)
			return false;
	return r->prior->permuted || attribute == i;
}

bool bios_parse(const struct bios_prior *p, const uint16_t *token, uint64_t n,
		struct bios_biography *out)
{
	struct reading r = {.prior = p, .token = token, .n = n, .pronoun = -1, .out = out};

	for (uint32_t i = 0; i < BIOS_ATTRIBUTES; i++)
		if (!read_sentence(&r, i))
			return false;
	if (r.at == n || token[r.at++] != BIOS_END_TOKEN)
		return false;
	out->n_tokens = (uint32_t)r.at;
	out->person.pronoun = (uint8_t)r.pronoun;
	return p->employer_city[out->person.value[BIOS_PART_EMPLOYER]] ==
	       out->person.value[BIOS_PART_COMPANY_CITY];
}
