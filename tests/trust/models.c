/* SPDX-License-Identifier: BSD-2-Clause
 *
 * models.c - models N: damages a model file in N ways and reads it; then with its digest made
 * right.
 *
 * Printed are lines "NUMBER NAME": how many were tried; accepted, which is wrong; tried with a
 * right digest (repaired), which may be read or not, as somebody else's model; and how many of
 * these an archive that names the undamaged one took for it (known), which is wrong again.
 */
#include <xxhash.h>

#include "../damage.h"

static uint64_t n_tried, n_accepted, n_repaired, n_known;

static bool is_read(const struct buffer *file, struct transformer **t)
{
	uint8_t *exact = malloc(file->size_bytes + 1);

	if (!exact)
		exit(1);
	if (file->size_bytes)
		memcpy(exact, file->data, file->size_bytes);
	bool read = model_file_read(t, exact, file->size_bytes) == STATUS_OK;

	free(exact);
	return read;
}

static void repair(struct buffer *file)
{
	uint32_t digest = (uint32_t)XXH3_64bits(file->data, file->size_bytes - 4);

	for (size_t i = 0; i < 4; i++)
		file->data[file->size_bytes - 4 + i] = (uint8_t)(digest >> 8 * i);
}

static void try_one(const struct damage_base *model, const struct damage_base *archive,
		    const struct damage_kind *kind, uint64_t k)
{
	struct buffer damaged = {0}, back = {0};
	struct transformer *t = NULL;

	if (kind->make(model, k, &damaged) && (damaged.size_bytes != model->archive.size_bytes ||
	    memcmp(damaged.data, model->archive.data, damaged.size_bytes) != 0)) {
		n_tried++;
		n_accepted += is_read(&damaged, &t);
		transformer_free(t);
		t = NULL;
		if (damaged.size_bytes > 4) {
			repair(&damaged);
			n_repaired++;
			if (is_read(&damaged, &t)) {
				struct archive_reading reading = archive->reading;

				reading.transformer = t;
				n_known += archive_decompress(&reading, archive->archive.data,
							      archive->archive.size_bytes, &back,
							      NULL) == STATUS_OK;
				transformer_free(t);
			}
		}
	}
	buffer_free(&damaged);
	buffer_free(&back);
}

int main(int argc, char **argv)
{
	uint64_t n = argc > 1 ? strtoull(argv[1], NULL, 10) : 0;
	struct transformer_shape shape = model_shape(false, 256);
	struct damage_base model = {0}, archive = {0};
	struct archive_settings s;

	if (archive_settings_parse(&s, "transformer") != STATUS_OK)
		return 1;
	s.transformer = model_from_file(&shape, 4, 1, &model.archive);
	if (!s.transformer || !damage_make(&archive, &s, damage_input(60, false)))
		return 1;
	for (uint64_t k = 0; n_tried < n; k++)
		for (size_t i = 0; i < DAMAGE_KINDS && n_tried < n; i++)
			if (damage_kinds[i].make == damage_flip ||
			    damage_kinds[i].make == damage_cut ||
			    damage_kinds[i].make == damage_erase ||
			    damage_kinds[i].make == damage_append ||
			    damage_kinds[i].make == damage_errors)
				try_one(&model, &archive, &damage_kinds[i], k);
	printf("%llu tried\n%llu accepted\n%llu repaired\n%llu known\n",
	       (unsigned long long)n_tried, (unsigned long long)n_accepted,
	       (unsigned long long)n_repaired, (unsigned long long)n_known);
	return 0;
}
