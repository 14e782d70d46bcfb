/* SPDX-License-Identifier: BSD-2-Clause
 *
 * mixers.c - the registry of mixers.  To add one: a file models/mixer_*.c and a line here, at the
 * end, as archives hold the place in this table.
 */
#include "mixers.h"

#include <stddef.h>

extern const struct mixer_ops mixer_logistic_ops;
extern const struct mixer_ops mixer_bayes_ops;
extern const struct mixer_ops mixer_switching_ops;
extern const struct mixer_ops mixer_linear_ops;

const struct mixer_ops *const mixers[] = {
    &mixer_logistic_ops,
    &mixer_bayes_ops,
    &mixer_switching_ops,
    &mixer_linear_ops,
    NULL,
};
