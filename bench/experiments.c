/* SPDX-License-Identifier: BSD-2-Clause
 *
 * experiments.c - the registry of experiments.
 */
#include <stdlib.h>
#include <string.h>

#include "experiment.h"

extern const struct experiment experiment_data_scaling, experiment_fine_tuning, experiment_hyper,
    experiment_model_scaling, experiment_real_text, experiment_recall, experiment_syntax_first;

const struct experiment *const experiments[] = {
    &experiment_model_scaling, &experiment_recall, &experiment_syntax_first,
    &experiment_fine_tuning, &experiment_data_scaling, &experiment_hyper, &experiment_real_text,
    NULL};

const struct experiment *experiment_by_name(const char *name)
{
	for (const struct experiment *const *e = experiments; *e; e++)
		if (strcmp((*e)->name, name) == 0)
			return *e;
	return NULL;
}

enum status experiments_conclude(const struct result *const *result, size_t n,
				 struct experiment_finding **out, size_t *n_findings)
{
	size_t n_all = sizeof experiments / sizeof *experiments - 1, n_some = 0;
	struct experiment_finding *all = calloc(n_all, sizeof *all);
	enum status s = all ? STATUS_OK : fail_no_memory();

	for (size_t i = 0; i < n_all && s == STATUS_OK; i++) {
		struct experiment_finding *e = &all[n_some];

		e->of = experiments[i];
		s = e->of->conclude(result, n, &e->finding);
		if (s == STATUS_OK)
			s = finding_status(&e->finding);
		if (s == STATUS_OK && !e->finding.n_claims)
			finding_free(&e->finding);
		else
			n_some++;
	}
	*out = all;
	*n_findings = n_some;
	return s;
}

void experiments_free(struct experiment_finding *findings, size_t n)
{
	for (size_t i = 0; findings && i < n; i++)
		finding_free(&findings[i].finding);
	free(findings);
}
