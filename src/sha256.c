/* SPDX-License-Identifier: BSD-2-Clause
 *
 * sha256.c - SHA-256 by the part of OpenSSL that takes no memory.
 *
 * SHA256() of OpenSSL 3 first loads its providers, by some 4,800 allocations; when one of them
 * fails it leaves the digest as it was, or crashes.  The functions below it only calculate.  They
 * are marked as deprecated to lead people to the providers.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "sha256.h"

#include <openssl/sha.h>

void sha256(const void *data, size_t size_bytes, uint8_t digest[SHA256_BYTES])
{
	SHA256_CTX state;

	SHA256_Init(&state);
	SHA256_Update(&state, data, size_bytes);
	SHA256_Final(digest, &state);
}
