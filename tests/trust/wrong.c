/* SPDX-License-Identifier: BSD-2-Clause
 *
 * wrong.c - a library to preload: with WRONG_ENCODER an archive gets digests that are not its own,
 * with WRONG_DISK=N the byte N (from the start again where there are fewer) of what is read back
 * from the disk is another.
 */
#include <dlfcn.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/types.h>

uint64_t XXH3_64bits_withSeed(const void *data, size_t n, uint64_t seed)
{
	static uint64_t calls;
	uint64_t (*real)(const void *, size_t, uint64_t) =
	    (uint64_t (*)(const void *, size_t, uint64_t))dlsym(RTLD_NEXT, __func__);

	return real(data, n, seed) + (getenv("WRONG_ENCODER") ? ++calls : 0);
}

ssize_t pread(int fd, void *to, size_t n, off_t at)
{
	ssize_t (*real)(int, void *, size_t, off_t) =
	    (ssize_t (*)(int, void *, size_t, off_t))dlsym(RTLD_NEXT, __func__);
	ssize_t got = real(fd, to, n, at);

	if (getenv("WRONG_DISK") && got > 0)
		((char *)to)[atoi(getenv("WRONG_DISK")) % got] ^= 1;
	return got;
}
