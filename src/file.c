/* SPDX-License-Identifier: BSD-2-Clause */
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include "outfile.h"

#define READ_BYTES ((size_t)1 << 16)
#define WRITE_BYTES ((size_t)1 << 30) /* one write(2) at most: Linux ends at 2^31 anyway */

static enum status fail_too_large(uint64_t max_bytes)
{
	return fail(STATUS_LIMIT, "larger than %llu bytes, the most that fits into memory here",
		    (unsigned long long)max_bytes);
}

/* Read to the end of the file, wherever that is. */
static enum status read_rest(int fd, uint64_t max_bytes, struct buffer *out)
{
	size_t start = out->size_bytes;
	ssize_t n = 1;

	while (n != 0 &&
	       (out->size_bytes < out->capacity_bytes || buffer_reserve(out, READ_BYTES))) {
		n = read(fd, out->data + out->size_bytes, out->capacity_bytes - out->size_bytes);
		if (n < 0 && errno != EINTR)
			return fail_errno(STATUS_IO, "cannot read");
		if (n > 0)
			out->size_bytes += (size_t)n;
		if (out->size_bytes - start > max_bytes)
			return fail_too_large(max_bytes);
	}
	return buffer_status(out);
}

uint64_t file_memory_bytes(void)
{
	long pages = sysconf(_SC_PHYS_PAGES), page_bytes = sysconf(_SC_PAGESIZE);

	return pages > 0 && page_bytes > 0 ? (uint64_t)pages * (uint64_t)page_bytes : UINT64_MAX;
}

enum status file_read(const char *path, struct buffer *out, mode_t *mode)
{
	return file_read_at_most(path, file_memory_bytes() / 2, out, mode);
}

enum status file_read_at_most(const char *path, uint64_t max_bytes, struct buffer *out,
			      mode_t *mode)
{
	bool is_stdin = strcmp(path, "-") == 0;
	int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	enum status s = STATUS_OK;
	struct stat st;

	if (fd < 0 || fstat(fd, &st) != 0) {
		s = fail_errno(STATUS_IO, "cannot open");
	} else if (S_ISDIR(st.st_mode)) {
		s = fail(STATUS_IO, "is a directory");
	} else if (S_ISREG(st.st_mode) && (uint64_t)st.st_size > max_bytes) {
		s = fail_too_large(max_bytes);
	} else {
		/* One byte more than the size, so that the end is seen without growing. */
		if (S_ISREG(st.st_mode) && st.st_size > 0)
			buffer_reserve(out, (size_t)st.st_size + 1);
		s = read_rest(fd, max_bytes, out);
		if (mode)
			*mode = is_stdin ? FILE_MODE_NEW : st.st_mode & 0777;
	}
	if (fd >= 0 && !is_stdin)
		close(fd);
	return s;
}

enum status file_check_new(const char *path)
{
	struct stat st;

	if (stat(path, &st) != 0 || !S_ISREG(st.st_mode))
		return STATUS_OK;
	return fail(STATUS_BAD_ARGUMENT, "%s exists already; -f overwrites it", path);
}

enum status file_check_place(const char *path)
{
	char *copy = strdup(path);
	enum status s = STATUS_OK;
	struct stat st;

	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode)) { /* a device, written as it is */
		free(copy);
		return STATUS_OK;
	}
	if (!copy)
		return fail_no_memory();
	if (access(dirname(copy), W_OK | X_OK) != 0)
		s = fail_errno(STATUS_IO, "%s: cannot create", path);
	free(copy);
	return s;
}

enum status file_check_distinct(const char *from, const char *to)
{
	bool is_stdin = strcmp(from, "-") == 0;
	struct stat in, out;

	if ((is_stdin ? fstat(STDIN_FILENO, &in) : stat(from, &in)) != 0 || stat(to, &out) != 0 ||
	    !S_ISREG(out.st_mode) || in.st_dev != out.st_dev || in.st_ino != out.st_ino)
		return STATUS_OK;
	return fail(STATUS_BAD_ARGUMENT, "%s is an input; write to another file", to);
}

enum status file_write_to(int fd, const void *data, size_t size_bytes, const char *name)
{
	const char *at = data;

	while (size_bytes > 0) {
		ssize_t n = write(fd, at, size_bytes < WRITE_BYTES ? size_bytes : WRITE_BYTES);

		if (n < 0 && errno != EINTR)
			return fail_errno(STATUS_IO, "cannot write %s", name);
		if (n > 0) {
			at += n;
			size_bytes -= (size_t)n;
		}
	}
	return STATUS_OK;
}

/* What a stream into memory writes to, and where it is handed over. */
struct memory {
	struct buffer content;
	char **text;
	size_t *size_bytes;
};

static ssize_t memory_write(void *cookie, const char *data, size_t size_bytes)
{
	struct memory *m = cookie;

	buffer_append(&m->content, data, size_bytes);
	return m->content.failed ? 0 : (ssize_t)size_bytes; /* 0 makes it an error of the stream */
}

