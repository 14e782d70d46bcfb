/* SPDX-License-Identifier: BSD-2-Clause
 *
 * cmd_fit.h - twopart compress --fit-file: a transformer of one file, for that file alone.
 *
 * The archive holds weights and data, so it is a two-part code of the file: the training minimises
 * both parts together (rate_bits 1 of trainer.h) and nothing is held back.
 */
#ifndef TWOPART_CMD_FIT_H
#define TWOPART_CMD_FIT_H

#include <stdbool.h>
#include <stdint.h>

#include "buffer.h"
#include "status.h"
#include "trainer.h"

#define CMD_FIT_SECONDS 60 /* unless told otherwise */
#define CMD_FIT_BITS 4     /* half the model for a little more data: it pays */

struct cmd_fit {
	uint64_t seconds; /* to train */
	uint64_t bits;    /* of a stored weight */
	int threads;      /* 0: as many as OpenMP likes */
	bool quiet;
};

/* Train on in[], which was read from `path`: whether it is a corpus with a world beside it is asked
 * there.  *r is to be freed in any case. */
MUST_CHECK enum status cmd_fit(const struct cmd_fit *fit, const char *path, const struct buffer *in,
			       struct trainer_result *r);

#endif
