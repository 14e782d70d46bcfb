/* SPDX-License-Identifier: BSD-2-Clause */
#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "timer.h"

#define SWEEP_MILLISECONDS 1000 /* that killed descendants may take to be gone */

static atomic_int interrupted;                /* the signal */
static atomic_int running[CHILD_RUNNING_MAX]; /* pids, which lead groups; 0 = free */

static void on_signal(int signal)
{
	interrupted = signal;
	for (int i = 0; i < CHILD_RUNNING_MAX; i++) {
		int pid = running[i];

		if (pid)
			kill(-pid, SIGKILL);
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
			kill(-pid, SIGKILL);
		return &running[i];
	}
	abort(); /* more callers than promised */
}

/* Unless the limit is lower already. */
static bool limit_to(int resource, uint64_t value)
{
	struct rlimit limit;

	if (getrlimit(resource, &limit) < 0)
		return false;
	if (limit.rlim_max > value)
		limit.rlim_max = value;
	limit.rlim_cur = limit.rlim_max;
	return setrlimit(resource, &limit) == 0;
}

/* In the child: what a program that is not ours finds. */
static bool become_foreign(int output)
{
	int nothing = open("/dev/null", O_RDONLY);

	return nothing >= 0 && dup2(nothing, STDIN_FILENO) >= 0 && dup2(output, STDERR_FILENO) >= 0;
}

/* In the child: a crash leaves no core, which would be larger than what it was to write. */
static bool obey_limits(const struct child_setup *c)
{
	return limit_to(RLIMIT_CORE, 0) &&
	       (!c->limit_memory_bytes || limit_to(RLIMIT_AS, c->limit_memory_bytes)) &&
	       (!c->limit_file_bytes || limit_to(RLIMIT_FSIZE, c->limit_file_bytes));
}

/* In the child: where its standard output goes. */
static int open_output(const struct child_setup *c, int output)
{
	return c->output ? open(c->output, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600) : output;
}

/* In the child: never returns. */
static void child_become(const struct child_setup *c, int output)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	setpgid(0, 0);
	if ((!c->directory || chdir(c->directory) == 0) &&
	    (!c->is_foreign || become_foreign(output)) &&
	    dup2(open_output(c, output), STDOUT_FILENO) >= 0 && obey_limits(c))
		execv(c->argv[0], c->argv);
	_exit(127);
}

/* Append, and drop what does not fit: at the beginning or at the end. */
static void keep(struct child_result *r, bool keep_end, const char *said, size_t n)
{
	size_t room = sizeof r->output - 1 - r->output_bytes;

	if (n > room && keep_end) {
		r->output_bytes -= n - room;
		memmove(r->output, r->output + (n - room), r->output_bytes);
	} else if (n > room) {
		n = room;
	}
	memcpy(r->output + r->output_bytes, said, n);
	r->output_bytes += n;
	r->output[r->output_bytes] = '\0';
}

/* What the pipe holds just now; false at its end. */
static bool read_output(int from, bool keep_end, struct child_result *r)
{
	char said[1024];
	ssize_t n;

	while ((n = read(from, said, sizeof said)) > 0)
		keep(r, keep_end, said, (size_t)n);
	return n < 0 && (errno == EAGAIN || errno == EINTR);
}

/*
 * Listen until the child ends or its time is over; then kill whatever is left of its group.  The
 * child itself is still to be waited for, so the group's number cannot be another's.
 */
static void attend(pid_t pid, int ended, int output, const struct child_setup *c,
		   struct child_result *r)
{
	struct pollfd watched[] = {{.fd = ended, .events = POLLIN},
				   {.fd = output, .events = POLLIN}};
	double deadline = timer_start().wall_seconds + c->limit_seconds;

	while (!watched[0].revents) {
		double left = deadline - timer_start().wall_seconds;

		r->timed_out = left <= 0;
		if (r->timed_out)
			break;
		if (poll(watched, 2, (int)(left < 1000 ? 1000 * left + 1 : 1e6)) < 0)
			watched[0].revents = watched[1].revents = 0;
		if (watched[1].revents && !read_output(output, c->is_foreign, r))
			watched[1].fd = -1;
	}
	kill(-pid, SIGKILL);
	read_output(output, c->is_foreign, r);
}

/* Descendants that were killed become children of this process; they are waited for, so that
 * nobody writes into a directory that is about to be removed. */
static void sweep(pid_t pid)
{
	for (int i = 0; i < SWEEP_MILLISECONDS && kill(-pid, 0) == 0; i++)
		if (waitpid(-pid, NULL, 0) < 0)
			usleep(1000); /* not ours yet: its parent is still about to die */
}

static enum status child_wait(pid_t pid, struct child_result *r)
{
	struct rusage usage;
	int how;

	while (wait4(pid, &how, 0, &usage) < 0)
		if (errno != EINTR)
			return fail_errno(STATUS_IO, "waiting for a child process");
	r->exit_code = WIFEXITED(how) ? WEXITSTATUS(how) : -1;
	r->signal = WIFSIGNALED(how) ? WTERMSIG(how) : 0;
	r->peak_mib = (double)usage.ru_maxrss / 1024;
	r->cpu_seconds = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
			 1e-6 * (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
	return STATUS_OK;
}

/* From the birth of the child to its end. */
static enum status child_follow(pid_t pid, int output, const struct child_setup *c,
				struct child_result *r)
{
	setpgid(pid, pid); /* whoever of the two comes first */

	atomic_int *slot = register_child(pid);
	int ended = pidfd_open(pid, 0);
	enum status failure =
	    ended < 0 ? fail_errno(STATUS_IO, "watching a child process") : STATUS_OK;

	if (ended >= 0)
		attend(pid, ended, output, c, r);
	else
		kill(-pid, SIGKILL);
	*slot = 0; /* before its pid can be another's */

	enum status s = child_wait(pid, r);

	sweep(pid);
	if (ended >= 0)
		close(ended);
	return failure != STATUS_OK ? failure : s;
}

enum status child_run_setup(const struct child_setup *setup, struct child_result *result)
{
	struct timer start = timer_start();
	enum status s;
	int ends[2];

	*result = (struct child_result){0};
	if (interrupted)
		return fail(STATUS_LIMIT, "interrupted");
	if (pipe2(ends, O_CLOEXEC) < 0) /* or a sibling would hold the pipe open */
		return fail_errno(STATUS_IO, "opening a pipe");
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	prctl(PR_SET_CHILD_SUBREAPER, 1); /* for sweep() */

	pid_t pid = fork();

	if (pid == 0)
		child_become(setup, ends[1]);
	close(ends[1]);
	if (pid > 0)
		s = child_follow(pid, ends[0], setup, result);
	else
		s = fail_errno(STATUS_IO, "starting a child process");
	close(ends[0]);
	result->wall_seconds = timer_since(start).wall_seconds;
	if (interrupted)
		return fail(STATUS_LIMIT, "interrupted");
	return s;
}

enum status child_run(char *const argv[], unsigned limit_seconds, struct child_result *result)
{
	struct child_setup setup = {.argv = argv, .limit_seconds = limit_seconds};

	return child_run_setup(&setup, result);
}