static int memory_close(void *cookie)
{
	struct memory *m = cookie;
	bool lost;

	buffer_append_byte(&m->content, '\0');
	lost = m->content.failed;
	if (lost) {
		buffer_free(&m->content);
	} else {
		*m->text = (char *)m->content.data;
		*m->size_bytes = m->content.size_bytes - 1;
	}
	free(m);
	return lost ? EOF : 0;
}

FILE *file_open_memory(char **text, size_t *size_bytes)
{
	struct memory *m = calloc(1, sizeof *m);
	FILE *to = NULL;

	*text = NULL;
	*size_bytes = 0;
	if (m) {
		m->text = text;
		m->size_bytes = size_bytes;
		to = fopencookie(m, "w",
				 (cookie_io_functions_t){.write = memory_write,
							 .close = memory_close});
	}
	if (!to)
		free(m);
	return to;
}

enum status file_close_memory(FILE *to)
{
	bool lost = fflush(to) != 0 || ferror(to);

	return fclose(to) != 0 || lost ? fail_no_memory() : STATUS_OK;
}

/* To what is no regular file. */
static enum status write_directly(const char *path, const void *data, size_t size_bytes)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return fail_errno(STATUS_IO, "cannot open %s", path);
	enum status s = file_write_to(fd, data, size_bytes, path);

	if (close(fd) != 0 && s == STATUS_OK)
		s = fail_errno(STATUS_IO, "cannot write %s", path);
	return s;
}

/* The bytes that a file got, and whether it has them. */
static enum status read_back(struct outfile *f, void *data, size_t size_bytes)
{
	XXH64_hash_t written = XXH3_64bits(data, size_bytes);

	TRY(outfile_read_back(f, data, size_bytes));
	if (XXH3_64bits(data, size_bytes) == written)
		return STATUS_OK;
	return fail(STATUS_IO, "%s: the disk does not give back what was written", f->path);
}

/* To a regular file, or a new one. */
static enum status write_regular(const char *path, void *data, size_t size_bytes, mode_t mode,
				 bool checked, enum status (*check)(void *context), void *context)
{
	struct outfile f;
	enum status s = outfile_open(&f, path);

	if (s != STATUS_OK)
		return s;
	f.mode = mode;
	if (size_bytes) /* data may be NULL otherwise */
		outfile_append(&f, data, size_bytes);
	if (checked && size_bytes)
		s = read_back(&f, data, size_bytes);
	if (s == STATUS_OK && check)
		s = check(context);
	if (s == STATUS_OK)
		return outfile_commit(&f);
	outfile_abandon(&f);
	return s;
}

static enum status write_file(const char *path, void *data, size_t size_bytes, mode_t mode,
			      bool overwrite, bool checked, enum status (*check)(void *context),
			      void *context)
{
	struct stat st;
	bool exists = stat(path, &st) == 0;

	if (exists && S_ISDIR(st.st_mode))
		return fail(STATUS_IO, "cannot write %s: is a directory", path);
	if (exists && !S_ISREG(st.st_mode)) {
		if (check)
			TRY(check(context));
		return write_directly(path, data, size_bytes);
	}
	if (!overwrite)
		TRY(file_check_new(path));

	char *resolved = exists ? realpath(path, NULL) : strdup(path);

	if (!resolved)
		return fail_errno(STATUS_IO, "cannot find %s", path);
	enum status s = write_regular(resolved, data, size_bytes, mode, checked, check, context);

	free(resolved);
	return s;
}

enum status file_write(const char *path, const void *data, size_t size_bytes, mode_t mode,
		       bool overwrite)
{
	/* Only what is read back is written to. */
	return write_file(path, (void *)data, size_bytes, mode, overwrite, false, NULL, NULL);
}

enum status file_write_checked(const char *path, void *data, size_t size_bytes, mode_t mode,
			       bool overwrite, enum status (*check)(void *context), void *context)
{
	return write_file(path, data, size_bytes, mode, overwrite, true, check, context);
}

enum status file_check_kept(const char *path)
{
	struct stat st;

	if (stat(path, &st) != 0 || S_ISREG(st.st_mode))
		return STATUS_OK;
	return fail(STATUS_BAD_ARGUMENT, "%s: is no regular file: no --rm", path);
}

enum status file_source_take(struct file_source *f, const char *path)
{
	f->path = path;
	if (lstat(path, &f->was) != 0)
		return fail_errno(STATUS_IO, "%s: cannot open", path);
	if (!S_ISREG(f->was.st_mode))
		return fail(STATUS_BAD_ARGUMENT, "%s: --rm removes regular files only", path);
	return STATUS_OK;
}

static bool is_same_time(struct timespec a, struct timespec b)
{
	return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

enum status file_source_remove(const struct file_source *f)
{
	const struct stat *was = &f->was;
	struct stat is;

	if (lstat(f->path, &is) != 0 || is.st_dev != was->st_dev || is.st_ino != was->st_ino ||
	    is.st_size != was->st_size || !is_same_time(is.st_mtim, was->st_mtim) ||
	    !is_same_time(is.st_ctim, was->st_ctim))
		return fail(STATUS_IO, "%s: changed meanwhile, and is kept", f->path);
	if (unlink(f->path) != 0)
		return fail_errno(STATUS_IO, "%s: cannot remove", f->path);
	return STATUS_OK;
}
