/* SPDX-License-Identifier: BSD-2-Clause
 *
 * inject.c - run a command again and again, each time with a fault at another place, and look at
 * what it leaves behind.
 *
 *      inject [OPTION]... COMMAND [ARGUMENT]...
 *
 * A fault is the failure of the k-th call (-l faults.so, faults.h), or a signal at the k-th system
 * call of all the process's threads (-t: by ptrace, on entry: KILL prevents the call).  k goes from
 * 1 until a run meets no fault any more, in steps that make no more than about -n of them.  Before
 * each run every output (-o FILE) is as it was at first, or with -a not there.  What it is meant to
 * become is seen in a run without a fault.
 *
 * A run is good if each output is either as before or as meant, whole; if nothing unknown stands
 * beside them - after SIGKILL a FILE.tmp.PID may -; if an exit code of 0 means that all are as
 * meant, and any other is one of -x, comes with one line "twopart: .." on standard error and leaves
 * all outputs as before (-i: or complete); if no file was left open; if it ends within 20 s; if a
 * shell says yes to -c.  Prints one line of counts.  Exit code 1 if a run was not good: what and
 * where is on standard error.
 *
 * strace would do instead of -t, but it counts each kind of call and each thread for itself.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "faults.h"

#define OUTPUTS_MAX 16
#define NAMES_MAX 256
#define STATES_MAX 64
#define PROBLEMS_MAX 10
#define RUN_SECONDS 20
#define MESSAGE_BYTES 4096

struct content {
	char *data; /* NULL: not there */
	size_t size_bytes;
};

static struct output {
	const char *path;
	char directory[200];
	struct content old, new;
} output[OUTPUTS_MAX];
static int n_outputs;

/* What may stand in the directories of the outputs. */
static char *known[NAMES_MAX];
static int n_known;

static struct {
	const char *library, *kinds, *error, *from, *codes, *check, *restore;
	bool goes_on, trace, absent, any_lines, may_be_late, openmp, must_succeed;
	int signal;
	unsigned long most; /* faults */
	char **argv;
} want = {.kinds = "", .error = "", .from = "own", .codes = "1", .signal = SIGKILL,
	  .most = 1000000};

/* Of all runs. */
static struct {
	unsigned long runs, failed, unharmed, killed, openmp; /* how they ended */
	unsigned long old, new, mixed, late, strays, problems;
	char state[STATES_MAX][OUTPUTS_MAX + 1];
	int n_states;
} count;

/* Of one run. */
static struct {
	unsigned long k, calls, forks;
	int status;
	bool met; /* the fault */
	char message[MESSAGE_BYTES];
} run;

static struct fault_report *report;
static char report_path[] = "/tmp/inject.XXXXXX", message_path[] = "/tmp/inject.XXXXXX";

static void remove_files(void)
{
	unlink(report_path);
	unlink(message_path);
}

static void die(const char *what)
{
	fprintf(stderr, "inject: %s: %s\n", what, strerror(errno));
	exit(2);
}

static void problem(const char *what, const char *which)
{
	if (count.problems++ < PROBLEMS_MAX)
		fprintf(stderr, "inject: %s %s %s %s: k = %lu: %s %s (status %x): %s", want.argv[0],
			want.argv[1] ? want.argv[1] : "", want.kinds, want.error, run.k, what,
			which, (unsigned)run.status, *run.message ? run.message : "\n");
}

/* ---- Files. ---- */

static struct content load(const char *path)
{
	struct content c = {0};
	FILE *f = fopen(path, "rb");
	struct stat is;

	if (!f)
		return c;
	if (fstat(fileno(f), &is) != 0 || !(c.data = malloc((size_t)is.st_size + 1)))
		die(path);
	c.size_bytes = fread(c.data, 1, (size_t)is.st_size, f);
	fclose(f);
	return c;
}

static bool is_same(const struct content *a, const struct content *b)
{
	if (!a->data || !b->data)
		return a->data == b->data;
	return a->size_bytes == b->size_bytes && memcmp(a->data, b->data, a->size_bytes) == 0;
}

static void know(const char *directory, const char *name)
{
	char path[PATH_MAX];

	snprintf(path, sizeof path, "%s/%s", directory, name);
	for (int i = 0; i < n_known; i++)
		if (strcmp(known[i], path) == 0)
			return;
	if (n_known == NAMES_MAX || !(known[n_known++] = strdup(path)))
		die("too many files");
}

