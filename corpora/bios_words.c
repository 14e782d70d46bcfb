/* SPDX-License-Identifier: BSD-2-Clause
 *
 * bios_words.c - what tokens look like: English in the templates, invention elsewhere.
 *
 * Names of people, cities, universities, subjects and companies are made up (words.h), so that no
 * pretrained model knows anything of them.  A value is one token whatever it would be in English:
 * parts of a longer one are joined by hyphens.
 */
#include "bios_words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "words.h"

static const char *const months[BIOS_MONTHS] = {"January",   "February", "March",    "April",
						"May",       "June",     "July",     "August",
						"September", "October",  "November", "December"};

static const char *const university_forms[] = {"%s-University", "%s-College", "University-of-%s",
					       "%s-Institute"};
static const char *const major_forms[] = {"%s-studies", "%s-engineering", "%s-theory",
					  "%s-science"};
static const char *const employer_forms[] = {"%s-Corporation", "%s-Industries", "%s-Partners",
					     "%s-Laboratories"};

/* Is it a word of the templates or the calendar, whatever its case? */
static bool is_taken(const struct bios_grammar *g, const char *word)
{
	char small[BIOS_WORD_BYTES];
	size_t n = 0;

	for (; word[n] && n + 1 < sizeof small; n++)
		small[n] = 'A' <= word[n] && word[n] <= 'Z' ? (char)(word[n] - 'A' + 'a') : word[n];
	small[n] = '\0';
	for (uint32_t i = 0; i < BIOS_MONTHS; i++)
		if (strcasecmp(months[i], word) == 0)
			return true;
	return bios_word_token(g, small) != 0;
}

static const char *new_word(const struct bios_grammar *g, struct word_list *list,
			    enum word_style style)
{
	const char *word;

	do {
		word = words_next(list, style);
	} while (word && is_taken(g, word));
	return word;
}

/* `form` has one %s. */
static void print_form(char *text, const char *form, const char *word)
{
	int before = (int)(strchr(form, '%') - form);

	snprintf(text, BIOS_WORD_BYTES, "%.*s%s%s", before, form, word, form + before + 2);
}

static bool make_value(const struct bios_grammar *g, struct word_list *list, uint32_t part,
		       uint32_t v, char *text)
{
	static const char *const plain[] = {"%s"};
	const char *const *forms = plain;
	enum word_style style = WORD_NAME;
	const char *word;

	switch (part) {
	case BIOS_PART_MONTH:
		snprintf(text, BIOS_WORD_BYTES, "%s", months[v]);
		return true;
	case BIOS_PART_DAY:
		snprintf(text, BIOS_WORD_BYTES, "%u", v + 1);
		return true;
	case BIOS_PART_YEAR:
		snprintf(text, BIOS_WORD_BYTES, "%u", v + BIOS_FIRST_YEAR);
		return true;
	case BIOS_PART_UNIVERSITY:
		forms = university_forms;
		break;
	case BIOS_PART_MAJOR:
		forms = major_forms;
		style = WORD_VALUE;
		break;
	case BIOS_PART_EMPLOYER:
		forms = employer_forms;
		break;
	default:
		break;
	}
	word = new_word(g, list, style);
	if (word)
		print_form(text, forms == plain ? forms[0] : forms[v % 4], word);
	return word != NULL;
}

static bool make_texts(struct bios_words *w, const struct bios_grammar *g, struct word_list *list)
{
	static const char *const pronouns[] = {"he", "she", "him", "his", "her"};

	snprintf(w->text[BIOS_END_TOKEN], BIOS_WORD_BYTES, "<end>");
	for (uint32_t i = 0; i < g->n_words; i++)
		snprintf(w->text[1 + i], BIOS_WORD_BYTES, "%s", g->word[i]);
	for (uint32_t i = 0; i < 5; i++)
		snprintf(w->text[g->first_pronoun + i], BIOS_WORD_BYTES, "%s", pronouns[i]);
	for (uint32_t t = g->first_name[0]; t < g->first_value[0]; t++) {
		const char *word = new_word(g, list, WORD_NAME);

		if (!word)
			return false;
		snprintf(w->text[t], BIOS_WORD_BYTES, "%s", word);
	}
	for (uint32_t part = 0; part < BIOS_PART_COMPANY_CITY; part++)
		for (uint32_t v = 0; v < bios_part_size[part]; v++)
			if (!make_value(g, list, part, v, w->text[g->first_value[part] + v]))
				return false;
	return true;
}

enum status bios_words_make(struct bios_words *out, const struct bios_grammar *g, uint64_t seed)
{
	struct word_list *list = NULL;
	enum status s;

	*out = (struct bios_words){.text = calloc(g->vocab, sizeof *out->text),
				   .word = calloc(g->vocab, sizeof *out->word)};
	s = out->text && out->word ? words_open(&list, seed) : fail_no_memory();
	if (s == STATUS_OK && !make_texts(out, g, list))
		s = fail_no_memory();
	words_close(list);
	for (uint32_t t = 0; s == STATUS_OK && t < g->vocab; t++)
		out->word[t] = out->text[t];
	return s;
}

void bios_words_free(struct bios_words *w)
{
	free(w->text);
	free(w->word);
	*w = (struct bios_words){0};
}
