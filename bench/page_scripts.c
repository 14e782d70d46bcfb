/* SPDX-License-Identifier: BSD-2-Clause */
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "file.h"
#include "page_parts.h"
#include "sha256.h"

#define SCRIPT_BYTES_MAX ((uint64_t)16 << 20)
#define PATH_BYTES 4096

void page_sha256(const void *data, size_t size_bytes, char out[PAGE_SHA256_CHARS])
{
	uint8_t digest[SHA256_BYTES];

	sha256(data, size_bytes, digest);
	for (int i = 0; i < SHA256_BYTES; i++)
		snprintf(out + 2 * i, 3, "%02x", digest[i]);
}

void page_policy(const void *script, size_t size_bytes, char out[PAGE_POLICY_BYTES])
{
	uint8_t digest[SHA256_BYTES], base64[PAGE_POLICY_BYTES];

	sha256(script, size_bytes, digest);
	EVP_EncodeBlock(base64, digest, sizeof digest);
	snprintf(out, PAGE_POLICY_BYTES, "sha256-%.48s", (const char *)base64);
}

/* The folder of this program's file; false if the system does not tell. */
static bool program_folder(char *out, size_t size_bytes)
{
	ssize_t n = readlink("/proc/self/exe", out, size_bytes);

	if (n <= 0 || (size_t)n >= size_bytes)
		return false;
	out[n] = '\0';
	char *slash = strrchr(out, '/');
	if (!slash)
		return false;
	*slash = '\0';
	return true;
}

static bool find_folder(const char *directory, char *out, size_t size_bytes)
{
	static const char *const places[] = {"vega", "../share/twopart/vega"};
	char program[PATH_BYTES / 2], file[PATH_BYTES + 32];

	if (directory) {
		snprintf(out, size_bytes, "%s", directory);
		return true;
	}
	if (!program_folder(program, sizeof program))
		return false;
	for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
		snprintf(out, size_bytes, "%s/%s", program, places[i]);
		snprintf(file, sizeof file, "%s/vega.min.js", out);
		if (access(file, R_OK) == 0)
			return true;
	}
	return false;
}

/* What would end the element that the script is put into must not occur in it. */
static enum status load(const char *folder, const char *name, struct buffer *out)
{
	char path[PATH_BYTES + 32];

	snprintf(path, sizeof path, "%s/%s", folder, name);
	if (file_read_at_most(path, SCRIPT_BYTES_MAX, out, NULL) != STATUS_OK)
		return fail(STATUS_UNSUPPORTED,
			    "%s is not there: charts are drawings only; `make vega` fetches it",
			    path);
	if (memmem(out->data, out->size_bytes, "</script", 8) ||
	    memmem(out->data, out->size_bytes, "<!--", 4) || out->size_bytes == 0)
		return fail(STATUS_UNSUPPORTED, "%s: not a script that can stand in a page", path);
	return STATUS_OK;
}

enum status page_scripts_load(struct page_scripts *s, const char *directory)
{
	char folder[PATH_BYTES];

	*s = (struct page_scripts){0};
	if (!find_folder(directory, folder, sizeof folder))
		return fail(STATUS_UNSUPPORTED, "the bundles of Vega-Lite are not there: charts are"
						" drawings only; `make vega` fetches them");
	TRY(load(folder, "vega.min.js", &s->vega));
	TRY(load(folder, "vega-lite.min.js", &s->vega_lite));
	TRY(load(folder, "vega-embed.min.js", &s->vega_embed));
	TRY(load(folder, "vega.LICENSE", &s->licences));
	TRY(load(folder, "vega-lite.LICENSE", &s->licences));
	return load(folder, "vega-embed.LICENSE", &s->licences);
}

void page_scripts_free(struct page_scripts *s)
{
	buffer_free(&s->vega);
	buffer_free(&s->vega_lite);
	buffer_free(&s->vega_embed);
	buffer_free(&s->licences);
}
