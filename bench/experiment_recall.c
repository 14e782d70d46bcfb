/* SPDX-License-Identifier: BSD-2-Clause */
#include "experiment.h"
#include "experiment_probe.h"

static enum status conclude(const struct result *const *result, size_t n, struct finding *f)
{
	(void)result;
	(void)n;
	(void)f;
	return STATUS_OK;
}

const struct experiment experiment_recall = {
    .name = "recall",
    .title = "Accuracy of facts against their frequency",
    .figure = "Fig. 2a and 2b",
    .help = "which facts models of several sizes recall, by how often they were stated",
    .plan = experiment_probe_plan,
    .conclude = conclude,
};
