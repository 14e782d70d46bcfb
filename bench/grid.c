/* SPDX-License-Identifier: BSD-2-Clause */
#include "grid.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "utf8.h"

#define CELL_BYTES 2048
#define WIDE 24               /* of a last column that is not filled up: its texts are sentences */
#define SIGNIFICANT_DIGITS 12 /* of measured numbers in CSV */

enum kind {
	TEXT,
	COUNT,
	REAL,
	RATE,   /* three digits, and how much half of the repetitions differ, in per cent */
	REASON, /* of a result that is none */
};

struct column {
	const char *key;   /* CSV; NULL: not there */
	const char *label; /* of a grid; NULL: in no grid */
	enum kind kind;
	int digits;     /* behind the point of a REAL */
	unsigned parts; /* that have it */
	size_t offset;  /* of a char array or a double in struct row; of a REASON: not used */
	size_t spread;  /* of a RATE: of a double in struct row */
};

#define AT(member) offsetof(struct row, member)
#define Z GRID_SIZES
#define D GRID_DISTANCE
#define V GRID_SPEED
#define S GRID_SCALING
#define C GRID_CODER
#define R GRID_SHORT

static const struct column columns[] = {
    {"corpus", NULL, TEXT, 0, 0, AT(corpus), 0},
    {"source", NULL, TEXT, 0, 0, AT(source), 0},
    {"digest", NULL, TEXT, 0, 0, AT(digest), 0},
    {"name", "method", TEXT, 0, Z | D | V | S | C | R, AT(name), 0},
    {"on", "on", TEXT, 0, Z | D | V | S | C | R, AT(on), 0},
    {"threads", NULL, COUNT, 0, 0, AT(n_threads), 0},
    {"n_tokens", "tokens", COUNT, 0, S, AT(n_tokens), 0},
    {"text_bytes", NULL, COUNT, 0, 0, AT(text_bytes), 0},
    {"input_bytes", "input", COUNT, 0, C, AT(input_bytes), 0},
    {"archive_bytes", "archive", COUNT, 0, Z | C | R, AT(archive_bytes), 0},
    {"model_bytes", "model", COUNT, 0, Z | R, AT(model_bytes), 0},
    {"decoder_bytes", "decoder", COUNT, 0, Z, AT(decoder_bytes), 0},
    {"total_bytes", "total", COUNT, 0, Z | R, AT(total_bytes), 0},
    {"total_with_decoder_bytes", "with decoder", COUNT, 0, Z, AT(total_with_decoder_bytes), 0},
    {"total_bits", NULL, REAL, 1, 0, AT(total_bits), 0},
    {"bits_per_token", "bits/token", REAL, 4, Z | S | R, AT(bits_per_token), 0},
    {"bits_per_text_byte", "bits/byte", REAL, 4, Z | R, AT(bits_per_text_byte), 0},
    {"times_bound", "x bound", REAL, 4, Z | D | S | C | R, AT(times_bound), 0},
    {"regret", "regret", REAL, 4, D | S, AT(regret_sum), 0},
    {"regret_syntax", "syntax", REAL, 4, D, AT(regret[ROLE_SYNTAX]), 0},
    {"regret_name", "names", REAL, 4, D, AT(regret[ROLE_NAME]), 0},
    {"regret_first_fact", "first facts", REAL, 4, D, AT(regret[ROLE_FIRST_FACT]), 0},
    {"regret_repeated_fact", "repeated facts", REAL, 4, D, AT(regret[ROLE_REPEATED_FACT]), 0},
    {"ideal_bits", "ideal bits", REAL, 1, D | C, AT(ideal_bits), 0},
    {"overhead_bits", "overhead bits", REAL, 1, D | C, AT(overhead_bits), 0},
    {"compress_mb_s", "enc MB/s", RATE, 0, V | C | R, AT(compress_mb_s), AT(compress_spread)},
    {"decompress_mb_s", "dec MB/s", RATE, 0, V | C | R, AT(decompress_mb_s), AT(decompress_spread)},
    {"compress_tokens_s", NULL, COUNT, 0, 0, AT(compress_tokens_s), 0},
    {"decompress_tokens_s", NULL, COUNT, 0, 0, AT(decompress_tokens_s), 0},
    {"compress_ns_token", "enc ns/token", REAL, 1, S, AT(compress_ns_token), 0},
    {"decompress_ns_token", "dec ns/token", REAL, 1, S, AT(decompress_ns_token), 0},
    {"compress_seconds", NULL, REAL, 3, 0, AT(compress_seconds), 0},
    {"decompress_seconds", NULL, REAL, 3, 0, AT(decompress_seconds), 0},
    {"compress_spread", NULL, REAL, 3, 0, AT(compress_spread), 0},
    {"decompress_spread", NULL, REAL, 3, 0, AT(decompress_spread), 0},
    {"compress_wall_seconds", NULL, REAL, 3, 0, AT(compress_wall_seconds), 0},
    {"decompress_wall_seconds", NULL, REAL, 3, 0, AT(decompress_wall_seconds), 0},
    {"compress_process_seconds", "enc CPU s", REAL, 3, V, AT(compress_process_seconds), 0},
    {"decompress_process_seconds", "dec CPU s", REAL, 3, V, AT(decompress_process_seconds), 0},
    {"compress_peak_mib", "enc MiB", REAL, 1, V | S, AT(compress_peak_mib), 0},
    {"decompress_peak_mib", "dec MiB", REAL, 1, V | S, AT(decompress_peak_mib), 0},
    {"runs", "runs", COUNT, 0, V | S, AT(n_runs), 0},
    {"pareto", "front", TEXT, 0, V, AT(pareto), 0},
    {"not_counted", "not counted", TEXT, 0, Z | R, AT(not_counted), 0},
    {NULL, "outcome", REASON, 0, Z, 0, 0},
};

