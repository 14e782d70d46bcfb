/* SPDX-License-Identifier: BSD-2-Clause */
#include "outfile.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define SUFFIX_BYTES_MAX 32 /* ".tmp.", a process id, a dot and a number of two digits */
#define NAMES_MAX 100       /* temporary names to try */
#define UNFINISHED_MAX 32   /* temporary files that a signal removes; further ones stay */

/* Names of temporary files.  Each stands here before its file exists and until after it is gone,
 * so that no signal finds a file without a name; only the thread that writes files changes it. */
static char *volatile unfinished[UNFINISHED_MAX];

void outfile_remove_unfinished(void)
{
	for (int i = 0; i < UNFINISHED_MAX; i++)
		if (unfinished[i])
			unlink(unfinished[i]);
}

/* The thread that writes files.  A signal may come to any other while this one is creating a file,
 * which would then be made after the others were removed: so it is passed on to this one. */
static pthread_t writer;

static void die_of_signal(int sig)
{
	int error = errno;

	if (!pthread_equal(pthread_self(), writer)) {
		pthread_kill(writer, sig);
		errno = error;
		return;
	}
	outfile_remove_unfinished();
	signal(sig, SIG_DFL);
	raise(sig);
}

void outfile_catch_signals(void)
{
	static const int caught[] = {SIGINT, SIGTERM, SIGHUP};
	struct sigaction before, action = {.sa_handler = die_of_signal};

	writer = pthread_self();
	for (size_t i = 0; i < sizeof caught / sizeof *caught; i++) {
		sigaction(caught[i], NULL, &before);
		if (before.sa_handler != SIG_IGN) /* nohup stays nohup */
			sigaction(caught[i], &action, NULL);
	}
	signal(SIGXFSZ, SIG_IGN);
	atexit(outfile_remove_unfinished);
}

/* Put `to` where `from` stands. */
static void replace_unfinished(const char *from, char *to)
{
	for (int i = 0; i < UNFINISHED_MAX; i++) {
		if (unfinished[i] == from) {
			unfinished[i] = to;
			return;
		}
	}
}

static void release(struct outfile *f)
{
	if (f->temporary)
		replace_unfinished(f->temporary, NULL);
	free(f->path);
	free(f->temporary);
	free(f->pending);
	if (f->directory >= 0)
		close(f->directory);
	*f = (struct outfile){.fd = -1, .directory = -1};
}

/* Open f->directory, to be synced after the rename.  One that may be written but not read cannot be
 * synced by us; that is no reason to write nothing.  Its name needs less room than a temporary. */
static enum status open_directory(struct outfile *f)
{
	const char *slash = strrchr(f->path, '/');
	size_t length = slash && slash > f->path ? (size_t)(slash - f->path) : 1;

	memcpy(f->temporary, slash ? f->path : ".", length);
	f->temporary[length] = '\0';
	f->directory = open(f->temporary, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return f->directory >= 0 || errno == EACCES
		   ? STATUS_OK
		   : fail_errno(STATUS_IO, "%s: cannot create", f->path);
}

/* Create f->temporary exclusively.  A name can be taken: a killed program left it behind, and its
 * process id has come round. */
static enum status create_temporary(struct outfile *f, size_t size_bytes)
{
	for (int i = 0; i < NAMES_MAX; i++) {
		char again[16] = "";

		if (i > 0)
			snprintf(again, sizeof again, ".%d", i);
		snprintf(f->temporary, size_bytes, "%s.tmp.%ld%s", f->path, (long)getpid(), again);
		replace_unfinished(NULL, f->temporary);
		f->fd = open(f->temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		if (f->fd >= 0)
			return STATUS_OK;
		replace_unfinished(f->temporary, NULL); /* it is not ours, and changes next */
		if (errno != EEXIST)
			break;
	}
	return fail_errno(STATUS_IO, "%s: cannot create", f->path);
}

enum status outfile_open(struct outfile *f, const char *path)
{
	size_t size_bytes = strlen(path) + SUFFIX_BYTES_MAX;

	*f = (struct outfile){.fd = -1, .directory = -1, .mode = 0666};
	f->path = strdup(path);
	f->temporary = malloc(size_bytes);
	f->pending = malloc(OUTFILE_BUFFER_BYTES);

	enum status s = STATUS_OK;

	if (!f->path || !f->temporary || !f->pending)
		s = fail_no_memory();
	if (s == STATUS_OK)
		s = open_directory(f);
	if (s == STATUS_OK)
		s = create_temporary(f, size_bytes);
	if (s != STATUS_OK)
		release(f);
	return s;
}

enum status outfile_make_parents(const char *path)
{
	char *parent = strdup(path);
	enum status s = STATUS_OK;