static bool is_known(const char *path)
{
	for (int i = 0; i < n_known; i++)
		if (strcmp(known[i], path) == 0)
			return true;
	return false;
}

/* Whoever is killed, or cannot remove a file, leaves its temporary one behind, which says so. */
static void judge_stray(const char *path)
{
	bool may_stay = want.library ? strcmp(want.error, "kill") == 0 ||
					   strcmp(want.kinds, "unlink") == 0
				     : want.signal == SIGKILL;

	if (may_stay && strstr(path, ".tmp."))
		count.strays++;
	else
		problem("left behind", path);
	unlink(path);
}

/* Learn what is there, or look for what is new; each directory once. */
static void scan(bool learning)
{
	for (int i = 0; i < n_outputs; i++) {
		const char *directory = output[i].directory;
		bool again = false;
		struct dirent *entry;
		DIR *d;

		for (int j = 0; j < i; j++)
			again = again || strcmp(output[j].directory, directory) == 0;
		if (again || !(d = opendir(directory)))
			continue;
		while ((entry = readdir(d))) {
			char path[PATH_MAX];

			snprintf(path, sizeof path, "%s/%s", directory, entry->d_name);
			if (learning)
				know(directory, entry->d_name);
			else if (!is_known(path))
				judge_stray(path);
		}
		closedir(d);
	}
}

static void shell(const char *command)
{
	char k[32], forks[32];

	snprintf(k, sizeof k, "%lu", run.k);
	snprintf(forks, sizeof forks, "%lu", run.forks);
	setenv("INJECT_K", k, 1);
	setenv("INJECT_FORKS", forks, 1);
	if (system(command) != 0)
		problem("failed:", command);
}

static void restore(void)
{
	for (int i = 0; i < n_outputs; i++) {
		const struct content *old = &output[i].old;
		struct content is = load(output[i].path);
		bool same = is_same(&is, old);
		FILE *f;

		free(is.data);
		if (same)
			continue;
		if (!old->data) {
			unlink(output[i].path);
			rmdir(output[i].directory); /* if it is empty, a command made it */
			continue;
		}
		f = fopen(output[i].path, "wb");
		if (!f || fwrite(old->data, 1, old->size_bytes, f) != old->size_bytes ||
		    fclose(f) != 0)
			die(output[i].path);
	}
	if (want.restore)
		shell(want.restore);
}

/* ---- Running. ---- */

static void become(unsigned long k)
{
	char number[32];
	int nothing = open("/dev/null", O_RDWR), message = open(message_path, O_WRONLY | O_TRUNC);

	snprintf(number, sizeof number, "%lu", k);
	if (nothing < 0 || message < 0 || dup2(nothing, 0) < 0 || dup2(nothing, 1) < 0 ||
	    dup2(message, 2) < 0)
		_exit(126);
	close(nothing);
	close(message);
	if (want.library) {
		setenv("FAULT_REPORT", report_path, 1);
		setenv("FAULT_KINDS", want.kinds, 1);
		setenv("FAULT_ERROR", want.error, 1);
		setenv("FAULT_FROM", want.from, 1);
		setenv("FAULT_ON", want.goes_on ? "1" : "0", 1);
		setenv("FAULT_AT", number, 1);
		setenv("LD_PRELOAD", want.library, 1);
	}
	alarm(RUN_SECONDS); /* outlives exec */
	if (want.trace) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		raise(SIGSTOP);
	}
	execvp(want.argv[0], want.argv);
	_exit(126);
}

/* Threads of the process are traced as it is, its children are let go. */
static bool is_thread_of(pid_t thread, pid_t process)
{
	char path[64];

	snprintf(path, sizeof path, "/proc/%ld/task/%ld", (long)process, (long)thread);
	return access(path, F_OK) == 0;
}

static bool is_entry(pid_t thread)
{
	struct __ptrace_syscall_info info;

	return ptrace(PTRACE_GET_SYSCALL_INFO, thread, sizeof info, &info) > 0 &&
	       info.op == PTRACE_SYSCALL_INFO_ENTRY;
}