#undef Z
#undef D
#undef V
#undef S
#undef C
#undef R

#define N_COLUMNS (sizeof columns / sizeof columns[0])

static const struct {
	enum grid_part part;
	const char *title;
} titles[] = {
    {GRID_SIZES, "Sizes in bytes"},   {GRID_DISTANCE, "Distance to the Bayes code, bits a token"},
    {GRID_SPEED, "Speed and memory"}, {GRID_SCALING, "Cost against length"},
    {GRID_CODER, "The coder alone"},  {GRID_SHORT, "Sizes in bytes, and speed"},
};

static double number_at(const struct row *r, size_t offset)
{
	return *(const double *)(const void *)((const char *)r + offset);
}

/* What people read, so a file's name is text whatever its bytes are. */
static void clean(const char *text, char *out, size_t size_bytes)
{
	json_t *utf8 = utf8_json(text);

	snprintf(out, size_bytes, "%s", utf8 ? json_string_value(utf8) : "");
	for (; *out; out++)
		if ((unsigned char)*out < ' ' || *out == 0x7f)
			*out = ' ';
	json_decref(utf8);
}

static void print_rate(double rate, double spread, char *text, size_t size_bytes)
{
	int digits = rate >= 100 ? 0 : rate >= 10 ? 1 : rate >= 1 ? 2 : 3;
	int n = snprintf(text, size_bytes, "%.*f", digits, rate);

	if (isfinite(spread) && n > 0 && (size_t)n < size_bytes)
		snprintf(text + n, size_bytes - (size_t)n, " ± %.0f%%", 100 * spread);
}

/* A name says how many threads there were, if there was more than one. */
static void print_text(const struct row *r, const struct column *c, char *text, size_t size_bytes)
{
	clean((const char *)r + c->offset, text, size_bytes);
	if (c->offset == AT(name) && r->n_threads > 1) {
		size_t n = strlen(text);

		snprintf(text + n, size_bytes - n, ", %.0f threads", r->n_threads);
	}
}

static void print_cell(const struct row *r, const struct column *c, char *text, size_t size_bytes)
{
	double value = c->kind == TEXT || c->kind == REASON ? NAN : number_at(r, c->offset);

	text[0] = '\0';
	if (c->kind == TEXT)
		print_text(r, c, text, size_bytes);
	else if (c->kind == REASON && r->result && r->result->outcome != OUTCOME_OK) {
		char plain[CELL_BYTES];

		snprintf(plain, sizeof plain, "%s%s%s", outcome_name(r->result->outcome),
			 r->result->message[0] ? ": " : "", r->result->message);
		clean(plain, text, size_bytes);
	} else if (c->kind == RATE && isfinite(value))
		print_rate(value, number_at(r, c->spread), text, size_bytes);
	else if (isfinite(value))
		snprintf(text, size_bytes, "%.*f", c->kind == COUNT ? 0 : c->digits, value);
	/* What rounds to nothing has no sign. */
	if (text[0] == '-' && !strpbrk(text, "123456789"))
		memmove(text, text + 1, strlen(text));
}

