/* SPDX-License-Identifier: BSD-2-Clause
 *
 * status.h - how failure travels.
 *
 * Whatever data or the machine can cause is an `enum status`; whatever only a bug of ours can cause
 * is an assert.  The function that notices a failure also says it in words, once, with fail():
 * the sentence is kept per thread and printed by the command that gives up.  Nothing below
 * src/cmd_*.c prints or exits.
 */
#ifndef TWOPART_STATUS_H
#define TWOPART_STATUS_H

enum status {
	STATUS_OK = 0,
	STATUS_NO_MEMORY,    /* allocation failed, or the size would overflow */
	STATUS_IO,           /* open, read, write, sync or rename failed */
	STATUS_BAD_ARGUMENT, /* an option or a file name makes no sense */
	STATUS_CORRUPT,      /* not a file of ours, truncated, damaged, or not of this world */
	STATUS_UNSUPPORTED,  /* ours, but another version, or it needs a model or world not given */
	STATUS_IMPOSSIBLE,   /* the model gave probability 0 to a symbol that occurred */
	STATUS_LIMIT,        /* more memory, output or time than allowed */
	STATUS_BUG,          /* what was made is wrong, and nothing but this program can be why */
};

/* Function results that must be looked at; works on function pointers too. */
#define MUST_CHECK __attribute__((warn_unused_result))

#define TRY(expr)                                                                                  \
	do {                                                                                       \
		enum status try_ = (expr);                                                         \
		if (try_ != STATUS_OK)                                                             \
			return try_;                                                               \
	} while (0)

/* Remember one sentence (no newline, no program name) for this thread and return `s`. */
enum status fail(enum status s, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* fail() for a call that set errno: ": strerror(errno)" is appended. */
enum status fail_errno(enum status s, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* fail(STATUS_NO_MEMORY) with the usual sentence. */
enum status fail_no_memory(void);

/* The sentence of this thread's last fail(); never NULL. */
const char *status_message(void);

/* Exit code of the program: 0 ok, 1 usage or environment, 2 bad input, 4 limit, 5 needs something
 * that is missing.  3 is a bug of ours: STATUS_BUG, and what main() makes of a failed assert. */
int status_exit_code(enum status s);

#endif
