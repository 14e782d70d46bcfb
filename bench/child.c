/* SPDX-License-Identifier: BSD-2-Clause */
#include "child.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t interrupted; /* the signal */
static volatile sig_atomic_t running;     /* the child's pid, or 0 */

static void on_signal(int signal)
{
	interrupted = signal;
	if (running)
		kill((pid_t)running, SIGKILL);
}

void child_catch_signals(void)
{
	struct sigaction action = {.sa_handler = on_signal};

	sigemptyset(&action.sa_mask);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
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

/* In the child: never returns. */
static void child_become(char *const argv[], unsigned limit_seconds, int output,
			 const sigset_t *old_mask)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	sigprocmask(SIG_SETMASK, old_mask, NULL);
	if (dup2(output, STDOUT_FILENO) >= 0) {
		close(output);
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
	running = 0;
	result->exit_code = WIFEXITED(how) ? WEXITSTATUS(how) : -1;
	result->signal = WIFSIGNALED(how) ? WTERMSIG(how) : 0;
	result->peak_mib = (double)usage.ru_maxrss / 1024;
	return STATUS_OK;
}

enum status child_run(char *const argv[], unsigned limit_seconds, struct child_result *result)
{
	sigset_t ours, old_mask;
	int ends[2];

	*result = (struct child_result){0};
	if (pipe(ends) < 0)
		return fail_errno(STATUS_IO, "opening a pipe");

	/* A signal must find either no child or the pid of the child. */
	sigemptyset(&ours);
	sigaddset(&ours, SIGINT);
	sigaddset(&ours, SIGTERM);
	sigaddset(&ours, SIGHUP);
	sigprocmask(SIG_BLOCK, &ours, &old_mask);

	pid_t pid = interrupted ? -1 : fork();

	if (pid == 0) {
		close(ends[0]);
		child_become(argv, limit_seconds, ends[1], &old_mask);
	}
	running = pid > 0 ? pid : 0;
	close(ends[1]);
	sigprocmask(SIG_SETMASK, &old_mask, NULL);

	enum status s = STATUS_OK;

	if (pid > 0) {
		read_output(ends[0], result);
		s = child_wait(pid, result);
	} else if (!interrupted) {
		s = fail_errno(STATUS_IO, "starting a child process");
	}
	close(ends[0]);
	if (interrupted)
		return fail(STATUS_LIMIT, "interrupted");
	return s;
}
