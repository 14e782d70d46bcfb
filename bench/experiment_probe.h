/* SPDX-License-Identifier: BSD-2-Clause
 *
 * experiment_probe.h - the cells that the experiments on facts share, and how they are read:
 * transformers of several sizes that learn the same corpora and are asked while they do
 * (probing.h).
 */
#ifndef TWOPART_EXPERIMENT_PROBE_H
#define TWOPART_EXPERIMENT_PROBE_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "bench.h"
#include "experiment.h"
#include "result.h"
#include "status.h"

/* Plan them. */
MUST_CHECK enum status experiment_probe_plan(struct bench *b, const struct experiment_request *q);

#endif