/* One stop of one thread; the system call with number k gets the signal instead. */
static void attend(pid_t process, pid_t thread, int how, unsigned long k)
{
	int sig = WSTOPSIG(how), event = how >> 16;

	if (!is_thread_of(thread, process)) {
		run.forks++;
		ptrace(PTRACE_DETACH, thread, NULL, NULL);
		return;
	}
	if (sig == (SIGTRAP | 0x80)) {
		if (is_entry(thread) && ++run.calls == k) {
			run.met = true;
			kill(process, want.signal);
		}
		sig = 0;
	} else if (event || sig == SIGSTOP || sig == SIGTRAP) {
		sig = 0;
	}
	ptrace(PTRACE_SYSCALL, thread, NULL, (void *)(intptr_t)sig);
}

static void trace(pid_t process, unsigned long k)
{
	int how;

	if (waitpid(process, &how, 0) != process || !WIFSTOPPED(how) ||
	    ptrace(PTRACE_SETOPTIONS, process, NULL,
		   PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK |
		       PTRACE_O_TRACEVFORK | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL) != 0)
		die("ptrace");
	ptrace(PTRACE_SYSCALL, process, NULL, NULL);
	for (;;) {
		pid_t thread = waitpid(-1, &how, __WALL);

		if (thread < 0 && errno == EINTR)
			continue;
		if (thread < 0)
			die("waitpid");
		if (WIFSTOPPED(how))
			attend(process, thread, how, k);
		else if (thread == process)
			break;
	}
	run.status = how;
}

/* With the fault at k; 0 is none. */
static void run_once(unsigned long k)
{
	struct content message;
	pid_t process;

	memset(&run, 0, sizeof run);
	memset(report, 0, sizeof *report);
	run.k = k;
	fflush(stdout);
	process = fork();
	if (process == 0)
		become(k);
	if (process < 0)
		die("fork");
	if (want.trace)
		trace(process, k);
	else if (waitpid(process, &run.status, 0) != process)
		die("waitpid");
	if (!want.trace) {
		run.calls = report->calls;
		run.met = report->injected > 0;
	}
	message = load(message_path);
	if (message.data)
		snprintf(run.message, sizeof run.message, "%.*s",
			 (int)(message.size_bytes < MESSAGE_BYTES ? message.size_bytes
								   : MESSAGE_BYTES - 1),
			 message.data);
	free(message.data);
}

/* ---- Judging. ---- */

/* One line of ours, unless more are expected. */
static bool is_said(void)
{
	const char *end = strchr(run.message, '\n');

	return strncmp(run.message, "twopart", 7) == 0 && end && (want.any_lines || end[1] == '\0');
}

static bool is_code_allowed(int code)
{
	for (const char *c = want.codes; *c; c++)
		if (*c - '0' == code)
			return true;
	return false;
}

static void note_state(const char *state)
{
	for (int i = 0; i < count.n_states; i++)
		if (strcmp(count.state[i], state) == 0)
			return;
	if (count.n_states < STATES_MAX)
		strcpy(count.state[count.n_states++], state);
}

/* Sets *any_old and *any_new. */
static void judge_outputs(bool *any_old, bool *any_new)
{
	char state[OUTPUTS_MAX + 1] = "";

	*any_old = *any_new = false;
	for (int i = 0; i < n_outputs; i++) {
		struct content is = load(output[i].path);
		bool old = is_same(&is, &output[i].old), new = is_same(&is, &output[i].new);

		free(is.data);
		if (!old && !new)
			problem("neither old nor new:", output[i].path);
		*any_old = *any_old || (old && !new);
		*any_new = *any_new || (new && !old);
		state[i] = old && new ? '=' : old ? 'o' : 'n';
	}
	count.mixed += *any_old && *any_new;
	count.old += *any_old && !*any_new;
	count.new += *any_new && !*any_old;
	note_state(state);
}

/* It came to an end of its own, with a code. */
static void judge_code(int code, bool any_old, bool any_new)
{
	if (code == 0) {
		count.unharmed++;
		if (any_old)
			problem("exit code 0, but an output is", "old");
		return;
	}
	if (want.openmp && strstr(run.message, "libgomp: ")) {
		count.openmp++; /* by exit(), from wherever it was */
	} else {
		count.failed++;
		if (report->descriptors_left > 0)
			problem("open at the end:", "a file");
		if (!is_code_allowed(code) || want.must_succeed)
			problem("wrong", "exit code");
		if (!is_said())
			problem("message is not", "one line");
	}
	if (any_new) {
		count.late++;
		if (!want.may_be_late)
			problem("exit code is not 0, but an output is", "new");
	}
}

