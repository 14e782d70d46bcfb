/* SPDX-License-Identifier: BSD-2-Clause */
#include "twopart.h"

#include <stdlib.h>

#include "archive.h"
#include "model_file.h"
#include "transformer.h"
#include "version.h"
#include "world.h"

/* What a caller may get wrong without the compiler noticing. */
static enum status check_pointers(const void *in, size_t size_bytes, void *const *out,
				  const size_t *out_bytes)
{
	if (!in && size_bytes)
		return fail(STATUS_BAD_ARGUMENT, "the input is NULL");
	if (!out || !out_bytes)
		return fail(STATUS_BAD_ARGUMENT, "there is no place for the result: NULL");
	return STATUS_OK;
}

/* Hand a finished buffer over to the caller, or free it. */
static int hand_over(enum status s, struct buffer *b, void **out, size_t *out_bytes)
{
	if (s == STATUS_OK && !b->data && !buffer_reserve(b, 1)) /* empty is not NULL */
		s = buffer_status(b);
	if (s != STATUS_OK) {
		buffer_free(b);
		return status_exit_code(s);
	}
	*out = b->data;
	*out_bytes = b->size_bytes;
	return 0;
}

/* What a model needs besides; all zero is nothing. */
struct needed {
	struct world *world;
	struct transformer *transformer;
};

static enum status load_needed(struct needed *n, const struct predictor_ops *model,
			       const char *path)
{
	if (!path)
		return STATUS_OK;
	return model->needs_model ? model_file_load(path, &n->transformer, NULL)
				  : world_load(&n->world, path);
}

static void free_needed(struct needed *n)
{
	world_free(n->world);
	transformer_free(n->transformer);
}

int twopart_compress(const char *model, const char *world, const void *in, size_t size_bytes,
		     void **out, size_t *out_bytes)
{
	struct archive_settings settings;
	struct buffer archive = {0};
	struct needed needed = {0};
	enum status s = check_pointers(in, size_bytes, out, out_bytes);

	if (s == STATUS_OK && !model)
		s = fail(STATUS_BAD_ARGUMENT, "the model is NULL");
	if (s == STATUS_OK)
		s = archive_settings_parse(&settings, model);
	if (s == STATUS_OK)
		s = load_needed(&needed, settings.model, world);
	if (s == STATUS_OK) {
		settings.world = needed.world;
		settings.transformer = needed.transformer;
		s = archive_compress(&settings, in, size_bytes, &archive, NULL);
	}
	free_needed(&needed);
	return hand_over(s, &archive, out, out_bytes);
}

static enum status decompress(const char *world, const void *in, size_t size_bytes,
			      struct needed *needed, struct buffer *original)
{
	struct archive_info info;

	TRY(archive_inspect(in, size_bytes, &info));
	const struct predictor_ops *model = info.header.model;

	archive_info_free(&info);
	TRY(load_needed(needed, model, world));
	return archive_decompress(&(struct archive_reading){.world = needed->world,
							    .transformer = needed->transformer},
				  in, size_bytes, original, NULL);
}

int twopart_decompress(const char *world, const void *in, size_t size_bytes, void **out,
		       size_t *out_bytes)
{
	struct buffer original = {0};
	struct needed needed = {0};
	enum status s = check_pointers(in, size_bytes, out, out_bytes);

	if (s == STATUS_OK)
		s = decompress(world, in, size_bytes, &needed, &original);
	free_needed(&needed);
	return hand_over(s, &original, out, out_bytes);
}

void twopart_free(void *memory)
{
	free(memory);
}

const char *twopart_error(void)
{
	return status_message();
}

const char *twopart_version(void)
{
	return TWOPART_VERSION;
}
