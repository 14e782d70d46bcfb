/* SPDX-License-Identifier: BSD-2-Clause
 *
 * report_page.h - the page (page.h) of a report: its drawings and tables, put in their places.
 */
#ifndef TWOPART_REPORT_PAGE_H
#define TWOPART_REPORT_PAGE_H

#include "buffer.h"
#include "drawings.h"
#include "experiment.h"
#include "page.h"
#include "result.h"
#include "tables.h"

/* Append bench.html.  claims: experiments_claims(), if there are findings.  Without `scripts`
 * (NULL) charts are drawings only.  STATUS_NO_MEMORY. */
MUST_CHECK enum status report_page(const struct result *result, size_t n_results,
				   const struct tables *tables, const struct drawings *drawings,
				   const struct finding *claims,
				   const struct experiment_finding *findings, size_t n_findings,
				   const struct page_scripts *scripts, struct buffer *out);

#endif
