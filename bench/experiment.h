/* SPDX-License-Identifier: BSD-2-Clause
 *
 * experiment.h - the figures and claims of "Understanding LLM Behaviors via Compression" (arXiv
 * 2504.09597), each with the exact optimum beside what learns.
 *
 * An experiment is a plan of ordinary cells (bench.h) and a reading of their results.  So it shares
 * store, resumption, splitting over machines and report with the benchmark: it draws its conclusion
 * from whatever results of its cells there are, wherever they were measured, and more of them only
 * make its intervals narrower.
 *
 * A new one: experiment_NAME.c and its row in experiments.c.
 */
#ifndef TWOPART_EXPERIMENT_H
#define TWOPART_EXPERIMENT_H

#include <stddef.h>

#include "bench.h"
#include "finding.h"
#include "result.h"
#include "status.h"

enum experiment_scale {
	EXPERIMENT_QUICK, /* at most a quarter of an hour each, on two cores */
	EXPERIMENT_FULL,  /* as long as it needs */
};

struct experiment_request {
	enum experiment_scale scale;
	const char *text; /* a file of the user's, for an experiment that needs one; else NULL */
};

struct experiment {
	const char *name, *title;
	const char *figure;  /* of the paper, or what of it is meant: "abstract: fine-tuning" */
	const char *help;    /* one line */
	bool needs_text;
	MUST_CHECK enum status (*plan)(struct bench *b, const struct experiment_request *q);

	/* From n results of figures, one of each figure and corpus; what is of other experiments is
	 * passed over.  An empty finding: there is nothing of it.  STATUS_NO_MEMORY only. */
	MUST_CHECK enum status (*conclude)(const struct result *const *result, size_t n,
					   struct finding *f);
};

extern const struct experiment *const experiments[]; /* NULL-terminated; experiments.c */

const struct experiment *experiment_by_name(const char *name); /* NULL: there is none */

/* What there is to be seen in such results (tables.h has the newest of each in a store): findings
 * that are not empty, in the order of the registry.  finding_free() of each, then free(*out). */
struct experiment_finding {
	const struct experiment *of;
	struct finding finding;
};
MUST_CHECK enum status experiments_conclude(const struct result *const *result, size_t n,
					    struct experiment_finding **out, size_t *n_findings);
void experiments_free(struct experiment_finding *findings, size_t n);

/* All claims as one table: what of the paper each is about, its verdict, what was measured, and by
 * which experiment; an experiment without a finding has a row that says so.  finding_free(). */
MUST_CHECK enum status experiments_claims(const struct experiment_finding *findings, size_t n,
					  struct finding *table);
#define EXPERIMENTS_CLAIMS_TITLE "The claims, and what was measured"
#define EXPERIMENTS_CLAIMS_NOTE                                                                    \
	"Verdicts about differences go by 95 % intervals over corpora: open where 0 is within.  "  \
	"Where a claim says \"about\" or \"within\", the tolerance is ours, not the paper's, and " \
	"was chosen with quick results in sight."

#endif
