/* SPDX-License-Identifier: BSD-2-Clause */
#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static atomic_int interrupted;                /* the signal */
static atomic_int running[CHILD_RUNNING_MAX]; /* pids; 0 = free */

static void on_signal(int signal)
{
	interrupted = signal;
	for (int i = 0; i < CHILD_RUNNING_MAX; i++) {
		int pid = running[i];

		if (pid)
			kill(pid, SIGKILL);
	}
}

void child_catch_signals(void)
{
	static const int caught[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE};
	struct sigaction before, action = {.sa_handler = on_signal};

	sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < sizeof caught / sizeof caught[0]; i++) {
		sigaction(caught[i], NULL, &before);
		if (before.sa_handler != SIG_IGN) /* nohup stays nohup */
			sigaction(caught[i], &action, NULL);
	}
}

int child_interrupted(void)
{
	return interrupted;
}

void child_die_of(int signal_number)
{
	signal(signal_number, SIG_DFL);
	raise(signal_number);
	abort();
}

/* Make the signals end this child too.  A signal that came before the handler could see the child
 * is seen here: the handler notes it before it looks at the list. */
static atomic_int *register_child(pid_t pid)
{
	for (int i = 0; i < CHILD_RUNNING_MAX; i++) {
		int none = 0;

		if (!atomic_compare_exchange_strong(&running[i], &none, pid))
			continue;
		if (interrupted)
			kill(pid, SIGKILL);
		return &running[i];
	}
	abort(); /* more callers than promised */
}

/* In the child: never returns. */
static void child_become(char *const argv[], unsigned limit_seconds, int output)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (dup2(output, STDOUT_FILENO) >= 0) {
		alarm(limit_seconds); /* survives exec */
		execv(argv[0], argv);
	}
	_exit(127);
}

/* Everything until the end; what does not fit is dropped. */
static void read_output(int from, struct child_result *result)
{
	size_t used = 0, room = sizeof result->output - 1;
	char dropped[4096];

	for (;;) {
		ssize_t n = used < room ? read(from, result->output + used, room - used)
					: read(from, dropped, sizeof dropped);

		if (n == 0 || (n < 0 && errno != EINTR))
			break;
		if (n > 0 && used < room)
			used += (size_t)n;
	}
	result->output[used] = '\0';
}

static enum status child_wait(pid_t pid, struct child_result *result)
{
	struct rusage usage;
	int how;

	while (wait4(pid, &how, 0, &usage) < 0)
		if (errno != EINTR)
			return fail_errno(STATUS_IO, "waiting for a child process");
	result->exit_code = WIFEXITED(how) ? WEXITSTATUS(how) : -1;
	result->signal = WIFSIGNALED(how) ? WTERMSIG(how) : 0;
	result->peak_mib = (double)usage.ru_maxrss / 1024;
	return STATUS_OK;
}

enum status child_run(char *const argv[], unsigned limit_seconds, struct child_result *result)
{
	int ends[2];

	*result = (struct child_result){0};
	if (interrupted)
		return fail(STATUS_LIMIT, "interrupted");
	if (pipe2(ends, O_CLOEXEC) < 0) /* or a sibling would hold the pipe open */
		return fail_errno(STATUS_IO, "opening a pipe");

	pid_t pid = fork();

	if (pid == 0)
		child_become(argv, limit_seconds, ends[1]);
	close(ends[1]);

	enum status s;

	if (pid > 0) {
		atomic_int *slot = register_child(pid);

		read_output(ends[0], result);
		*slot = 0; /* before its pid can be another's */
		s = child_wait(pid, result);
	} else {
		s = fail_errno(STATUS_IO, "starting a child process");
	}
	close(ends[0]);
	if (interrupted)
		return fail(STATUS_LIMIT, "interrupted");
	return s;
}
