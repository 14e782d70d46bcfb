/* SPDX-License-Identifier: BSD-2-Clause
 *
 * faults.c - a library for LD_PRELOAD: the k-th call of some kinds fails, is cut short, or ends the
 * program.
 *
 * Environment: FAULT_KINDS (of kind_names, with commas), FAULT_AT (k, from 1; 0: only count),
 * FAULT_ERROR (a number of errno.h, "short" or "kill"), FAULT_ON (1: all calls from the k-th on; of
 * EINTR every other one, or nobody would ever come through), FAULT_FROM ("own": calls from the
 * program's own code; "library": from libraries, but neither the run-time of OpenMP nor the loader;
 * "openmp": from that run-time), FAULT_REPORT (file with a struct fault_report).
 *
 * A call belongs to who would return from it, so what a library does on the program's behalf is the
 * library's.  What libc calls inside itself - the reads and writes of stdio - is not seen here;
 * that is what strace is for.  A close that "fails" closes all the same, as Linux does.
 */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "faults.h"

#define RANGES_MAX 64
#define DESCRIPTORS 256
#define SHORT (-1) /* instead of a number of errno.h */
#define KILL (-2)

enum kind { MEMORY, OPEN, READ, WRITE, SYNC, RENAME, CLOSE, UNLINK, THREAD, OTHER, N_KINDS };

static const char *const kind_names[N_KINDS] = {
    [MEMORY] = "memory", [OPEN] = "open",   [READ] = "read",     [WRITE] = "write",
    [SYNC] = "sync",     [RENAME] = "rename", [CLOSE] = "close",   [UNLINK] = "unlink",
    [THREAD] = "thread", [OTHER] = "other",
};

enum origin { ORIGIN_OWN, ORIGIN_LIBRARY, ORIGIN_OPENMP, ORIGIN_LOADER };

static struct range {
	uintptr_t start, end;
	enum origin origin;
} range[RANGES_MAX];
static size_t n_ranges;

static bool wanted[N_KINDS], goes_on, ready;
static uint64_t at;
static int error;
static enum origin from;
static struct fault_report *report;
static bool was_open[DESCRIPTORS];

void *__libc_malloc(size_t size_bytes);
void *__libc_calloc(size_t n, size_t size_bytes);
void *__libc_realloc(void *old, size_t size_bytes);
void *__libc_memalign(size_t alignment, size_t size_bytes);

/* ---- The beginning and the end of the program. ---- */

/* The first object is the program, and has no name. */
static int add_object(struct dl_phdr_info *info, size_t size_bytes, void *data)
{
	const char *name = info->dlpi_name;
	uintptr_t start = UINTPTR_MAX, end = 0;

	(void)size_bytes;
	(void)data;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *p = &info->dlpi_phdr[i];
		uintptr_t first = info->dlpi_addr + p->p_vaddr;

		if (p->p_type != PT_LOAD)
			continue;
		start = first < start ? first : start;
		end = first + p->p_memsz > end ? first + p->p_memsz : end;
	}
	if (n_ranges == RANGES_MAX)
		return 0;

	enum origin origin = ORIGIN_LIBRARY;

	if (n_ranges == 0)
		origin = ORIGIN_OWN;
	else if (strstr(name, "libgomp") || strstr(name, "libomp"))
		origin = ORIGIN_OPENMP;
	else if (strstr(name, "/ld-"))
		origin = ORIGIN_LOADER;
	range[n_ranges++] = (struct range){.start = start, .end = end, .origin = origin};
	return 0;
}

static const char *setting(const char *name)
{
	const char *value = getenv(name);

	return value ? value : "";
}

static int parse_error(const char *text)
{
	if (strcmp(text, "short") == 0)
		return SHORT;
	return strcmp(text, "kill") == 0 ? KILL : atoi(text);
}

static void note_descriptors(void)
{
	for (int fd = 0; fd < DESCRIPTORS; fd++)
		was_open[fd] = fcntl(fd, F_GETFD) >= 0;
}

