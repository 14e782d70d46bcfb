/* SPDX-License-Identifier: BSD-2-Clause
 *
 * twopart.h - the library's public interface: bytes to archive and back.
 *
 * Link with -ltwopart -ljansson -lxxhash -lcrypto -lm -fopenmp.  The archives are those of the
 * command: either side reads what the other wrote.  Several threads may call at once.
 *
 *      void *archive, *original;
 *      size_t archive_bytes, original_bytes;
 *
 *      if (twopart_compress("ngram", NULL, data, size, &archive, &archive_bytes) != 0)
 *              fprintf(stderr, "%s\n", twopart_error());
 *      if (twopart_decompress(NULL, archive, archive_bytes, &original, &original_bytes) != 0)
 *              fprintf(stderr, "%s\n", twopart_error());
 *      twopart_free(archive);
 *      twopart_free(original);
 */
#ifndef TWOPART_H
#define TWOPART_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Both return 0, or the exit code that the command would give: 1 the call or the machine is at
 * fault, 2 the data is, 4 a limit was exceeded, 5 a world, a model file or another version is
 * needed.
 * `out` and `out_bytes` are needed; `in` may be NULL when there is nothing in it. */

/*
 * model   "NAME" or "NAME:key=value,..." as for `twopart compress -m`
 * world   path of what the model needs besides: PREFIX.json for an oracle and `twopart`, the model
 *         file for `transformer`; otherwise NULL
 * *out    allocated here, to be freed with twopart_free(); untouched on failure
 */
int twopart_compress(const char *model, const char *world, const void *in, size_t size_bytes,
		     void **out, size_t *out_bytes);

int twopart_decompress(const char *world, const void *in, size_t size_bytes, void **out,
		       size_t *out_bytes);

void twopart_free(void *memory); /* NULL is fine */

/* One sentence about this thread's last failure. */
const char *twopart_error(void);

const char *twopart_version(void);

#ifdef __cplusplus
}
#endif

#endif
