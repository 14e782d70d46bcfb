/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_structure.c - the structure function: what is printed was decoded, lies on the right side of
 * theory, and can be read in the drawing.
 *
 * Property  a larger budget never costs data bits beyond what a byte's rounding and the size of
 *           what is stored explain; no archive is below the Bayes code length by more than sampling
 *           allows (for any code, at most one corpus in 2^k saves k bits on it); the ideal curve
 *           begins at the code's own closed form and falls ever more slowly; threads change
 *           nothing.
 * Method    small drawn corpora; budgets looked at through the hook; the drawing's labels as boxes.
 */
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dictionary.h"
#include "sk_choice.h"
#include "structure.h"

#include "fixture.h" /* last: it brings cmocka.h, which defines a macro fail() */

#define N_BUDGETS 20
#define ROUNDING_BITS 8 /* of the payload to bytes */
#define SAVED_MAX 40    /* bits below Bayes: one corpus in 2^40 */

static void generate(const char *options)
{
	assert_int_equal(fixture_generate("sk", "types=3,templates=12", options), STATUS_OK);
}

static void run(struct structure *s, int threads)
{
	if (structure_open(s, fixture_prefix, "twopart") != STATUS_OK ||
	    structure_run(s, N_BUDGETS, threads, NULL, NULL) != STATUS_OK)
		fail_msg("%s", status_message());
	assert_int_equal(s->n_points, N_BUDGETS);
}

static double total_of(const struct structure_point *p)
{
	return (double)(p->size.model_bits + p->size.data_bits);
}

/* What may be left over of a budget: less than the next thing takes, an element with its facts or
 * a table at a higher precision, and what prices are estimated too high. */
static double leftover_max_bits(const struct structure *s, double budget_bits)
{
	return 2 * s->optimum.element_bits + 0.03 * budget_bits;
}

static void check_point(const struct structure *s, uint32_t i)
{
	const struct structure_point *p = &s->point[i], *before = &s->point[i ? i - 1 : 0];

	assert_true(p->size.budget_bits >= before->size.budget_bits);
	assert_true(p->size.model_bits <= p->size.budget_bits);
	assert_true(p->n_elements >= before->n_elements);
	if (p->size.data_bits > before->size.data_bits + ROUNDING_BITS)
		fail_msg("%llu bits of model: %llu of data, before %llu",
			 (unsigned long long)p->size.model_bits,
			 (unsigned long long)p->size.data_bits,
			 (unsigned long long)before->size.data_bits);
	assert_true(total_of(p) >= s->corpus.bayes_bits - SAVED_MAX);
	assert_true((double)(p->size.budget_bits - p->size.model_bits) <
		    leftover_max_bits(s, (double)p->size.budget_bits));
	assert_true((double)p->size.data_bits >= p->theory.ideal_bits);
}

static void check_curve(const char *options, double excess_max)
{
	struct structure s;

	generate(options);
	run(&s, 2);
	for (uint32_t i = 0; i < s.n_points; i++)
		check_point(&s, i);

	const struct structure_point *last = &s.point[s.n_points - 1];

	for (uint32_t i = 0; i < s.n_points; i++)
		assert_true(total_of(&s.point[i]) >= total_of(last) - ROUNDING_BITS);
	if (total_of(last) > s.corpus.bayes_bits * (1 + excess_max))
		fail_msg("%.0f bits over %.0f", total_of(last), s.corpus.bayes_bits);
	structure_close(&s);
}

static void test_curves(void **state)
{
	(void)state;
	check_curve("sentences=1000,alpha=0.5,seed=3", 0.02);
	check_curve("sentences=600,alpha=0.8,beta=10,seed=4", 0.02);
	check_curve("sentences=400,alpha=0.5,noise=0.5,seed=5", 0.12);
}

static void test_threads(void **state)
{
	struct structure one, three;

	(void)state;
	generate("sentences=200");
	run(&one, 1);
	run(&three, 3);
	for (uint32_t i = 0; i < N_BUDGETS; i++)
		assert_memory_equal(&one.point[i].size, &three.point[i].size,
				    sizeof one.point[i].size);
	structure_close(&one);
	structure_close(&three);
}

/* The ideal curve begins where the code's own closed form says, loses ever less a bit, and its
 * least total is below Bayes: counts are told for nothing there. */
static void test_ideal(void **state)
{
	struct structure s;

	(void)state;
	generate("sentences=3000,alpha=0.6");
	assert_int_equal(structure_open(&s, fixture_prefix, "twopart"), STATUS_OK);

	const struct sk_optimum *o = &s.optimum;
	double steepest = INFINITY;

	assert_true(fabs(o->point[0].data_bits - s.blank_data_bits) < 1e-6 * s.blank_data_bits);
	for (uint32_t i = 1; i < o->n; i++) {
		const struct sk_optimum_point *a = &o->point[i - 1], *b = &o->point[i];
		double slope = (a->data_bits - b->data_bits) / (b->model_bits - a->model_bits);

		assert_true(slope > 0 && slope < 1.5 * steepest); /* who it is does not add up */
		steepest = fmin(steepest, slope);
		assert_true(a->density > b->density && a->n_elements <= b->n_elements);
	}
	const struct sk_optimum_point *least = &o->point[o->least_total];

	assert_true(least->model_bits + least->data_bits < s.corpus.bayes_bits);
	for (uint32_t i = 0; i < o->n; i++)
		assert_true(o->point[i].model_bits + o->point[i].data_bits >=
			    least->model_bits + least->data_bits - 200);
	assert_true(sk_optimum_data_bits(o, 1e12) == o->point[o->n - 1].data_bits);
	assert_true(sk_optimum_data_bits(o, o->point[7].model_bits) == o->point[7].data_bits);
	structure_close(&s);
}