__attribute__((constructor)) static void begin(void)
{
	int fd = open(setting("FAULT_REPORT"), O_RDWR | O_CLOEXEC);
	void *page = MAP_FAILED;

	if (fd >= 0) {
		page = mmap(NULL, sizeof *report, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		close(fd);
	}
	if (page == MAP_FAILED)
		return;
	report = page;
	for (int i = 0; i < N_KINDS; i++)
		wanted[i] = strstr(setting("FAULT_KINDS"), kind_names[i]) != NULL;
	at = strtoull(setting("FAULT_AT"), NULL, 10);
	error = parse_error(setting("FAULT_ERROR"));
	goes_on = strcmp(setting("FAULT_ON"), "1") == 0;
	from = strcmp(setting("FAULT_FROM"), "own") == 0      ? ORIGIN_OWN
	       : strcmp(setting("FAULT_FROM"), "openmp") == 0 ? ORIGIN_OPENMP
							      : ORIGIN_LIBRARY;
	dl_iterate_phdr(add_object, NULL);
	note_descriptors();
	ready = true;
}

__attribute__((destructor)) static void end(void)
{
	if (!ready)
		return;
	ready = false;
	for (int fd = 0; fd < DESCRIPTORS; fd++)
		if (!was_open[fd] && fcntl(fd, F_GETFD) >= 0)
			atomic_fetch_add(&report->descriptors_left, 1);
}

/* ---- Which calls fail. ---- */

static enum origin origin_of(const void *caller)
{
	uintptr_t address = (uintptr_t)caller;

	for (size_t i = 0; i < n_ranges; i++)
		if (range[i].start <= address && address < range[i].end)
			return range[i].origin;
	return ORIGIN_LOADER;
}

/* 0, SHORT, or what errno is to be. */
static int inject(enum kind kind, const void *caller)
{
	uint64_t n;

	if (!ready || !wanted[kind] || origin_of(caller) != from)
		return 0;
	n = atomic_fetch_add(&report->calls, 1) + 1;
	if (at == 0 || n < at || (n > at && !goes_on) || (error == EINTR && (n - at) % 2 == 1))
		return 0;
	atomic_fetch_add(&report->injected, 1);
	if (error == KILL)
		kill(getpid(), SIGKILL);
	return error;
}

#define FAULT(kind) inject(kind, __builtin_return_address(0))
#define NEXT(f)                                                                                    \
	static __typeof__(f) *next;                                                                \
	if (!next)                                                                                 \
	next = (__typeof__(f) *)dlsym(RTLD_NEXT, #f)

/* Fail, if that is what the fault wants, or go on with a size of one. */
#define OBEY(fault, failure, size_bytes)                                                           \
	do {                                                                                       \
		if ((fault) > 0) {                                                                 \
			errno = (fault);                                                           \
			return failure;                                                            \
		}                                                                                  \
		if ((fault) == SHORT && (size_bytes) > 1)                                          \
			(size_bytes) = 1;                                                          \
	} while (0)

/* ---- Memory. ---- */

void *malloc(size_t size_bytes)
{
	int fault = FAULT(MEMORY);

	errno = fault ? ENOMEM : errno;
	return fault ? NULL : __libc_malloc(size_bytes);
}

void *calloc(size_t n, size_t size_bytes)
{
	int fault = FAULT(MEMORY);

	errno = fault ? ENOMEM : errno;
	return fault ? NULL : __libc_calloc(n, size_bytes);
}

void *realloc(void *old, size_t size_bytes)
{
	int fault = FAULT(MEMORY);

	errno = fault ? ENOMEM : errno;
	return fault ? NULL : __libc_realloc(old, size_bytes);
}

void *aligned_alloc(size_t alignment, size_t size_bytes)
{
	int fault = FAULT(MEMORY);

	errno = fault ? ENOMEM : errno;
	return fault ? NULL : __libc_memalign(alignment, size_bytes);
}

int posix_memalign(void **to, size_t alignment, size_t size_bytes)
{
	int fault = FAULT(MEMORY);
	void *made = fault ? NULL : __libc_memalign(alignment, size_bytes);

	if (made)
		*to = made;
	return made ? 0 : ENOMEM;
}

/* ---- Files. ---- */

#define OPEN_LIKE(name)                                                                            \
	int name(const char *path, int flags, ...)                                                 \
	{                                                                                          \
		int fault = FAULT(OPEN), one = 1;                                                  \
		va_list args;                                                                      \
                                                                                                   \
		va_start(args, flags);                                                             \
		mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(args, mode_t) : 0;            \
		va_end(args);                                                                      \
		NEXT(name);                                                                        \
		OBEY(fault, -1, one);                                                              \
		return next(path, flags, mode);                                                    \
	}

OPEN_LIKE(open)
OPEN_LIKE(open64)

#define FOPEN_LIKE(name)                                                                           \
	FILE *name(const char *path, const char *mode)                                             \
	{                                                                                          \
		int fault = FAULT(OPEN), one = 1;                                                  \
                                                                                                   \
		NEXT(name);                                                                        \
		OBEY(fault, NULL, one);                                                            \
		return next(path, mode);                                                           \
	}

FOPEN_LIKE(fopen)
FOPEN_LIKE(fopen64)

ssize_t read(int fd, void *to, size_t size_bytes)
{
	int fault = FAULT(READ);

	NEXT(read);
	OBEY(fault, -1, size_bytes);
	return next(fd, to, size_bytes);
}

ssize_t write(int fd, const void *data, size_t size_bytes)
{
	int fault = FAULT(WRITE);

	NEXT(write);
	OBEY(fault, -1, size_bytes);
	return next(fd, data, size_bytes);
}

#define PREAD_LIKE(name, offset)                                                                   \
	ssize_t name(int fd, void *to, size_t size_bytes, offset offset_bytes)                     \
	{                                                                                          \
		int fault = FAULT(READ);                                                           \
                                                                                                   \
		NEXT(name);                                                                        \
		OBEY(fault, -1, size_bytes);                                                       \
		return next(fd, to, size_bytes, offset_bytes);                                     \
	}

PREAD_LIKE(pread, off_t)
PREAD_LIKE(pread64, off64_t)

#define PWRITE_LIKE(name, offset)                                                                  \
	ssize_t name(int fd, const void *data, size_t size_bytes, offset offset_bytes)             \
	{                                                                                          \
		int fault = FAULT(WRITE);                                                          \
                                                                                                   \
		NEXT(name);                                                                        \
		OBEY(fault, -1, size_bytes);                                                       \
		return next(fd, data, size_bytes, offset_bytes);                                   \
	}

PWRITE_LIKE(pwrite, off_t)
PWRITE_LIKE(pwrite64, off64_t)

int close(int fd)
{
	int fault = FAULT(CLOSE), one = 1;

	NEXT(close);
	int result = next(fd);

	OBEY(fault, -1, one);
	return result;
}

/* Calls that need no more than to fail or not: ARGUMENTS are their parameters, (VALUES) what goes
 * on. */
#define FAILS(kind, type, name, failure, arguments, ...)                                           \
	type name arguments                                                                        \
	{                                                                                          \
		int fault = FAULT(kind), one = 1;                                                  \
                                                                                                   \
		NEXT(name);                                                                        \
		OBEY(fault, failure, one);                                                         \
		return next(__VA_ARGS__);                                                          \
	}

FAILS(SYNC, int, fsync, -1, (int fd), fd)
FAILS(SYNC, int, fdatasync, -1, (int fd), fd)
FAILS(RENAME, int, rename, -1, (const char *old, const char *new), old, new)
FAILS(OTHER, int, mkdir, -1, (const char *path, mode_t mode), path, mode)
FAILS(OTHER, char *, mkdtemp, NULL, (char *pattern), pattern)
FAILS(UNLINK, int, unlink, -1, (const char *path), path)
FAILS(OTHER, int, fchmod, -1, (int fd, mode_t mode), fd, mode)
FAILS(OTHER, int, ftruncate, -1, (int fd, off_t size_bytes), fd, size_bytes)
FAILS(OTHER, int, ftruncate64, -1, (int fd, off64_t size_bytes), fd, size_bytes)
FAILS(OTHER, int, pipe2, -1, (int fd[2], int flags), fd, flags)
FAILS(OTHER, pid_t, fork, -1, (void), )
FAILS(OTHER, DIR *, opendir, NULL, (const char *path), path)

/* ---- Threads. ---- */

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
		   void *argument)
{
	int fault = FAULT(THREAD);

	NEXT(pthread_create);
	return fault > 0 ? fault : next(thread, attributes, run, argument);
}
