/* SPDX-License-Identifier: BSD-2-Clause
 *
 * store.c - results in an SQLite file.
 *
 * SQLite and no format of our own: it survives kills and full disks, lets processes wait for each
 * other, and answers questions nobody thought of.  It keeps its ordinary rollback journal,
 * and syncs the directory too when that is removed: what was put is there after a power failure.  A
 * write-ahead log would let readers go on while somebody writes, but a store gets a row every few
 * seconds, and the log leaves two more files whose loss loses rows, and works on no network
 * file system.
 */
#include "store.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "buffer.h"

#define APPLICATION_ID 0x3270626e /* "2pbn": tells a store from another program's SQLite file */
#define STORE_VERSION 1
#define BUSY_MILLISECONDS 60000 /* a writer's turn takes milliseconds, but for its disk's sake */
#define LINE_BYTES_MAX ((size_t)256 << 20)

#define TEXT_(x) #x
#define TEXT(x) TEXT_(x)

static const char schema[] =
    "CREATE TABLE result(key TEXT PRIMARY KEY, machine TEXT NOT NULL, finished TEXT NOT NULL,"
    "  outcome TEXT NOT NULL, body TEXT NOT NULL);"
    "CREATE VIEW measured AS SELECT key, machine, finished, outcome,"
    "  body->>'$.message' AS message, body->>'$.program' AS program,"
    "  body->>'$.machine.cpu' AS cpu,"
    "  body->>'$.spec.corpus.title' AS corpus, body->>'$.spec.corpus.digest' AS digest,"
    "  body->>'$.spec.corpus.source' AS source,"
    "  body->>'$.spec.corpus.n_tokens' AS n_tokens,"
    "  body->>'$.spec.corpus.text_bytes' AS text_bytes,"
    "  body->>'$.spec.corpus.known_bits' AS known_bits,"
    "  body->>'$.spec.corpus.known_bits_expected' AS known_bits_expected,"
    "  body->>'$.spec.corpus.bayes_bits' AS bayes_bits,"
    "  body->>'$.spec.corpus.two_part_bits' AS two_part_bits,"
    "  body->>'$.spec.on' AS rendering, body->>'$.spec.input_bytes' AS input_bytes,"
    "  body->>'$.spec.name' AS name, body->>'$.spec.method' AS method,"
    "  body->>'$.spec.version' AS version, body->>'$.spec.not_counted' AS not_counted,"
    "  body->>'$.spec.threads' AS threads, body->>'$.spec.limit_seconds' AS limit_seconds,"
    "  body->>'$.spec.limit_memory_bytes' AS limit_memory_bytes,"
    "  body->>'$.archive_bytes' AS archive_bytes, body->>'$.model_bytes' AS model_bytes,"
    "  body->>'$.decoder_bytes' AS decoder_bytes, body->>'$.ideal_bits' AS ideal_bits,"
    "  body->>'$.regret_bits.syntax' AS regret_syntax, body->>'$.regret_bits.name' AS regret_name,"
    "  body->>'$.regret_bits.first_fact' AS regret_first_fact,"
    "  body->>'$.regret_bits.repeated_fact' AS regret_repeated_fact,"
    "  json_array_length(body, '$.runs') AS n_runs FROM result;"
    "CREATE VIEW repetition AS SELECT result.key, run.key AS number,"
    "  run.value->>'$.load' AS load,"
    "  run.value->>'$.compress.cpu_seconds' AS compress_cpu_seconds,"
    "  run.value->>'$.compress.wall_seconds' AS compress_wall_seconds,"
    "  run.value->>'$.compress.process_seconds' AS compress_process_seconds,"
    "  run.value->>'$.compress.peak_mib' AS compress_peak_mib,"
    "  run.value->>'$.decompress.cpu_seconds' AS decompress_cpu_seconds,"
    "  run.value->>'$.decompress.wall_seconds' AS decompress_wall_seconds,"
    "  run.value->>'$.decompress.process_seconds' AS decompress_process_seconds,"
    "  run.value->>'$.decompress.peak_mib' AS decompress_peak_mib"
    "  FROM result, json_each(result.body, '$.runs') AS run;"
    "PRAGMA application_id = " TEXT(APPLICATION_ID) ";"
    "PRAGMA user_version = " TEXT(STORE_VERSION) ";";

enum statement { GET, PUT, ALL, N_STATEMENTS };

