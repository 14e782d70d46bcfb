/* SPDX-License-Identifier: BSD-2-Clause */
#include "finding.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "capacity.h"

/* A new text; NULL, remembered: no memory. */
static char *print(struct finding *f, const char *format, va_list arguments)
{
	char *text = NULL;

	if (vasprintf(&text, format, arguments) < 0) {
		f->no_memory = true;
		return NULL;
	}
	return text;
}

/* Room for one more element of an array that grows by powers of two. */
static bool grow(struct finding *f, void **array, size_t n, size_t element_bytes)
{
	void *larger;

	if (n & (n - 1)) /* between two powers there is room */
		return true;
	larger = realloc(*array, (n ? 2 * n : 1) * element_bytes);
	if (!larger) {
		f->no_memory = true;
		return false;
	}
	*array = larger;
	return true;
}

void finding_column(struct finding *f, const char *head)
{
	size_t n = strlen(head);

	if (f->n_columns == FINDING_COLUMNS_MAX)
		return;
	f->is_number[f->n_columns] = n && head[n - 1] == '#';
	snprintf(f->head[f->n_columns], sizeof f->head[0], "%.*s",
		 (int)(n - f->is_number[f->n_columns]), head);
	f->n_columns++;
}

void finding_columns(struct finding *f, const char *const *head, size_t n)
{
	for (size_t i = 0; i < n; i++)
		finding_column(f, head[i]);
}

void finding_cell(struct finding *f, const char *format, ...)
{
	va_list arguments;
	void *cells = f->cell;

	if (!grow(f, &cells, f->n_cells, sizeof *f->cell))
		return;
	f->cell = cells;
	va_start(arguments, format);
	f->cell[f->n_cells] = print(f, format, arguments);
	va_end(arguments);
	if (f->cell[f->n_cells])
		f->n_cells++;
}

void finding_claim(struct finding *f, enum verdict_of_claim verdict, const char *claim,
		   const char *format, ...)
{
	va_list arguments;
	void *claims = f->claim;

	if (!grow(f, &claims, f->n_claims, sizeof *f->claim))
		return;
	f->claim = claims;

	struct finding_claim *c = &f->claim[f->n_claims++];

	*c = (struct finding_claim){.claim = strdup(claim), .verdict = verdict};
	f->no_memory |= !c->claim;
	va_start(arguments, format);
	c->measured = print(f, format, arguments);
	va_end(arguments);
}

struct finding_panel *finding_panel(struct finding *f, const char *label_x, const char *label_y,
				    bool log_x, bool log_y)
{
	struct finding_panel *p;

	if (f->n_panels == FINDING_PANELS_MAX)
		return NULL;
	p = &f->panel[f->n_panels++];
	*p = (struct finding_panel){.log_x = log_x, .log_y = log_y};
	snprintf(p->label_x, sizeof p->label_x, "%s", label_x);
	snprintf(p->label_y, sizeof p->label_y, "%s", label_y);
	return p;
}

struct finding_series *finding_series(struct finding_panel *p, const char *title, bool is_exact)
{
	struct finding_series *s;

	if (!p || p->n_series == FINDING_SERIES_MAX)
		return NULL;
	s = &p->series[p->n_series++];
	*s = (struct finding_series){.is_exact = is_exact, .colour = p->n_series - 1};
	snprintf(s->title, sizeof s->title, "%s", title);
	return s;
}

void finding_point(struct finding *f, struct finding_series *s, double x, double y, double low,
		   double high)
{
	void *points = s ? s->point : NULL;

	if (!s || !isfinite(x) || !isfinite(y))
		return;
	if (!grow(f, &points, s->n, sizeof *s->point))
		return;
	s->point = points;
	s->point[s->n++] = (struct finding_point){x, y, isfinite(low) ? low : y,
						  isfinite(high) ? high : y};
}

enum status finding_status(const struct finding *f)
{
	return f->no_memory ? fail_no_memory() : STATUS_OK;
}

const char *finding_verdict(enum verdict_of_claim verdict)
{
	static const char *const name[] = {"holds", "fails", "open"};

	return name[verdict];
}

/* ---- What is shown. ---- */

/* A bar in a text would end its cell. */
static void print_cell(const char *text, FILE *to)
{
	fputs("| ", to);
	for (; *text; text++)
		fprintf(to, "%s%c", *text == '|' ? "\\" : "", *text);
	fputc(' ', to);
}

static void print_table(const struct finding *f, FILE *to)
{
	for (size_t i = 0; i < f->n_columns; i++)
		print_cell(f->head[i], to);
	fputs("|\n", to);
	for (size_t i = 0; i < f->n_columns; i++)
		fputs(f->is_number[i] ? "| ---: " : "| --- ", to);
	fputs("|\n", to);
	for (size_t i = 0; i < f->n_cells; i++) {
		print_cell(f->cell[i], to);
		fputs((i + 1) % f->n_columns ? "" : "|\n", to);
	}
	fputc('\n', to);
}

