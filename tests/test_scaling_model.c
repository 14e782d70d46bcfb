/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_scaling_model.c - excess losses are the archives' bits, and theory explains them.
 *
 * Property  what is measured by role and class adds up to the data bits of each archive less the
 *           known world's; classes add up to all of them, in theory too; the finite-size curve is
 *           met within what words tell of the type; the threshold lies between what is stored
 *           and what is not; two runs agree whatever the threads, and leave no file behind.
 * Method    two small corpora through the library; columns against each other.
 */
#include <dirent.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "scaling_model.h"

#include <cmocka.h>

#define ALL SCALING_MODEL_CLASSES
#define N_SENTENCES 2500
#define N_BUDGETS 10
#define CODER_BITS 40   /* a payload over its ideal bits */
#define TYPE_BITS 0.45  /* of a sentence: what the words before a name tell of its type */

static char directory[] = "/tmp/twopart-scaling-XXXXXX";
static struct scaling_model m;

static struct scaling_model_plan plan_of(int threads)
{
	return (struct scaling_model_plan){
	    .alpha_millionths = {500000, 700000},
	    .beta_millionths = 5000000,
	    .n_alphas = 2,
	    .n_sentences = N_SENTENCES,
	    .seed = 3,
	    .n_budgets = N_BUDGETS,
	    .threads = threads,
	    .model_text = "twopart",
	};
}

static int measure(void **state)
{
	const struct scaling_model_plan plan = plan_of(2);

	(void)state;
	if (!mkdtemp(directory))
		return -1;
	setenv("TMPDIR", directory, 1);
	return scaling_model_measure(&plan, &m) == STATUS_OK ? 0 : -1;
}

static int clean(void **state)
{
	(void)state;
	scaling_model_free(&m);
	return rmdir(directory);
}

static void test_nothing_stays(void **state)
{
	DIR *d = opendir(directory);
	int n = 0;

	(void)state;
	assert_non_null(d);
	while (readdir(d))
		n++;
	closedir(d);
	assert_int_equal(n, 2); /* . and .. */
}

static void test_sums(void **state)
{
	(void)state;
	for (uint32_t a = 0; a < 2; a++) {
		const struct scaling_model_curve *c = &m.curve[a];

		for (uint32_t i = 0; i < c->n_points; i++) {
			const struct scaling_model_point *p = &c->point[i];
			double bits = (c->known_bits + p->knowledge.of_class[ALL] +
				       p->syntax.of_class[ALL]) * N_SENTENCES;
			double over = (double)p->size.data_bits - bits;

			/* known_bits is a closed form: its archive takes a little more */
			assert_true(over > -CODER_BITS && over < CODER_BITS + 1e-3 * bits);
			assert_true(p->knowledge_model_bits < (double)p->size.model_bits);
		}
	}
}

static void check_classes(const struct scaling_model_loss *l)
{
	double sum = 0;

	for (unsigned class = 0; class < ALL; class++)
		sum += l->of_class[class];
	assert_true(fabs(sum - l->of_class[ALL]) < 1e-9 * (1 + fabs(sum)));
}

static void test_classes(void **state)
{
	(void)state;
	for (uint32_t a = 0; a < 2; a++)
		for (uint32_t i = 0; i < m.curve[a].n_points; i++) {
			check_classes(&m.curve[a].point[i].knowledge);
			check_classes(&m.curve[a].point[i].syntax);
			check_classes(&m.curve[a].point[i].whole);
			check_classes(&m.curve[a].point[i].finite);
			check_classes(&m.curve[a].point[i].water);
		}
}

/* With the elements that are really stored, the closed form is what is measured; and all of it
 * falls as more is stored. */
static void test_theory(void **state)
{
	(void)state;
	for (uint32_t a = 0; a < 2; a++) {
		const struct scaling_model_curve *c = &m.curve[a];
		uint32_t n_compared = 0;

		for (uint32_t i = 1; i < c->n_points; i++) {
			const struct scaling_model_point *p = &c->point[i], *before = p - 1;
			double off = p->finite_stored - p->knowledge.of_class[ALL];

			assert_true(p->finite.of_class[ALL] <= before->finite.of_class[ALL]);
			assert_true(p->whole.of_class[ALL] <= before->whole.of_class[ALL]);
			assert_true(p->whole.of_class[ALL] <= p->water.of_class[ALL]);
			if (p->n_elements < 10)
				continue;
			n_compared++;
			if (fabs(off) > TYPE_BITS)
				fail_msg("alpha %g, %u elements: %.3f, but %.3f in theory",
					 c->alpha, (unsigned)p->n_elements,
					 p->knowledge.of_class[ALL], p->finite_stored);
		}
		assert_true(n_compared >= 4);
	}
}

/* Elements are stored by frequency, but for their facts: the least that is stored is about the most
 * that is not. */
static void test_threshold(void **state)
{
	(void)state;
	for (uint32_t a = 0; a < 2; a++)
		for (uint32_t i = 0; i < m.curve[a].n_points; i++) {
			const struct scaling_model_point *p = &m.curve[a].point[i];

			if (p->n_elements == 0) {
				assert_int_equal(p->smallest_stored, 0);
				assert_true(p->largest_not_stored > N_SENTENCES / 100);
				continue;
			}
			assert_true((double)p->largest_not_stored <
				    1.4 * (double)p->smallest_stored + 2);
			if (p->n_elements < m.curve[a].n_elements)
				assert_true(p->largest_not_stored >= 1);
			else
				assert_int_equal(p->largest_not_stored, 0);
		}
}

static void test_threads(void **state)
{
	struct scaling_model_plan plan = plan_of(1);
	struct scaling_model again;

	(void)state;
	plan.n_alphas = 1;
	assert_int_equal(scaling_model_measure(&plan, &again), STATUS_OK);
	for (uint32_t i = 0; i < N_BUDGETS; i++) {
		const struct scaling_model_point *p = &again.curve[0].point[i];
		const struct scaling_model_point *q = &m.curve[0].point[i];

		assert_memory_equal(&p->size, &q->size, sizeof p->size);
		assert_memory_equal(&p->knowledge, &q->knowledge, sizeof p->knowledge);
		assert_memory_equal(&p->finite, &q->finite, sizeof p->finite);
		assert_memory_equal(&p->slope.slope, &q->slope.slope, sizeof(double));
	}
	scaling_model_free(&again);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_nothing_stays), cmocka_unit_test(test_sums),
	    cmocka_unit_test(test_classes),       cmocka_unit_test(test_theory),
	    cmocka_unit_test(test_threshold),     cmocka_unit_test(test_threads),
	};

	return cmocka_run_group_tests(tests, measure, clean);
}
