/* SPDX-License-Identifier: BSD-2-Clause
 *
 * cmd_words.c - `twopart words`: the words of a text, and the laws they follow.
 */
#include <math.h>
#include <stdio.h>

#include "buffer.h"
#include "cmd.h"
#include "document.h"
#include "file.h"
#include "pitman_yor.h"
#include "utf8.h"
#include "word_law.h"

static const struct cmd_spec words_spec = {
    .name = "words",
    .usage = "[--json] FILE",
    .text = "Count the words of a text, runs of letters and digits, capitals no others, and\n"
	    "print how they follow the laws that a Pitman-Yor process has:\n"
	    "  Zipf      frequency ~ rank^exponent, from rank 10 to the last word met 10 times\n"
	    "  Heaps     different words ~ words^exponent, from the 1000th word on\n"
	    "  fit       discount alpha and strength beta that make the partition of the text\n"
	    "            into words most probable: of an endless text Zipf's exponent would be\n"
	    "            -1/alpha, that of Heaps alpha\n"
	    "            (the same of what it expects here is printed below Heaps' own)\n"
	    "  of half   the same of the first half of the text alone, and below it how many\n"
	    "            different words it expects in the whole\n"
	    "Then, at positions 10, 20, 50, .., how many different words there were, and how many\n"
	    "each fit expects.\n",
    .options = (const struct cmd_option[]){
	{CMD_JSON, "json", NULL, "print one JSON object instead of a table"}, {0}},
};

#define POSITIONS_MAX 64

struct report {
	const char *path;
	size_t size_bytes;
	struct word_text text;
	struct word_power zipf, heaps, heaps_expected;
	struct word_fit whole, half;
	uint64_t position[POSITIONS_MAX];
	double distinct[POSITIONS_MAX];
	size_t n_positions;
};

/* 10, 20, 50, 100, .. and the end. */
static void choose_positions(struct report *r)
{
	static const uint64_t step[] = {10, 20, 50};
	uint64_t decade = 1;

	for (size_t i = 0; r->n_positions < POSITIONS_MAX - 1; i++) {
		uint64_t at = step[i % 3] * decade;

		if (at >= r->text.n_words)
			break;
		r->position[r->n_positions++] = at;
		if (i % 3 == 2)
			decade *= 10;
	}
	r->position[r->n_positions++] = r->text.n_words;
}

static enum status read_report(struct report *r, const char *path)
{
	struct buffer file = {0};
	enum status s = file_read(path, &file, NULL);

	r->path = path;
	r->size_bytes = file.size_bytes;
	if (s == STATUS_OK)
		s = word_text_read(&r->text, file.data, file.size_bytes);
	buffer_free(&file);
	TRY(s);
	choose_positions(r);
	TRY(word_zipf(&r->text, &r->zipf));
	TRY(word_heaps(&r->text, &r->heaps));
	TRY(word_distinct(&r->text, r->position, r->n_positions, r->distinct));
	TRY(word_fit(&r->text, r->text.n_words, &r->whole));
	r->heaps_expected = word_heaps_expected(&r->text, &r->whole);
	return word_fit(&r->text, r->text.n_words / 2, &r->half);
}

static double expected(const struct word_fit *fit, uint64_t n_words)
{
	return py_elements_expected(n_words, fit->alpha, fit->beta);
}

/* ---- JSON. ---- */

static json_t *power_json(const struct word_power *p)
{
	return json_pack("{s:o, s:o, s:o, s:o}", "exponent", document_number(p->exponent),
			 "standard_error", document_number(p->standard_error), "from",
			 document_number(p->from), "to", document_number(p->to));
}

static json_t *fit_json(const struct word_fit *f)
{
	return json_pack("{s:I, s:i, s:o, s:o, s:o}", "words", (json_int_t)f->n_words, "distinct",
			 (int)f->n_distinct, "alpha", document_number(f->alpha), "beta",
			 document_number(f->beta), "partition_bits",
			 document_number(f->partition_bits));
}

static json_t *rows_json(const struct report *r)
{
	json_t *rows = json_array();

	for (size_t i = 0; i < r->n_positions; i++)
		json_array_append_new(
		    rows, json_pack("{s:I, s:o, s:o, s:o}", "words", (json_int_t)r->position[i],
				    "distinct", document_number(r->distinct[i]), "expected",
				    document_number(expected(&r->whole, r->position[i])),
				    "expected_by_half",
				    document_number(expected(&r->half, r->position[i]))));
	return rows;
}

static int print_json(const struct report *r)
{
	return cmd_print_json(document_new(
	    "words", 1,
	    json_pack("{s:o, s:I, s:I, s:i, s:I, s:o, s:o, s:o, s:o, s:o, s:o}", "input",
		      utf8_json(r->path), "bytes", (json_int_t)r->size_bytes, "words",
		      (json_int_t)r->text.n_words, "distinct", (int)r->text.n_distinct,
		      "spelt_bytes", (json_int_t)r->text.spelt_bytes, "zipf", power_json(&r->zipf),
		      "heaps", power_json(&r->heaps), "heaps_expected",
		      power_json(&r->heaps_expected), "fit", fit_json(&r->whole), "fit_of_half",
		      fit_json(&r->half), "rows", rows_json(r))));
}

/* ---- Tables. ---- */

static void print_power(const char *name, const struct word_power *p)
{
	if (isfinite(p->exponent))
		printf("%-12s exponent %.4f +- %.4f, from %.0f to %.0f\n", name, p->exponent,
		       p->standard_error, p->from, p->to);
	else
		printf("%-12s too few words\n", name);
}

static void print_fit(const char *name, const struct word_fit *f)
{
	printf("%-12s alpha %.4f, beta %.4g: %.1f bits of %llu words, %.4f a word\n", name,
	       f->alpha, f->beta, f->partition_bits, (unsigned long long)f->n_words,
	       f->partition_bits / (double)f->n_words);
}

static void print_table(const struct report *r)
{
	printf("%s: %zu bytes, %llu words, %u of them different\n", r->path, r->size_bytes,
	       (unsigned long long)r->text.n_words, r->text.n_distinct);
	print_power("Zipf", &r->zipf);
	print_power("Heaps", &r->heaps);
	print_power("  by the fit", &r->heaps_expected);
	print_fit("fit", &r->whole);
	print_fit("of half", &r->half);
	printf("\n%10s %10s %12s %12s\n", "words", "different", "by the fit", "of half");
	for (size_t i = 0; i < r->n_positions; i++)
		printf("%10llu %10.0f %12.1f %12.1f\n", (unsigned long long)r->position[i],
		       r->distinct[i], expected(&r->whole, r->position[i]),
		       expected(&r->half, r->position[i]));
}

int cmd_words(int argc, char **argv)
{
	struct report r = {0};
	bool json;
	int code = cmd_only_json(&words_spec, argc, argv, &json);

	if (code != CMD_END)
		return code;
	if (argc - optind != 1 || !*argv[optind])
		return cmd_usage("words: one FILE, please (see twopart help words)");

	enum status s = read_report(&r, argv[optind]);

	code = 0;
	if (s != STATUS_OK)
		code = cmd_fail(argv[optind], s);
	else if (json)
		code = print_json(&r);
	else
		print_table(&r);
	word_text_free(&r.text);
	return code;
}
