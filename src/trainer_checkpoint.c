/* SPDX-License-Identifier: BSD-2-Clause
 *
 * trainer_checkpoint.c - a training that was interrupted, as a file.
 *
 *      8 bytes     "2pcheck" and the version, 1
 *      8           digest of the settings and the data
 *      2 times 4   layers, dim
 *      7 times 8   steps, symbols, epoch, next window; seconds, sum and weight of the loss
 *      3 arrays    parameters and both moments, single precision
 *      8           XXH3-64 of all before
 *
 * In the machine's own byte order: it is read where it was written.
 */
#include <errno.h>
#include <math.h>
#include <string.h>
#include <unistd.h>
#include <xxhash.h>

#include "file.h"
#include "outfile.h"
#include "trainer_state.h"

static const char magic[8] = "2pcheck\1";

struct head {
	char magic[8];
	uint64_t digest;
	uint32_t n_layers, dim;
	uint64_t step, symbols, epoch, next;
	double seconds, smooth_bits, smooth_weight;
};

enum status trainer_save(struct trainer *t)
{
	const float *const array[] = {t->parameter, t->optimiser.moment1, t->optimiser.moment2};
	struct head h = {.digest = t->digest,
			 .n_layers = t->s->shape.n_layers,
			 .dim = t->s->shape.dim,
			 .step = t->step,
			 .symbols = t->symbols,
			 .epoch = t->windows.epoch,
			 .next = t->windows.next,
			 .seconds = trainer_elapsed(t),
			 .smooth_bits = t->smooth_bits,
			 .smooth_weight = t->smooth_weight};
	size_t bytes = t->n_parameters * sizeof **array;
	XXH3_state_t *hash;
	struct outfile f;
	uint64_t digest;

	if (!t->s->checkpoint)
		return STATUS_OK;
	hash = XXH3_createState();
	if (!hash)
		return fail_no_memory();
	memcpy(h.magic, magic, sizeof magic);
	XXH3_64bits_reset(hash);
	XXH3_64bits_update(hash, &h, sizeof h);
	for (int i = 0; i < 3; i++)
		XXH3_64bits_update(hash, array[i], bytes);
	digest = XXH3_64bits_digest(hash);
	XXH3_freeState(hash);
	TRY(outfile_open(&f, t->s->checkpoint));
	outfile_append(&f, &h, sizeof h);
	for (int i = 0; i < 3; i++)
		outfile_append(&f, array[i], bytes);
	outfile_append(&f, &digest, sizeof digest);
	return outfile_commit(&f);
}

static enum status parse(struct trainer *t, const struct buffer *file)
{
	size_t bytes = t->n_parameters * sizeof *t->parameter, hashed;
	uint64_t digest;
	struct head h;

	if (file->size_bytes < sizeof h + sizeof digest ||
	    memcmp(file->data, magic, sizeof magic) != 0)
		return fail(STATUS_CORRUPT, "%s is no checkpoint", t->s->checkpoint);
	hashed = file->size_bytes - sizeof digest;
	memcpy(&h, file->data, sizeof h);
	memcpy(&digest, file->data + hashed, sizeof digest);
	if (digest != XXH3_64bits(file->data, hashed))
		return fail(STATUS_CORRUPT, "%s is damaged", t->s->checkpoint);
	if (h.digest != t->digest || hashed != sizeof h + 3 * bytes)
		return fail(STATUS_BAD_ARGUMENT,
			    "%s is the checkpoint of a training with other settings or data",
			    t->s->checkpoint);
	memcpy(t->parameter, file->data + sizeof h, bytes);
	memcpy(t->optimiser.moment1, file->data + sizeof h + bytes, bytes);
	memcpy(t->optimiser.moment2, file->data + sizeof h + 2 * bytes, bytes);
	t->step = h.step;
	t->symbols = h.symbols;
	t->earlier_seconds = h.seconds;
	t->smooth_bits = h.smooth_bits;
	t->smooth_weight = h.smooth_weight;
	TRY(training_windows_seek(&t->windows, h.epoch, h.next));
	if (h.next > t->windows.train.n || !isfinite(h.seconds))
		return fail(STATUS_CORRUPT, "%s is damaged", t->s->checkpoint);
	return STATUS_OK;
}

enum status trainer_restore(struct trainer *t, bool *found)
{
	struct buffer file = {0};
	enum status s;

	*found = t->s->checkpoint && access(t->s->checkpoint, F_OK) == 0;
	if (!*found)
		return STATUS_OK;
	s = file_read(t->s->checkpoint, &file, NULL);
	if (s == STATUS_OK) {
		s = parse(t, &file);
	} else {
		char sentence[256];

		snprintf(sentence, sizeof sentence, "%s", status_message());
		s = fail(s, "%s: %s", t->s->checkpoint, sentence);
	}
	buffer_free(&file);
	return s;
}

bool trainer_saved_size(const char *checkpoint, struct transformer_shape *shape)
{
	FILE *f = checkpoint ? fopen(checkpoint, "rb") : NULL;
	struct head h;
	bool found =
	    f && fread(&h, sizeof h, 1, f) == 1 && memcmp(h.magic, magic, sizeof magic) == 0;

	if (f)
		fclose(f);
	if (found) {
		shape->n_layers = h.n_layers;
		shape->dim = h.dim;
		shape->n_heads = trainer_heads(h.dim);
	}
	return found;
}