static const char *const sql[N_STATEMENTS] = {
    [GET] = "SELECT body FROM result WHERE key = ?1",
    [PUT] = "INSERT OR REPLACE INTO result VALUES (?1, ?2, ?3, ?4, ?5)",
    [ALL] = ("SELECT body FROM result ORDER BY body->>'$.spec.corpus.title',"
	     "  body->>'$.spec.corpus.digest', machine, body->>'$.spec.name', key"),
};

struct store {
	sqlite3 *db;
	sqlite3_stmt *statement[N_STATEMENTS];
	char *name; /* for messages */
};

/* What SQLite said last, as ours. */
static enum status store_fail(const struct store *s)
{
	switch (sqlite3_errcode(s->db) & 0xff) {
	case SQLITE_NOMEM:
		return fail_no_memory();
	case SQLITE_NOTADB:
		return fail(STATUS_CORRUPT, "%s: not a store of results", s->name);
	case SQLITE_CORRUPT:
	case SQLITE_ERROR: /* a table is not what our statements expect */
		return fail(STATUS_CORRUPT, "%s: damaged: %s", s->name, sqlite3_errmsg(s->db));
	case SQLITE_BUSY:
		return fail(STATUS_IO, "%s: another process has it, and does not end", s->name);
	default:
		return fail(STATUS_IO, "%s: %s", s->name, sqlite3_errmsg(s->db));
	}
}

static enum status execute(struct store *s, const char *text)
{
	return sqlite3_exec(s->db, text, NULL, NULL, NULL) == SQLITE_OK ? STATUS_OK : store_fail(s);
}

static enum status ask_number(struct store *s, const char *text, int *number)
{
	sqlite3_stmt *q = NULL;
	bool good = sqlite3_prepare_v2(s->db, text, -1, &q, NULL) == SQLITE_OK &&
		    sqlite3_step(q) == SQLITE_ROW;
	enum status status = STATUS_OK;

	if (good)
		*number = sqlite3_column_int(q, 0);
	else
		status = store_fail(s);
	sqlite3_finalize(q);
	return status;
}

/* Damage is found now and not after hours of measuring; this reads the file once. */
static enum status check_sound(struct store *s)
{
	sqlite3_stmt *q = NULL;
	const char *text;
	enum status status = STATUS_OK;

	if (sqlite3_prepare_v2(s->db, "PRAGMA quick_check(1)", -1, &q, NULL) != SQLITE_OK ||
	    sqlite3_step(q) != SQLITE_ROW)
		status = store_fail(s);
	else if (!(text = (const char *)sqlite3_column_text(q, 0)))
		status = fail_no_memory();
	else if (strcmp(text, "ok") != 0)
		status = fail(STATUS_CORRUPT, "%s: damaged", s->name);
	sqlite3_finalize(q);
	return status;
}

/* Is it a store, of this version?  A file without anything in it becomes one, if it may. */
static enum status check_or_create(struct store *s, bool create)
{
	int id, version, n_things;

	TRY(ask_number(s, "PRAGMA application_id", &id));
	TRY(ask_number(s, "PRAGMA user_version", &version));
	TRY(ask_number(s, "SELECT count(*) FROM sqlite_schema", &n_things));
	if (create && id == 0 && version == 0 && n_things == 0)
		return execute(s, schema);
	if (id != APPLICATION_ID)
		return fail(STATUS_CORRUPT, "%s: not a store of results", s->name);
	if (version != STORE_VERSION)
		return fail(STATUS_CORRUPT, "%s: a store of version %d, not %d", s->name, version,
			    STORE_VERSION);
	return check_sound(s);
}

/* Within a transaction of all of it, because two processes may make one store. */
static enum status begin(struct store *s)
{
	return execute(s, "BEGIN IMMEDIATE");
}

/* Ends a transaction: nothing of it stays unless `so_far` is fine. */
static enum status end(struct store *s, enum status so_far)
{
	if (so_far == STATUS_OK)
		so_far = execute(s, "COMMIT");
	if (so_far != STATUS_OK && !sqlite3_get_autocommit(s->db))
		sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
	return so_far;
}

static enum status create(struct store *s)
{
	TRY(begin(s));
	return end(s, check_or_create(s, true));
}

/* SQLite takes some names for something else than a file: "", ":memory:", "file:..". */
static enum status open_file(struct store *s, const char *path, int flags)
{
	char *name = sqlite3_mprintf("%s%s", *path == '/' ? "" : "./", path);
	int code = name ? sqlite3_open_v2(name, &s->db, flags, NULL) : SQLITE_NOMEM;

	sqlite3_free(name);
	if (code != SQLITE_OK)
		return fail(code == SQLITE_NOMEM ? STATUS_NO_MEMORY : STATUS_IO, "%s: %s", path,
			    sqlite3_errstr(code));
	return STATUS_OK;
}

