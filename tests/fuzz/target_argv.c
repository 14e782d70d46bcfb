/* SPDX-License-Identifier: BSD-2-Clause
 *
 * target_argv.c - any arguments for the commands that only read, and soon end: up to eight strings,
 * ended by a zero byte each, then, behind an empty one, the file that follows them on the command
 * line.
 *
 * Property  every command line is answered by an exit code that is documented and no bug's.
 */
#include <fcntl.h>

#include "cmd.h"
#include "fuzz.h"

#define ARGUMENTS_MAX 8

static int (*const commands[])(int argc, char **argv) = {cmd_list, cmd_test, cmd_models,
							 cmd_version};
static const char *const names[] = {"list", "test", "models", "--version"};
#define TEST 1 /* place of the one that decodes */
#define N_COMMANDS (sizeof names / sizeof *names)

/* Nothing is printed, and nothing waits for input. */
static void close_streams(void)
{
	static bool done;
	int nothing = done ? -1 : open("/dev/null", O_RDWR);

	if (done)
		return;
	done = true;
	HOLDS(nothing >= 0 && dup2(nothing, STDIN_FILENO) >= 0);
	HOLDS(freopen("/dev/null", "w", stdout));
	close(nothing);
}

/* Devices never end, and behind "--" the limit below would be a file. */
static bool is_harmless(const char *argument)
{
	return !strchr(argument, '/') && strcmp(argument, "--") != 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes)
{
	struct reader r = {.at = data, .end = data + size_bytes};
	unsigned which = fuzz_take(&r, 1) % N_COMMANDS;
	char *argv[ARGUMENTS_MAX + 4] = {strdup(names[which])};
	bool harmless = true;
	int argc = 1;

	close_streams();
	while (argc <= ARGUMENTS_MAX && r.at < r.end && *r.at) {
		argv[argc] = fuzz_take_text(&r);
		harmless = harmless && is_harmless(argv[argc]);
		argc++;
	}
	r.at += r.at < r.end;
	argv[argc++] = strdup(fuzz_path(r.at, (size_t)(r.end - r.at)));
	if (which == TEST)
		argv[argc++] = strdup("--memory=32M"); /* the last one counts */
	optind = 0; /* getopt() starts anew */
	if (harmless) {
		int code = commands[which](argc, argv);

		HOLDS(code == 0 || code == 1 || code == 2 || code == 4 || code == 5);
	}
	for (int i = 0; i < argc; i++)
		free(argv[i]);
	return 0;
}
