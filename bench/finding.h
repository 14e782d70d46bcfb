/* SPDX-License-Identifier: BSD-2-Clause
 *
 * finding.h - what the results of an experiment say: claims with verdicts, a table, what to draw.
 *
 * An experiment (experiment.h) fills it in; the terminal, the report, the page and --json show it.
 * Lack of memory is remembered, and returned by finding_status(): nothing else can go wrong here.
 */
#ifndef TWOPART_FINDING_H
#define TWOPART_FINDING_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "status.h"

#define FINDING_COLUMNS_MAX 12
#define FINDING_PANELS_MAX 3
#define FINDING_SERIES_MAX 16

enum verdict_of_claim {
	CLAIM_HOLDS,
	CLAIM_FAILS,
	CLAIM_OPEN, /* these results cannot tell; the figures say why */
};

struct finding_claim {
	char *claim;    /* what is claimed, a sentence */
	char *measured; /* what was measured, a sentence with figures */
	enum verdict_of_claim verdict;
};

struct finding_point {
	double x, y, low, high; /* low == high == y: without a bar */
};

struct finding_series {
	char title[64];
	bool is_exact; /* theory: a line without marks */
	size_t colour; /* of the drawing's; in a panel another each, unless it is set */
	struct finding_point *point; /* (n) in the order of x */
	size_t n;
};

struct finding_panel {
	char label_x[64], label_y[64];
	bool log_x, log_y;
	struct finding_series series[FINDING_SERIES_MAX];
	size_t n_series;
};

struct finding {
	struct finding_claim *claim; /* (n_claims); none: there were no results of it */
	size_t n_claims;
	size_t n_columns;
	char head[FINDING_COLUMNS_MAX][48];
	bool is_number[FINDING_COLUMNS_MAX];
	char **cell; /* (n_cells) row by row */
	size_t n_cells;
	struct finding_panel panel[FINDING_PANELS_MAX];
	size_t n_panels;
	bool no_memory;
};

/* One more column, before the first cell.  A text that ends with '#' (left out) is over numbers. */
void finding_column(struct finding *f, const char *head);
void finding_columns(struct finding *f, const char *const *head, size_t n); /* several */

/* The next cell of the table; rows have as many as there are columns. */
void finding_cell(struct finding *f, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A claim, and behind it the measurement; both sentences. */
void finding_claim(struct finding *f, enum verdict_of_claim verdict, const char *claim,
		   const char *format, ...) __attribute__((format(printf, 4, 5)));

/* One more panel, and one more series of it; NULL when there is no room for more. */
struct finding_panel *finding_panel(struct finding *f, const char *label_x, const char *label_y,
				    bool log_x, bool log_y);
struct finding_series *finding_series(struct finding_panel *p, const char *title, bool is_exact);

/* A point; what cannot be drawn (not finite) is left out, and so is everything for NULL. */
void finding_point(struct finding *f, struct finding_series *s, double x, double y, double low,
		   double high);

enum status finding_status(const struct finding *f);
const char *finding_verdict(enum verdict_of_claim verdict); /* "holds", "fails", "open" */

/* Claims and table as Markdown.  Panels are for drawings_findings.c. */
void finding_markdown(const struct finding *f, FILE *to);

/* New arrays: of claims, of the columns' heads, of rows, which are arrays of texts; NULL: no
 * memory. */
json_t *finding_claims_json(const struct finding *f);
json_t *finding_columns_json(const struct finding *f);
json_t *finding_rows_json(const struct finding *f);

void finding_free(struct finding *f); /* zeroed is fine, and left so */

/* ---- Statistics that experiments share. ---- */

/* Of n values: mean, and half the width of its 95 % confidence interval by Student's t; NaN of one
 * value. */
struct finding_mean {
	double mean, half_width;
	size_t n;
};
struct finding_mean finding_mean(const double *value, size_t n);

/*
 * What n differences, one of each pair (mostly of the same seed), say of "it is above 0": it holds
 * when the 95 % confidence interval of their mean lies above 0, and fails when it lies below.  Open
 * when 0 is within, when there is one pair only or none, or one of them is NaN.
 */
enum verdict_of_claim finding_above(const double *difference, size_t n);

/* Of a claim with several parts: fails if one of them does, else is open if one of them is. */
enum verdict_of_claim finding_all(const enum verdict_of_claim *part, size_t n);

/* y ~ x^slope by least squares in logarithms, with half the width of the slope's 95 % confidence
 * interval; NaN below 2 and below 3 points.  Points without a logarithm are left out. */
struct finding_slope {
	double slope, half_width;
	size_t n;
};
struct finding_slope finding_slope(const double *x, const double *y, size_t n);

#endif