struct failing {
	uint32_t at;
	int n_seen;
};

static enum status refuse(void *context, uint32_t index, const struct buffer *archive,
			  const double *cost_bits)
{
	struct failing *f = context;

	assert_true(archive->size_bytes > 0 && !cost_bits);
#pragma omp atomic
	f->n_seen++;
	return index == f->at ? (fail)(STATUS_LIMIT, "refused") : STATUS_OK;
}

/* What look() reports ends the series, with its sentence; the ends are made first. */
static void test_failure(void **state)
{
	struct failing f = {.at = 5};
	struct budget_point point[8];
	struct structure s;

	(void)state;
	generate("sentences=200");
	assert_int_equal(structure_open(&s, fixture_prefix, "twopart"), STATUS_OK);

	struct budgets b = {.settings = s.settings,
			    .in = s.corpus.bin.data,
			    .size_bytes = s.corpus.bin.size_bytes,
			    .n_points = 8,
			    .threads = 1,
			    .look = refuse,
			    .context = &f};

	assert_int_equal(budgets_run(&b, point), STATUS_LIMIT);
	assert_string_equal(status_message(), "refused");
	assert_int_equal(f.n_seen, 2 + 5);
	structure_close(&s);
	assert_int_equal(structure_open(&s, fixture_prefix, "bayes"), STATUS_BAD_ARGUMENT);
	structure_close(&s);
}

/* ---- The drawing. ---- */

struct text_box {
	double left, right, top, bottom;
	char text[128];
};

/* The boxes of all horizontal texts of a drawing. */
static int read_boxes(const char *svg, struct text_box *box, int n_max)
{
	int n = 0;

	for (const char *at = svg; (at = strstr(at, "<text x=")) && n < n_max; at++) {
		char anchor[16];
		double x, y, width;

		assert_int_equal(sscanf(at,
					"<text x=\"%lf\" y=\"%lf\" text-anchor=\"%15[a-z]\" "
					"fill=\"%*[^\"]\" stroke=\"%*[^\"]\" stroke-width=\"3\" "
					"paint-order=\"stroke\">%127[^<]",
					&x, &y, anchor, box[n].text),
				 4);
		width = 6.0 * (double)strlen(box[n].text);
		box[n].left = x - (strcmp(anchor, "end") == 0      ? width
				   : strcmp(anchor, "middle") == 0 ? width / 2
								   : 0);
		box[n].right = box[n].left + width;
		box[n].top = y - 9;
		box[n].bottom = y + 1;
		n++;
	}
	return n;
}

static void check_boxes(const struct text_box *box, int n)
{
	for (int i = 0; i < n; i++) {
		assert_true(box[i].left >= 0 && box[i].right <= 900);
		assert_true(box[i].top >= 0 && box[i].bottom <= 600);
		for (int j = 0; j < i; j++)
			if (box[i].left < box[j].right && box[j].left < box[i].right &&
			    box[i].top < box[j].bottom && box[j].top < box[i].bottom)
				fail_msg("'%s' covers '%s'", box[i].text, box[j].text);
	}
}

static void test_drawing(void **state)
{
	struct structure s;
	struct text_box box[200];
	char *svg = NULL;
	size_t size_bytes;

	(void)state;
	generate("sentences=300");
	run(&s, 2);
	s.n_marks = 30;
	s.mark = calloc(s.n_marks, sizeof *s.mark);
	assert_non_null(s.mark);
	for (uint32_t i = 0; i < s.n_marks; i++) { /* crowded, in the lane and outside of it */
		struct structure_mark *m = &s.mark[i];

		snprintf(m->name, sizeof m->name, "method %u <&", (unsigned)i);
		strcpy(m->on, i % 2 ? "text" : "tokens");
		m->model_bits = i < 25 ? 0 : 20000 + i;
		m->data_bits = s.corpus.bayes_bits * (2 + i % 3);
	}
	FILE *to = open_memstream(&svg, &size_bytes);

	assert_non_null(to);
	structure_svg(&s, to);
	fclose(to);

	int n = read_boxes(svg, box, 200);

	assert_true(n > 50 && n < 200);
	check_boxes(box, n);
	assert_non_null(strstr(svg, "method 7 &lt;&amp;, text"));
	assert_null(strstr(svg, "nan"));
	free(svg);
	structure_close(&s);
}

/* The dictionary is paid for: its bytes and the frame's are both there, and helped the frame. */
static void test_dictionary(void **state)
{
	struct dictionary_sizes with;
	size_t size_bytes = 0;
	char *text = malloc(400000);

	(void)state;
	assert_non_null(text);
	for (unsigned i = 0; size_bytes < 390000; i++)
		size_bytes += (size_t)sprintf(text + size_bytes, "line %u of %u words\n",
					      i * 2654435761u % 1000, i * i % 977);
	assert_int_equal(dictionary_measure((const uint8_t *)text, size_bytes, 4096, &with),
			 STATUS_OK);
	assert_true(with.dictionary_bytes > 0 && with.dictionary_bytes <= 4096);
	assert_true(with.frame_bytes > 1000 && with.frame_bytes < size_bytes / 2);
	assert_int_equal(dictionary_measure((const uint8_t *)"a\nb\n", 4, 4096, &with),
			 STATUS_UNSUPPORTED);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_curves),     cmocka_unit_test(test_threads),
	    cmocka_unit_test(test_ideal),      cmocka_unit_test(test_failure),
	    cmocka_unit_test(test_drawing),    cmocka_unit_test(test_dictionary),
	};

	return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
