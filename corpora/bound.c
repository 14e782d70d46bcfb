/* SPDX-License-Identifier: BSD-2-Clause */
#include "bound.h"

#include <stdbool.h>

/* The members of the parts are called as the total is. */
#define PARTS(before, after)                                                                       \
	{                                                                                          \
		before "weight_" after, before "name_" after, before "fact_" after,                \
		    before "syntax_" after                                                         \
	}

const struct bound_row bound_rows[BOUNDS] = {
    [BOUND_KNOWN] = {"known world", "known_bits", PARTS("known_", "bits")},
    [BOUND_KNOWN_EXPECTED] = {"E[known given X]", "known_bits_expected",
			      PARTS("known_", "bits_expected")},
    [BOUND_BAYES] = {"Bayes",
		     "bayes_bits",
		     {"partition_bits", "name_bits", "fact_bits", "syntax_bits"}},
    [BOUND_BAYES_EXPECTED] = {"E[Bayes]", "expected_bayes_bits", PARTS("expected_", "bits")},
    [BOUND_MIXTURE] = {"Bayes, parameters unknown", "mixture_bits", PARTS("mixture_", "bits")},
    [BOUND_NML] = {"NML syntax", "nml_bits", PARTS("nml_", "bits")},
    [BOUND_TWO_PART] = {"two-part", "two_part_bits", PARTS("two_part_", "bits")},
    [BOUND_TWO_PART_MODEL] = {"  model L(M)", "two_part_model_bits",
			      PARTS("two_part_model_", "bits")},
    [BOUND_TWO_PART_DATA] = {"  data L(X|M)", "two_part_data_bits",
			     PARTS("two_part_data_", "bits")},
    [BOUND_ENUMERATIVE] = {"two-part, enumerative", "enumerative_bits",
			   PARTS("enumerative_", "bits")},
    [BOUND_REDUNDANCY] = {"redundancy", "redundancy_bits", PARTS("redundancy_", "bits")},
};

const char *const bound_part_labels[BOUND_PARTS] = {
    [BOUND_WEIGHTS] = "weights",
    [BOUND_NAMES] = "names",
    [BOUND_FACTS] = "facts",
    [BOUND_SYNTAX] = "syntax",
};

double bound_total(const struct bound *b)
{
	double bits = 0;

	for (int i = 0; i < BOUND_PARTS; i++)
		bits += b->part[i];
	return bits;
}

static enum status put(json_t *to, const char *member, double bits)
{
	return json_object_set_new(to, member, json_real(bits)) ? fail_no_memory() : STATUS_OK;
}

enum status bound_put(json_t *to, enum bound_id id, const struct bound *b)
{
	TRY(put(to, bound_rows[id].total, bound_total(b)));
	for (int i = 0; i < BOUND_PARTS; i++)
		TRY(put(to, bound_rows[id].part[i], b->part[i]));
	return STATUS_OK;
}

enum status bound_put_more(json_t *to, json_t *more)
{
	int error = json_object_update(to, more);

	json_decref(more);
	return error ? fail_no_memory() : STATUS_OK;
}

enum status bound_finish(json_t *lengths, enum status s, json_t **out)
{
	if (s == STATUS_OK && lengths) {
		*out = lengths;
		return STATUS_OK;
	}
	json_decref(lengths);
	return s == STATUS_OK ? fail_no_memory() : s;
}

static bool get(const json_t *lengths, enum bound_id id, struct bound *b)
{
	for (int i = 0; i < BOUND_PARTS; i++) {
		const json_t *bits = json_object_get(lengths, bound_rows[id].part[i]);

		if (!bits)
			return false;
		b->part[i] = json_number_value(bits);
	}
	return true;
}

enum status bound_put_redundancy(json_t *lengths)
{
	struct bound bayes, known;

	if (!get(lengths, BOUND_BAYES, &bayes) || !get(lengths, BOUND_KNOWN_EXPECTED, &known))
		return STATUS_OK;
	for (int i = 0; i < BOUND_PARTS; i++)
		bayes.part[i] -= known.part[i];
	return bound_put(lengths, BOUND_REDUNDANCY, &bayes);
}