static void judge(void)
{
	bool any_old, any_new;

	count.runs++;
	judge_outputs(&any_old, &any_new);
	if (WIFEXITED(run.status)) {
		judge_code(WEXITSTATUS(run.status), any_old, any_new);
	} else {
		count.killed++;
		if (WTERMSIG(run.status) == SIGALRM)
			problem("did not end:", "20 s");
		else if (WTERMSIG(run.status) != want.signal ||
			 !(want.trace || strcmp(want.error, "kill") == 0))
			problem("ended by", "a signal");
	}
	scan(false);
	if (want.check)
		shell(want.check);
}

/* ---- The whole. ---- */

static void add_output(const char *path)
{
	struct output *o = &output[n_outputs];
	const char *slash = strrchr(path, '/');

	if (n_outputs++ == OUTPUTS_MAX)
		die("too many outputs");
	o->path = path;
	snprintf(o->directory, sizeof o->directory, "%.*s", slash ? (int)(slash - path) : 1,
		 slash ? path : ".");
}

static void parse_options(int argc, char **argv)
{
	for (int c; (c = getopt(argc, argv, "+l:k:e:f:x:c:r:o:s:n:ptaLigz")) != -1;) {
		switch (c) {
		case 'l': want.library = optarg; break;
		case 'k': want.kinds = optarg; break;
		case 'e': want.error = optarg; break;
		case 'f': want.from = optarg; break;
		case 'x': want.codes = optarg; break;
		case 'c': want.check = optarg; break;
		case 'r': want.restore = optarg; break;
		case 'o': add_output(optarg); break;
		case 's': want.signal = atoi(optarg); break;
		case 'n': want.most = strtoul(optarg, NULL, 10); break;
		case 'p': want.goes_on = true; break;
		case 't': want.trace = true; break;
		case 'a': want.absent = true; break;
		case 'L': want.any_lines = true; break;
		case 'i': want.may_be_late = true; break;
		case 'g': want.openmp = true; break;
		case 'z': want.must_succeed = true; break;
		default: exit(2);
		}
	}
	want.argv = argv + optind;
	if (optind == argc || want.most == 0) {
		fprintf(stderr, "inject: no command\n");
		exit(2);
	}
}

/* As before, and as meant. */
static void learn(void)
{
	for (int i = 0; i < n_outputs; i++) {
		output[i].old = want.absent ? (struct content){0} : load(output[i].path);
		if (want.absent)
			unlink(output[i].path);
	}
	scan(true);
	restore();
	run_once(0);
	if (run.status != 0) {
		fprintf(stderr, "inject: fails without a fault: %s", run.message);
		exit(2);
	}
	scan(true);
	for (int i = 0; i < n_outputs; i++)
		output[i].new = load(output[i].path);
}

static void print_counts(unsigned long calls)
{
	printf("calls=%lu runs=%lu failed=%lu unharmed=%lu killed=%lu old=%lu new=%lu mixed=%lu "
	       "late=%lu strays=%lu openmp=%lu problems=%lu states=",
	       calls, count.runs, count.failed, count.unharmed, count.killed, count.old, count.new,
	       count.mixed, count.late, count.strays, count.openmp, count.problems);
	for (int i = 0; i < count.n_states; i++)
		printf("%s%s", i ? "," : "", count.state[i]);
	printf("\n");
}

int main(int argc, char **argv)
{
	int page = mkstemp(report_path), message = mkstemp(message_path);
	unsigned long calls, step;

	if (page < 0 || message < 0 || ftruncate(page, sizeof *report) != 0)
		die("/tmp");
	atexit(remove_files);
	close(message);
	report = mmap(NULL, sizeof *report, PROT_READ | PROT_WRITE, MAP_SHARED, page, 0);
	if (report == MAP_FAILED)
		die("mmap");
	parse_options(argc, argv);
	learn();
	calls = run.calls;
	step = (calls + want.most - 1) / want.most;
	for (unsigned long k = 1; calls > 0; k += step) {
		restore();
		run_once(k);
		if (!run.met)
			break;
		judge();
	}
	restore();
	print_counts(calls);
	return count.problems > 0;
}