	if (!parent)
		return fail_no_memory();
	for (char *slash = parent; s == STATUS_OK && (slash = strchr(slash + 1, '/'));) {
		struct stat is;

		*slash = '\0';
		if (mkdir(parent, 0777) != 0 && errno != EEXIST &&
		    (stat(parent, &is) != 0 || !S_ISDIR(is.st_mode)))
			s = fail_errno(STATUS_IO, "%s: cannot create the directory", parent);
		*slash = '/';
	}
	free(parent);
	return s;
}

/* At `offset_bytes`, all of it; a short write means a full disk or a signal, so try on. */
static void write_at(struct outfile *f, uint64_t offset_bytes, const uint8_t *data,
		     size_t size_bytes)
{
	while (size_bytes > 0 && f->failed == STATUS_OK) {
		ssize_t n = pwrite(f->fd, data, size_bytes, (off_t)offset_bytes);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			f->failed = fail_errno(STATUS_IO, "%s: cannot write", f->path);
			return;
		}
		data += n;
		offset_bytes += (uint64_t)n;
		size_bytes -= (size_t)n;
	}
}

static void flush(struct outfile *f)
{
	write_at(f, f->written_bytes, f->pending, f->n_pending);
	f->written_bytes += f->n_pending;
	f->n_pending = 0;
}

void outfile_append_slow(struct outfile *f, const void *data, size_t size_bytes)
{
	flush(f);
	if (size_bytes < OUTFILE_BUFFER_BYTES) {
		memcpy(f->pending, data, size_bytes);
		f->n_pending = size_bytes;
		return;
	}
	write_at(f, f->written_bytes, data, size_bytes);
	f->written_bytes += size_bytes;
}

void outfile_patch(struct outfile *f, uint64_t offset_bytes, const void *data, size_t size_bytes)
{
	assert(offset_bytes + size_bytes <= outfile_size_bytes(f));
	flush(f);
	write_at(f, offset_bytes, data, size_bytes);
}

/* Some file systems cannot sync, and a pipe cannot; that is not a failure to write. */
static bool sync_to_disk(int fd)
{
	return fsync(fd) == 0 || errno == EINVAL || errno == ENOTSUP;
}

enum status outfile_read_back(struct outfile *f, void *data, size_t size_bytes)
{
	char *at = data;
	off_t offset = 0;

	assert(f->fd >= 0 && size_bytes == outfile_size_bytes(f));
	flush(f);
	if (f->failed == STATUS_OK && !sync_to_disk(f->fd))
		f->failed = fail_errno(STATUS_IO, "%s: cannot sync", f->path);
	/* What is on the disk need not stay in memory, so that it is the disk that is read. */
	posix_fadvise(f->fd, 0, 0, POSIX_FADV_DONTNEED);
	while (f->failed == STATUS_OK && (uint64_t)offset < size_bytes) {
		ssize_t n = pread(f->fd, at + offset, size_bytes - (size_t)offset, offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			f->failed = fail_errno(STATUS_IO, "%s: cannot read it back", f->path);
		else if (n == 0)
			f->failed = fail(STATUS_IO, "%s: is shorter than it was written", f->path);
		else
			offset += n;
	}
	return f->failed;
}

enum status outfile_seal(struct outfile *f)
{
	mode_t mask = umask(0);

	umask(mask);
	assert(f->fd >= 0);
	flush(f);
	if (f->failed == STATUS_OK && fchmod(f->fd, f->mode & ~mask) != 0)
		f->failed = fail_errno(STATUS_IO, "%s: cannot set permissions", f->path);
	if (f->failed == STATUS_OK && !sync_to_disk(f->fd))
		f->failed = fail_errno(STATUS_IO, "%s: cannot sync", f->path);
	if (close(f->fd) != 0 && f->failed == STATUS_OK)
		f->failed = fail_errno(STATUS_IO, "%s: cannot close", f->path);
	f->fd = -1;
	return f->failed;
}

enum status outfile_commit(struct outfile *f)
{
	enum status s = f->fd >= 0 ? outfile_seal(f) : f->failed;

	if (s == STATUS_OK && rename(f->temporary, f->path) != 0)
		s = fail_errno(STATUS_IO, "%s: cannot rename to it", f->path);
	if (s != STATUS_OK) {
		outfile_abandon(f);
		return s;
	}
	if (f->directory >= 0 && !sync_to_disk(f->directory))
		s = fail_errno(STATUS_IO, "%s: is written, but cannot sync its directory", f->path);
	release(f);
	return s;
}

void outfile_abandon(struct outfile *f)
{
	if (!f->path)
		return;
	if (f->fd >= 0)
		close(f->fd);
	unlink(f->temporary);
	release(f);
}
