/* SPDX-License-Identifier: BSD-2-Clause
 *
 * cell.h - one cell of the benchmark: one method compresses one file, and is checked.
 *
 * Compressor and decompressor run as two processes of their own (the command `cell`, src/
 * cmd_cell.c), so that nothing but the archive passes from one to the other, a crash takes down
 * one cell only, and each peak of memory is its own.  The decoded file is then compared with the
 * original byte by byte; only that makes a cell a row.
 */
#ifndef TWOPART_CELL_H
#define TWOPART_CELL_H

#include <stdbool.h>
#include <stdint.h>

#include "cost.h"
#include "outcome.h"
#include "status.h"

struct cell {
	const char *program; /* what the children execute */
	const char *method;  /* "codec:zstd -19", "model:ngram:order=3" */
	const char *input;   /* file */
	const char *world;   /* -w of an oracle, or NULL */
	bool as_bytes;       /* models: symbols are bytes whatever the file looks like */
	unsigned threads;    /* of a model; 0 counts as 1 */
	const char *roles;   /* of the tokens of `input`; only for cell_regret() */
	const char *archive; /* file to write; left behind */
	const char *decoded; /* file to write; left behind */
	unsigned limit_seconds;      /* of each direction */
	uint64_t limit_memory_bytes; /* of addresses of each process; 0: none */
};

struct cell_side {
	double cpu_seconds, wall_seconds; /* of the coding call only */
	double process_seconds; /* processor time of the whole process, start and files included */
	double peak_mib;        /* of the whole process, input and output included */
};

struct cell_result {
	struct verdict verdict; /* the rest counts only if its outcome is OUTCOME_OK */
	uint64_t archive_bytes; /* size of the file */
	uint64_t model_bytes;   /* of it, a model that a two-part code stored: L(M) */
	double ideal_bits;      /* NaN where the method knows none */
	struct cell_side compress, decompress;
};

/* The largest file that either direction may write when the original has so many bytes: no honest
 * codec comes near it, nor does a model that is stored besides. */
uint64_t cell_output_bytes(uint64_t input_bytes);

/*
 * Compress, decompress, compare.
 * Errors  STATUS_LIMIT: interrupted.  STATUS_IO: the input cannot be read, or no process started.
 */
MUST_CHECK enum status cell_run(const struct cell *c, struct cell_result *result);

/* The range coder alone on bytes that it generates (coder_speed.h): one process, which compares
 * too.  Of *c only program and limits are used.  Errors as above. */
MUST_CHECK enum status cell_run_coder(const struct cell *c, uint64_t input_bytes,
				      struct cell_result *result);

/*
 * Bits that a model's tokens of each role cost more than those of COST_REFERENCE (cost.h), which is
 * told `world`.  Both are coded in one more process, so that this work is in no other figure;
 * `archive` and `decoded` are not touched.  Errors as above.
 */
MUST_CHECK enum status cell_regret(const struct cell *c, struct verdict *verdict,
				   double regret_bits[COST_ROLES]);

#endif