static bool is_shown(const struct row *r, enum grid_part part)
{
	switch (part) {
	case GRID_DISTANCE:
		return r->present && (r->result || isfinite(r->ideal_bits)) &&
		       isfinite(r->archive_bytes) &&
		       (isfinite(r->ideal_bits) || isfinite(r->regret_sum));
	case GRID_SPEED:
		return r->present && isfinite(r->compress_process_seconds);
	case GRID_SHORT:
		return r->present;
	default:
		return true;
	}
}

unsigned grid_parts(const struct table *t)
{
	if (t->section == SECTION_SCALING)
		return GRID_SCALING;
	if (t->section == SECTION_CODER)
		return GRID_CODER;
	return GRID_SIZES | GRID_DISTANCE | GRID_SPEED;
}

/* Columns of this part that have something to say; their number. */
static size_t choose_columns(const struct table *t, enum grid_part part,
			     const struct column *chosen[N_COLUMNS])
{
	char text[CELL_BYTES];
	size_t n = 0;

	for (size_t c = 0; c < N_COLUMNS; c++) {
		bool any = false;

		for (size_t i = 0; i < t->n_rows && (columns[c].parts & part) && !any; i++) {
			if (!is_shown(&t->row[i], part))
				continue;
			print_cell(&t->row[i], &columns[c], text, sizeof text);
			any = text[0];
		}
		if (any)
			chosen[n++] = &columns[c];
	}
	return n;
}

static enum status fill(struct grid *g, const struct row *r, const struct column *const *chosen)
{
	char text[CELL_BYTES];

	for (size_t c = 0; c < g->n_columns; c++) {
		char **cell = &g->cell[g->n_rows * g->n_columns + c];

		print_cell(r, chosen[c], text, sizeof text);
		*cell = strdup(text);
		if (!*cell)
			return fail_no_memory();
	}
	g->is_bold[g->n_rows++] = r->pareto[0] != '\0';
	return STATUS_OK;
}

enum status grid_open(struct grid *g, const struct table *t, enum grid_part part)
{
	const struct column *chosen[N_COLUMNS];

	*g = (struct grid){.n_columns = choose_columns(t, part, chosen)};
	for (size_t i = 0; i < sizeof titles / sizeof titles[0]; i++)
		if (titles[i].part == part)
			g->title = titles[i].title;
	if (part == GRID_DISTANCE && t->section != SECTION_TABLE)
		g->title = "Ideal code length";
	g->head = calloc(g->n_columns + 1, sizeof *g->head);
	g->is_number = calloc(g->n_columns + 1, sizeof *g->is_number);
	g->cell = calloc(t->n_rows * g->n_columns + 1, sizeof *g->cell);
	g->is_bold = calloc(t->n_rows + 1, sizeof *g->is_bold);
	if (!g->head || !g->is_number || !g->cell || !g->is_bold)
		return fail_no_memory();
	for (size_t c = 0; c < g->n_columns; c++) {
		g->head[c] = chosen[c]->label;
		g->is_number[c] = chosen[c]->kind != TEXT && chosen[c]->kind != REASON;
	}
	for (size_t i = 0; i < t->n_rows; i++)
		if (is_shown(&t->row[i], part))
			TRY(fill(g, &t->row[i], chosen));
	return STATUS_OK;
}

void grid_close(struct grid *g)
{
	for (size_t i = 0; g->cell && i < g->n_rows * g->n_columns; i++)
		free(g->cell[i]);
	free(g->head);
	free(g->is_number);
	free(g->cell);
	free(g->is_bold);
	*g = (struct grid){0};
}

/* ---- Markdown. ---- */