void finding_markdown(const struct finding *f, FILE *to)
{
	for (size_t i = 0; i < f->n_claims; i++)
		fprintf(to, "- **%s**: %s Measured: %s\n", finding_verdict(f->claim[i].verdict),
			f->claim[i].claim, f->claim[i].measured);
	if (f->n_claims)
		fputc('\n', to);
	if (f->n_columns)
		print_table(f, to);
}

json_t *finding_claims_json(const struct finding *f)
{
	json_t *all = json_array();

	for (size_t i = 0; i < f->n_claims; i++)
		json_array_append_new(all, json_pack("{s:s, s:s, s:s}", "verdict",
						     finding_verdict(f->claim[i].verdict), "claim",
						     f->claim[i].claim, "measured",
						     f->claim[i].measured));
	return all;
}

json_t *finding_columns_json(const struct finding *f)
{
	json_t *all = json_array();

	for (size_t i = 0; i < f->n_columns; i++)
		json_array_append_new(all, json_string(f->head[i]));
	return all;
}

json_t *finding_rows_json(const struct finding *f)
{
	json_t *all = json_array();

	for (size_t i = 0; f->n_columns && i + f->n_columns <= f->n_cells; i += f->n_columns) {
		json_t *row = json_array();

		for (size_t k = 0; k < f->n_columns; k++)
			json_array_append_new(row, json_string(f->cell[i + k]));
		json_array_append_new(all, row);
	}
	return all;
}

void finding_free(struct finding *f)
{
	for (size_t i = 0; i < f->n_claims; i++) {
		free(f->claim[i].claim);
		free(f->claim[i].measured);
	}
	for (size_t i = 0; i < f->n_cells; i++)
		free(f->cell[i]);
	for (size_t i = 0; i < f->n_panels; i++)
		for (size_t k = 0; k < f->panel[i].n_series; k++)
			free(f->panel[i].series[k].point);
	free(f->claim);
	free(f->cell);
	*f = (struct finding){0};
}

/* ---- Statistics. ---- */

/* The 97.5 % quantile of Student's t with so many degrees of freedom: a table up to 10, then an
 * expansion about the normal one, within 0.1 %. */
static double student(size_t degrees)
{
	static const double few[] = {NAN,   12.706, 4.303, 3.182, 2.776, 2.571,
				     2.447, 2.365,  2.306, 2.262, 2.228};
	double d = (double)degrees;

	if (degrees < sizeof few / sizeof *few)
		return few[degrees];
	return 1.95996 + 2.37227 / d + 2.82257 / (d * d);
}

struct finding_mean finding_mean(const double *value, size_t n)
{
	struct finding_mean m = {NAN, NAN, n};
	double sum = 0, squares = 0;

	for (size_t i = 0; i < n; i++)
		sum += value[i];
	if (n)
		m.mean = sum / (double)n;
	for (size_t i = 0; i < n; i++)
		squares += (value[i] - m.mean) * (value[i] - m.mean);
	if (n > 1)
		m.half_width = student(n - 1) * sqrt(squares / (double)(n - 1) / (double)n);
	return m;
}

enum verdict_of_claim finding_above(const double *difference, size_t n)
{
	struct finding_mean m = finding_mean(difference, n);

	return m.mean - m.half_width > 0   ? CLAIM_HOLDS
	       : m.mean + m.half_width < 0 ? CLAIM_FAILS
					   : CLAIM_OPEN;
}

enum verdict_of_claim finding_all(const enum verdict_of_claim *part, size_t n)
{
	enum verdict_of_claim all = CLAIM_HOLDS;

	for (size_t i = 0; i < n; i++)
		if (all != CLAIM_FAILS && part[i] != CLAIM_HOLDS)
			all = part[i];
	return all;
}

#define SLOPE_POINTS_MAX 256

struct finding_slope finding_slope(const double *x, const double *y, size_t n)
{
	double lg_x[SLOPE_POINTS_MAX] = {0}, lg_y[SLOPE_POINTS_MAX] = {0};
	uint32_t used = 0;

	for (size_t i = 0; i < n && used < SLOPE_POINTS_MAX; i++) {
		if (!(x[i] > 0) || !(y[i] > 0) || !isfinite(x[i]) || !isfinite(y[i]))
			continue;
		lg_x[used] = log2(x[i]);
		lg_y[used++] = log2(y[i]);
	}
	struct capacity_fit fit = capacity_fit_line(lg_x, lg_y, used);

	return (struct finding_slope){
	    fit.slope, used > 2 ? student(used - 2) * fit.standard_error : NAN, used};
}