/* Whoever made the store was killed before its first transaction was over; SQLite has just taken
 * that back.  There is nothing to read, and who only reads writes no tables: they are in memory. */
static enum status read_nothing(struct store *s)
{
	int id, version;

	TRY(ask_number(s, "PRAGMA application_id", &id));
	TRY(ask_number(s, "PRAGMA user_version", &version));
	if (id != 0 || version != 0)
		return fail(STATUS_CORRUPT, "%s: not a store of results", s->name);
	sqlite3_close(s->db);
	s->db = NULL;
	if (sqlite3_open(":memory:", &s->db) != SQLITE_OK)
		return fail_no_memory();
	return create(s);
}

static enum status open_all(struct store *s, const char *path, bool only_reading)
{
	int flags = SQLITE_OPEN_READWRITE;
	int first;

	if (path)
		TRY(open_file(s, path, only_reading ? flags : flags | SQLITE_OPEN_CREATE));
	else if (sqlite3_open(":memory:", &s->db) != SQLITE_OK)
		return fail_no_memory();
	sqlite3_busy_timeout(s->db, BUSY_MILLISECONDS);
	TRY(ask_number(s, "SELECT count(*) FROM sqlite_schema", &first)); /* is it SQLite at all */
	TRY(execute(s, "PRAGMA synchronous = EXTRA"));
	if (only_reading && first == 0) {
		TRY(read_nothing(s));
	} else if (only_reading) {
		TRY(check_or_create(s, false));
		TRY(execute(s, "PRAGMA query_only = 1"));
	} else if (first == 0) {
		TRY(create(s));
	} else {
		TRY(check_or_create(s, false));
	}
	for (int i = 0; i < N_STATEMENTS; i++)
		if (sqlite3_prepare_v3(s->db, sql[i], -1, SQLITE_PREPARE_PERSISTENT,
				       &s->statement[i], NULL) != SQLITE_OK)
			return store_fail(s);
	return STATUS_OK;
}

static enum status open_store(struct store **out, const char *path, bool only_reading)
{
	struct store *s = calloc(1, sizeof *s);

	*out = NULL;
	if (!s)
		return fail_no_memory();
	s->name = strdup(path ? path : "memory");

	enum status status = s->name ? open_all(s, path, only_reading) : fail_no_memory();

	if (status == STATUS_OK)
		*out = s;
	else
		store_close(s);
	return status;
}

/* SQLite begins its files with its name.  A pipe is none, and what is read of it is gone. */
static enum status is_sqlite(const char *path, bool *yes, bool *is_empty)
{
	static const char magic[] = "SQLite format 3";
	char first[sizeof magic] = "";
	struct stat info;

	*yes = *is_empty = false;
	if (stat(path, &info) == 0 && S_ISFIFO(info.st_mode))
		return STATUS_OK;

	FILE *f = fopen(path, "rb");

	if (!f)
		return fail_errno(STATUS_IO, "%s", path);

	size_t n = fread(first, 1, sizeof first, f);

	if (ferror(f)) {
		fclose(f);
		return fail_errno(STATUS_IO, "%s", path);
	}
	*yes = n == sizeof magic && memcmp(first, magic, sizeof magic) == 0;
	*is_empty = n == 0;
	fclose(f);
	return STATUS_OK;
}

/* SQLite would make a database of a file of a few bytes, whatever they are. */
enum status store_open(struct store **out, const char *path)
{
	bool is_store = true, is_empty = true;

	*out = NULL;
	if (path && access(path, F_OK) == 0)
		TRY(is_sqlite(path, &is_store, &is_empty));
	if (!is_store && !is_empty)
		return fail(STATUS_CORRUPT, "%s: not a store of results", path);
	return open_store(out, path, false);
}

void store_close(struct store *s)
{
	if (!s)
		return;
	for (int i = 0; i < N_STATEMENTS; i++)
		sqlite3_finalize(s->statement[i]);
	sqlite3_close(s->db);
	free(s->name);
	free(s);
}

static enum status merge_lines(struct store *s, const char *path)
{
	FILE *lines = strcmp(path, "-") == 0 ? stdin : fopen(path, "r");
	size_t n_new = 0, n_known = 0;

	if (!lines)
		return fail_errno(STATUS_IO, "%s", path);

	enum status status = store_merge(s, lines, path, &n_new, &n_known);

	if (lines != stdin)
		fclose(lines);
	return status;
}

enum status store_open_reading(struct store **out, const char *path)
{
	bool is_store = false, is_empty;