/* Characters on the screen. */
static int width_of(const char *text)
{
	int n = 0;

	for (; *text; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

/* A cell as Markdown has it; bold is the first one of its row. */
static void mark_up(const struct grid *g, size_t row, size_t column, char *out)
{
	bool bold = column == 0 && g->is_bold[row];

	if (bold)
		out = stpcpy(out, "**");
	for (const char *c = g->cell[row * g->n_columns + column]; *c; c++) {
		if (strchr("|<`*\\", *c))
			*out++ = '\\';
		*out++ = *c;
	}
	strcpy(out, bold ? "**" : "");
}

static void print_padded(const struct grid *g, size_t column, int width, const char *text, FILE *to)
{
	int pad = width - width_of(text);
	bool is_last_text = column + 1 == g->n_columns && width > WIDE;

	if (g->is_number[column])
		fprintf(to, "| %*s%s ", pad, "", text);
	else
		fprintf(to, "| %s%*s ", text, is_last_text ? 0 : pad, "");
}

void grid_markdown(const struct grid *g, FILE *to)
{
	int width[N_COLUMNS];
	char text[2 * CELL_BYTES + 8];

	for (size_t c = 0; c < g->n_columns; c++) {
		width[c] = width_of(g->head[c]) < 3 ? 3 : width_of(g->head[c]);
		for (size_t r = 0; r < g->n_rows; r++) {
			mark_up(g, r, c, text);
			if (width_of(text) > width[c])
				width[c] = width_of(text);
		}
	}
	for (size_t c = 0; c < g->n_columns; c++)
		print_padded(g, c, width[c], g->head[c], to);
	fputs("|\n", to);
	for (size_t c = 0; c < g->n_columns; c++) {
		bool is_short = c + 1 == g->n_columns && width[c] > WIDE;
		int n = is_short ? width_of(g->head[c]) : width[c];

		fputs("| ", to);
		for (int i = 0; i < n; i++)
			fputc(i + 1 == n && g->is_number[c] ? ':' : '-', to);
		fputc(' ', to);
	}
	fputs("|\n", to);
	for (size_t r = 0; r < g->n_rows; r++) {
		for (size_t c = 0; c < g->n_columns; c++) {
			mark_up(g, r, c, text);
			print_padded(g, c, width[c], text, to);
		}
		fputs("|\n", to);
	}
	fputc('\n', to);
}

/* ---- CSV. ---- */

/* Quoted when it needs to be. */
static void csv_text(const char *text, FILE *to)
{
	fputc(',', to);
	if (!strpbrk(text, ",\"\r\n")) {
		fputs(text, to);
		return;
	}
	fputc('"', to);
	for (; *text; text++) {
		if (*text == '"')
			fputc('"', to);
		fputc(*text, to);
	}
	fputc('"', to);
}

static void csv_row(const struct tables *t, const struct table *table, const struct row *r,
		    FILE *to)
{
	static const struct result none;
	const struct result *result = r->result ? r->result : &none;
	char text[CELL_BYTES];

	fputs(table->slug, to);
	for (size_t i = 0; i < N_COLUMNS; i++) {
		const struct column *c = &columns[i];

		if (!c->key)
			continue;
		if (c->kind == TEXT) {
			clean((const char *)r + c->offset, text, sizeof text);
			csv_text(text, to);
		} else if (isfinite(number_at(r, c->offset)))
			fprintf(to, ",%.*g", SIGNIFICANT_DIGITS, number_at(r, c->offset));
		else
			fputc(',', to);
	}
	csv_text(r->result ? outcome_name(result->outcome) : "", to);
	clean(result->message, text, sizeof text);
	csv_text(text, to);
	clean(result->spec.method, text, sizeof text);
	csv_text(text, to);
	clean(result->spec.version, text, sizeof text);
	csv_text(text, to);
	csv_text(t->machine[table->machine].id, to);
	csv_text(result->program, to);
	csv_text(result->finished, to);
	csv_text(result->key, to);
	fputc('\n', to);
}

void grid_csv(const struct tables *t, FILE *to)
{
	fputs("table", to);
	for (size_t i = 0; i < N_COLUMNS; i++)
		if (columns[i].key)
			fprintf(to, ",%s", columns[i].key);
	fputs(",outcome,message,method,version,machine,program,finished,key\n", to);
	for (const struct table *table = t->table; table < t->table + t->n_tables; table++)
		for (const struct row *r = table->row;
		     table->section != SECTION_SCALING && r < table->row + table->n_rows; r++)
			csv_row(t, table, r, to);
}
