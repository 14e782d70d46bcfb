/* SPDX-License-Identifier: BSD-2-Clause
 *
 * models.c - the registry of predictors.  To add one: a file beside this one and a line here.
 */
#include <string.h>

#include "predictor.h"

extern const struct predictor_ops bayes_ops;
extern const struct predictor_ops ctw_ops;
extern const struct predictor_ops ensemble_ops;
extern const struct predictor_ops known_ops;
extern const struct predictor_ops order0_ops;
extern const struct predictor_ops uniform_ops;
extern const struct predictor_ops ngram_ops;
extern const struct predictor_ops mix_ops;
extern const struct predictor_ops neural_ops;
extern const struct predictor_ops transformer_ops;
extern const struct predictor_ops transformer_online_ops;
extern const struct predictor_ops twopart_ops;

const struct predictor_ops *const predictors[] = {
    &uniform_ops,
    &order0_ops,
    &known_ops,
    &bayes_ops,
    &ngram_ops,
    &twopart_ops,
    &mix_ops,
    &neural_ops,
    &transformer_ops,
    &transformer_online_ops,
    &ctw_ops,
    &ensemble_ops,
    NULL,
};

const struct predictor_ops *predictor_by_name(const char *name)
{
	for (const struct predictor_ops *const *p = predictors; *p; p++)
		if (strcmp((*p)->name, name) == 0)
			return *p;
	return NULL;
}

const struct predictor_ops *predictor_by_id(uint8_t id)
{
	for (const struct predictor_ops *const *p = predictors; *p; p++)
		if ((*p)->id == id)
			return *p;
	return NULL;
}
