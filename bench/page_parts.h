/* SPDX-License-Identifier: BSD-2-Clause
 *
 * page_parts.h - what page.c puts together: sections of the page, and the digests of scripts.
 */
#ifndef TWOPART_PAGE_PARTS_H
#define TWOPART_PAGE_PARTS_H

#include "buffer.h"
#include "chart.h"
#include "page.h"

/* page_finding.c: the first screen, in one sentence and as bars that need no script. */
void page_finding(const struct chart_data *d, struct buffer *out);

/* page_tables.c */
void page_table(const struct page_table *t, struct buffer *out);
void page_data_table(const struct chart *c, const json_t *rows, struct buffer *out);
void page_failures(const struct chart_data *d, struct buffer *out); /* nothing if there are none */
void page_provenance(const struct chart_data *d, const struct page_scripts *scripts,
		     struct buffer *out);

/* page_scripts.c: "sha256-..." as a browser's policy wants it; hexadecimal SHA-256. */
#define PAGE_POLICY_BYTES 64
#define PAGE_SHA256_CHARS 65
void page_policy(const void *script, size_t size_bytes, char out[PAGE_POLICY_BYTES]);
void page_sha256(const void *data, size_t size_bytes, char out[PAGE_SHA256_CHARS]);

#endif