	*out = NULL;
	if (strcmp(path, "-") != 0)
		TRY(is_sqlite(path, &is_store, &is_empty));
	if (is_store)
		return open_store(out, path, true);
	TRY(open_store(out, NULL, false));

	enum status status = merge_lines(*out, path);

	if (status != STATUS_OK) {
		store_close(*out);
		*out = NULL;
	}
	return status;
}

static enum status parse_text(const char *text, struct result *r)
{
	json_error_t error;
	json_t *object = json_loads(text, JSON_REJECT_DUPLICATES, &error);

	if (!object)
		return fail(STATUS_CORRUPT, "not JSON: %s", error.text);

	enum status status = result_parse(object, r);

	json_decref(object);
	return status;
}

static enum status parse_row(const struct store *s, sqlite3_stmt *q, struct result *r)
{
	const char *text = (const char *)sqlite3_column_text(q, 0);

	if (!text && sqlite3_errcode(s->db) == SQLITE_NOMEM)
		return fail_no_memory();
	if (!text)
		return fail(STATUS_CORRUPT, "%s: a row without a text", s->name);

	enum status status = parse_text(text, r);
	char why[512];

	if (status == STATUS_OK || status == STATUS_NO_MEMORY)
		return status;
	snprintf(why, sizeof why, "%s", status_message());
	return fail(STATUS_CORRUPT, "%s: a row is damaged: %s", s->name, why);
}

enum status store_get(struct store *s, const char *key, struct result *r, bool *found)
{
	sqlite3_stmt *q = s->statement[GET];
	enum status status = STATUS_OK;

	*found = false;
	sqlite3_bind_text(q, 1, key, -1, SQLITE_STATIC);

	int code = sqlite3_step(q);

	if (code == SQLITE_ROW)
		status = parse_row(s, q, r);
	else if (code != SQLITE_DONE)
		status = store_fail(s);
	*found = code == SQLITE_ROW && status == STATUS_OK;
	sqlite3_reset(q);
	return status;
}

static enum status put_text(struct store *s, const struct result *r, const char *text)
{
	sqlite3_stmt *q = s->statement[PUT];
	const char *const value[] = {r->key, r->machine_id, r->finished, outcome_name(r->outcome),
				     text};
	int code = SQLITE_OK;

	for (int i = 0; i < 5 && code == SQLITE_OK; i++)
		code = sqlite3_bind_text(q, i + 1, value[i], -1, SQLITE_STATIC);
	if (code == SQLITE_OK)
		code = sqlite3_step(q);

	enum status status = code == SQLITE_DONE ? STATUS_OK : store_fail(s);

	sqlite3_reset(q);
	sqlite3_clear_bindings(q);
	return status;
}

/* Text of a result, which is read back first: what is in a store can be read. */
static enum status result_text(const struct result *r, char **text)
{
	json_t *object = result_json(r);
	struct result back = {0};
	enum status status = object ? result_parse(object, &back) : fail_no_memory();

	*text = status == STATUS_OK ? json_dumps(object, JSON_COMPACT) : NULL;
	if (status == STATUS_OK && !*text)
		status = fail_no_memory();
	result_free(&back);
	json_decref(object);
	return status;
}

enum status store_put(struct store *s, const struct result *r)
{
	char *text;

	TRY(result_text(r, &text));

	enum status status = put_text(s, r, text);

	free(text);
	return status;
}

/* Should `r` take the place of `old`?  An answer that does not depend on which came first, so that
 * stores merged in any order are the same. */
static bool is_better(const struct result *r, const char *text, const struct result *old,
		      const char *old_text)
{
	int later = strcmp(r->finished, old->finished);

	if (r->n_runs != old->n_runs)
		return r->n_runs > old->n_runs;
	return later ? later > 0 : strcmp(text, old_text) > 0;
}

static enum status merge_result(struct store *s, const struct result *r, size_t *n_new,
				size_t *n_known)
{
	char *text = NULL, *old_text = NULL;
	struct result old = {0};
	bool known = false, better = true;
	enum status status = result_text(r, &text);

	if (status == STATUS_OK)
		status = store_get(s, r->key, &old, &known);
	if (status == STATUS_OK && known) {
		status = result_text(&old, &old_text);
		better = status == STATUS_OK && is_better(r, text, &old, old_text);
	}
	if (status == STATUS_OK && better)
		status = put_text(s, r, text);
	*n_new += better;
	*n_known += !better;
	result_free(&old);
	free(old_text);
	free(text);
	return status;
}

