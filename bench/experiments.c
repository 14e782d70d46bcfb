/* SPDX-License-Identifier: BSD-2-Clause
 *
 * experiments.c - the registry of experiments, in the order of the paper's figures.
 */
#include <stdlib.h>
#include <string.h>

#include "experiment.h"

extern const struct experiment experiment_model_scaling, experiment_recall, experiment_structure,
    experiment_data_scaling, experiment_data_classes, experiment_syntax_first,
    experiment_fine_tuning, experiment_hyper, experiment_real_text;

const struct experiment *const experiments[] = {
    &experiment_model_scaling,  &experiment_recall,	  &experiment_structure,
    &experiment_data_scaling,	&experiment_data_classes, &experiment_syntax_first,
    &experiment_fine_tuning,	&experiment_hyper,	  &experiment_real_text,
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

static void add_claim(struct finding *table, const struct experiment *e, const char *verdict,
		      const char *claim, const char *measured)
{
	/* Behind a colon stands what there is no room for. */
	finding_cell(table, "%.*s", (int)strcspn(e->figure, ":"), e->figure);
	finding_cell(table, "%s", claim);
	finding_cell(table, "%s", verdict);
	finding_cell(table, "%s", measured);
	finding_cell(table, "%s", e->name);
}

enum status experiments_claims(const struct experiment_finding *findings, size_t n,
			       struct finding *table)
{
	static const char *const head[] = {"of the paper", "claim", "verdict", "measured",
					   "experiment"};
	size_t at = 0; /* findings are in the order of the registry */

	*table = (struct finding){.n_claims = 0};
	finding_columns(table, head, sizeof head / sizeof *head);
	for (const struct experiment *const *e = experiments; *e; e++) {
		const struct finding *f = at < n && findings[at].of == *e ? &findings[at].finding
									   : NULL;

		if (!f) {
			add_claim(table, *e, finding_verdict(CLAIM_OPEN), (*e)->title,
				  "nothing yet.");
			continue;
		}
		for (size_t i = 0; i < f->n_claims; i++)
			add_claim(table, *e, finding_verdict(f->claim[i].verdict),
				  f->claim[i].claim, f->claim[i].measured);
		at++;
	}
	return finding_status(table);
}
