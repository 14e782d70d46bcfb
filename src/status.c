/* SPDX-License-Identifier: BSD-2-Clause */
#include "status.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static _Thread_local char message[1024] = "no error";

enum status fail(enum status s, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(message, sizeof message, format, args);
	va_end(args);
	return s;
}

enum status fail_errno(enum status s, const char *format, ...)
{
	int error = errno;
	va_list args;

	va_start(args, format);
	vsnprintf(message, sizeof message, format, args);
	va_end(args);

	size_t used = strlen(message);
	snprintf(message + used, sizeof message - used, ": %s", strerror(error));
	return s;
}

enum status fail_no_memory(void)
{
	return fail(STATUS_NO_MEMORY, "out of memory");
}

const char *status_message(void)
{
	return message;
}

int status_exit_code(enum status s)
{
	switch (s) {
	case STATUS_OK:
		return 0;
	case STATUS_NO_MEMORY:
	case STATUS_IO:
	case STATUS_BAD_ARGUMENT:
		return 1;
	case STATUS_CORRUPT:
	case STATUS_IMPOSSIBLE:
		return 2;
	case STATUS_LIMIT:
		return 4;
	case STATUS_UNSUPPORTED:
		return 5;
	case STATUS_BUG:
		break;
	}
	return 3;
}
