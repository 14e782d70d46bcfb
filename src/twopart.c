/* SPDX-License-Identifier: BSD-2-Clause */
#include "twopart.h"

#include <stdlib.h>

#include "archive.h"
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

int twopart_compress(const char *model, const char *world, const void *in, size_t size_bytes,
		     void **out, size_t *out_bytes)
{
	struct archive_settings settings;
	struct buffer archive = {0};
	struct world *w = NULL;
	enum status s = check_pointers(in, size_bytes, out, out_bytes);

	if (s == STATUS_OK && !model)
		s = fail(STATUS_BAD_ARGUMENT, "the model is NULL");
	if (s == STATUS_OK)
		s = archive_settings_parse(&settings, model);
	if (s == STATUS_OK && world)
		s = world_load(&w, world);
	if (s == STATUS_OK) {
		settings.world = w;
		s = archive_compress(&settings, in, size_bytes, &archive, NULL);
	}
	world_free(w);
	return hand_over(s, &archive, out, out_bytes);
}

int twopart_decompress(const char *world, const void *in, size_t size_bytes, void **out,
		       size_t *out_bytes)
{
	struct buffer original = {0};
	struct world *w = NULL;
	enum status s = check_pointers(in, size_bytes, out, out_bytes);

	if (s == STATUS_OK && world)
		s = world_load(&w, world);
	if (s == STATUS_OK)
		s = archive_decompress(&(struct archive_reading){.world = w}, in, size_bytes,
				       &original, NULL);
	world_free(w);
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