/* Next line as a string, without its end; *more is false at the end of the file. */
static enum status read_line(FILE *from, struct buffer *line, bool *more)
{
	int c;

	line->size_bytes = 0;
	while ((c = getc_unlocked(from)) != EOF && c != '\n') {
		buffer_append_byte(line, (uint8_t)c);
		if (c == '\0' || line->size_bytes > LINE_BYTES_MAX)
			return fail(STATUS_CORRUPT, "not a line of JSON");
	}
	if (ferror(from))
		return fail_errno(STATUS_IO, "cannot read");
	*more = c != EOF || line->size_bytes > 0;
	buffer_append_byte(line, '\0');
	return buffer_status(line);
}

static enum status merge_line(struct store *s, const char *text, size_t *n_new, size_t *n_known)
{
	struct result r;

	if (text[strspn(text, " \t\r")] == '\0')
		return STATUS_OK;
	TRY(parse_text(text, &r));

	enum status status = merge_result(s, &r, n_new, n_known);

	result_free(&r);
	return status;
}

static enum status merge_all_lines(struct store *s, FILE *lines, const char *name, size_t *n_new,
				   size_t *n_known)
{
	struct buffer line = {0};
	enum status status = STATUS_OK;
	bool more = true;

	for (size_t number = 1; more && status == STATUS_OK; number++) {
		status = read_line(lines, &line, &more);
		if (status == STATUS_OK && more)
			status = merge_line(s, (const char *)line.data, n_new, n_known);
		if (status != STATUS_OK) {
			char why[512];

			snprintf(why, sizeof why, "%s", status_message());
			status = fail(status, "%s: line %zu: %s", name, number, why);
		}
	}
	buffer_free(&line);
	return status;
}

enum status store_merge(struct store *s, FILE *lines, const char *name, size_t *n_new,
			size_t *n_known)
{
	size_t fresh = 0, known = 0;

	TRY(begin(s));
	TRY(end(s, merge_all_lines(s, lines, name, &fresh, &known)));
	*n_new += fresh;
	*n_known += known;
	return STATUS_OK;
}

enum status store_merge_store(struct store *s, struct store *from, size_t *n_new, size_t *n_known)
{
	struct result *all;
	size_t n, fresh = 0, known = 0;

	TRY(store_all(from, &all, &n));

	enum status status = begin(s);

	for (size_t i = 0; i < n && status == STATUS_OK; i++)
		status = merge_result(s, &all[i], &fresh, &known);
	status = end(s, status);
	store_free_all(all, n);
	if (status == STATUS_OK) {
		*n_new += fresh;
		*n_known += known;
	}
	return status;
}

void store_free_all(struct result *all, size_t n)
{
	for (size_t i = 0; i < n; i++)
		result_free(&all[i]);
	free(all);
}

/* Calls `each` with every row of the order of store_all(). */
static enum status each_row(struct store *s, enum status (*each)(struct store *s, sqlite3_stmt *q,
								 void *data),
			    void *data)
{
	sqlite3_stmt *q = s->statement[ALL];
	enum status status = STATUS_OK;
	int code;

	while (status == STATUS_OK && (code = sqlite3_step(q)) != SQLITE_DONE)
		status = code == SQLITE_ROW ? each(s, q, data) : store_fail(s);
	sqlite3_reset(q);
	return status;
}

struct list {
	struct result *all; /* (n) */
	size_t n;
};

static enum status append_row(struct store *s, sqlite3_stmt *q, void *data)
{
	struct list *list = data;
	struct result *all = realloc(list->all, (list->n + 1) * sizeof *all);

	if (!all)
		return fail_no_memory();
	list->all = all;
	TRY(parse_row(s, q, &all[list->n]));
	list->n++;
	return STATUS_OK;
}

enum status store_all(struct store *s, struct result **out, size_t *n)
{
	struct list list = {.n = 0};
	enum status status = each_row(s, append_row, &list);

	if (status != STATUS_OK) {
		store_free_all(list.all, list.n);
		list = (struct list){.n = 0};
	}
	*out = list.all;
	*n = list.n;
	return status;
}

static enum status print_row(struct store *s, sqlite3_stmt *q, void *data)
{
	struct result r;

	TRY(parse_row(s, q, &r)); /* nobody gets a line from here that merging refuses */
	result_free(&r);
	if (fprintf(data, "%s\n", (const char *)sqlite3_column_text(q, 0)) < 0)
		return fail_errno(STATUS_IO, "cannot write results");
	return STATUS_OK;
}

enum status store_export(struct store *s, FILE *to)
{
	return each_row(s, print_row, to);
}
