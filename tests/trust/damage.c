/* SPDX-License-Identifier: BSD-2-Clause
 *
 * damage.c - damage SECONDS SHARE PREFIX...: damages archives of every predictor in every way that
 * damage.h knows, for so long, and counts.
 *
 * Each base gets all of the damages that can be listed, or one in SHARE of them, and fewer where a
 * trial takes more than DEAR_SECONDS; and then random ones for its part of the time.  PREFIX are corpora, for the models that need a world.  All is in
 * one process, which makes thousands a second; a crash or a run of 20 s processor time ends it with
 * exit code 2 after saying what it was.  Printed are lines "COUNT NAME": what the part of the table
 * adds up.
 */
#include <signal.h>
#include <sys/time.h>
#include <unistd.h>

#include "../damage.h"

#define HANG_SECONDS 20
#define DEAR_SECONDS 0.0005
#define CORPUS_TOKENS 200 /* of a corpus that is coded in part */

static uint64_t n_bases, n_whole, n_refused, n_accepted, n_other, n_slow, n_of_kind[DAMAGE_KINDS];
static double slowest_seconds, slowest_ratio;

static const struct damage_base *current;
static const struct damage_kind *current_kind;
static uint64_t current_k;

static void say(const char *what)
{
	fprintf(stderr, "%s: %s, %s, number %llu\n", what, current ? current->name : "-",
		current_kind ? current_kind->name : "-", (unsigned long long)current_k);
}

/* What ran is all that is wanted; the process is lost anyway. */
static void on_signal(int sig)
{
	say(sig == SIGPROF ? "hangs" : "crashes");
	_exit(2);
}

static void count(enum damage_result result, double seconds)
{
	n_of_kind[current_kind - damage_kinds]++;
	n_refused += result == DAMAGE_REFUSED;
	n_accepted += result == DAMAGE_ACCEPTED;
	n_other += result == DAMAGE_OTHER;
	if (result != DAMAGE_REFUSED)
		say(result == DAMAGE_ACCEPTED ? "accepted" : status_message());
	if (seconds > damage_limit_seconds(current)) {
		n_slow++;
		fprintf(stderr, "%.0f ms, clean %.0f: ", 1e3 * seconds,
			1e3 * current->clean_seconds);
		say(status_message());
	}
	if (seconds > slowest_seconds)
		slowest_seconds = seconds;
	if (seconds > DAMAGE_FLOOR_SECONDS && seconds / current->clean_seconds > slowest_ratio)
		slowest_ratio = seconds / current->clean_seconds;
}

/* False at the end of the kind. */
static bool try(uint64_t k)
{
	static const struct itimerval watchdog = {.it_value = {HANG_SECONDS, 0}};
	double seconds = 0;

	current_k = k;
	if (k % 64 == 0)
		setitimer(ITIMER_PROF, &watchdog, NULL);
	enum damage_result result = damage_try_fairly(current, current_kind, k, &seconds);

	if (result != DAMAGE_NONE && result != DAMAGE_END)
		count(result, seconds);
	return result != DAMAGE_END;
}

static void damage_all(const struct damage_base *base, double seconds, uint64_t share)
{
	double start = damage_seconds();
	uint64_t step = share * (1 + (uint64_t)(base->clean_seconds / DEAR_SECONDS));

	n_bases++;
	n_whole += step == 1;
	step |= 1; /* so that all bits of a byte have their turn */
	current = base;
	for (size_t i = 0; i < DAMAGE_KINDS; i++) {
		current_kind = &damage_kinds[i];
		if (!current_kind->is_endless)
			for (uint64_t k = n_bases % step; try(k); k += step)
				;
		else
			for (uint64_t k = 0;
			     k % 64 || k == 0 || damage_seconds() - start < seconds; k++)
				try(k);
	}
	fprintf(stderr, "%s: %.2f s\n", base->name, damage_seconds() - start);
	current = NULL;
}

/* ---- The bases. ---- */

#define BASES_MAX 600
static struct damage_base base[BASES_MAX];
static size_t n;

static void keep(bool made)
{
	if (!made) {
		fprintf(stderr, "damage: %s: %s\n", base[n].name, status_message());
		exit(1);
	}
	n++;
}

static void make_plain(const struct predictor_ops *ops)
{
	static const size_t sizes[] = {1, 30, 60, 120, 400, 1500};
	size_t n_sizes = ops->is_slow || ops->needs_model ? 4 : 6;

	for (size_t i = 0; i < 4 * n_sizes; i++) {
		bool many = i / 2 % 2, is_tokens = i % 2;

		if (many && (ops->whole_stream || sizes[i / 4] == 1))
			continue;
		keep(damage_make_plain(&base[n], ops, sizes[i / 4], is_tokens, many, false));
		if (ops->needs_model != MODEL_NEVER && i / 4 == 1)
			keep(damage_make_plain(&base[n], ops, sizes[1], is_tokens, many, true));
	}
	keep(damage_make_plain(&base[n], ops, 0, false, false, false));
	keep(damage_make_plain(&base[n], ops, 0, true, false, false));
}

static void make_world(const struct predictor_ops *ops, const char *prefix)
{
	char path[4096];
	struct world *world;
	struct buffer bin = {0};
	struct tokens t;

	snprintf(path, sizeof path, "%s.json", prefix);
	keep(world_load(&world, path) == STATUS_OK);
	snprintf(path, sizeof path, "%s.bin", prefix);
	n--;
	keep(file_read(path, &bin, NULL) == STATUS_OK &&
	     tokens_parse(bin.data, bin.size_bytes, &t) == STATUS_OK);
	n--;
	/* A model of one family leaves the others out. */
	for (size_t tokens = t.n_tokens; tokens > 0; tokens = tokens == 1 ? 0 : 1) {
		if (damage_make_world(&base[n], ops, prefix, world, &bin, tokens))
			n++;
		else
			fprintf(stderr, "left out: %s: %s\n", base[n].name, status_message());
	}
	buffer_free(&bin);
}

int main(int argc, char **argv)
{
	if (argc < 3)
		return 1;
	double seconds = strtod(argv[1], NULL);
	uint64_t share = strtoull(argv[2], NULL, 10);

	signal(SIGPROF, on_signal);
	signal(SIGABRT, on_signal);
#ifndef __SANITIZE_ADDRESS__ /* which says more itself */
	signal(SIGSEGV, on_signal);
	signal(SIGBUS, on_signal);
	signal(SIGFPE, on_signal);
	signal(SIGILL, on_signal);
#endif
	for (const struct predictor_ops *const *p = predictors; *p; p++) {
		if ((*p)->needs_world)
			for (int i = 3; i < argc; i++)
				make_world(*p, argv[i]);
		else
			make_plain(*p);
	}
	for (size_t i = 0; i < n; i++)
		damage_all(&base[i], (seconds - damage_seconds()) / (double)(n - i), share);
	printf("%llu bases\n%llu whole\n%llu refused\n%llu accepted\n%llu otherwise\n%llu slow\n",
	       (unsigned long long)n_bases, (unsigned long long)n_whole,
	       (unsigned long long)n_refused,
	       (unsigned long long)n_accepted, (unsigned long long)n_other,
	       (unsigned long long)n_slow);
	printf("%.0f milliseconds\n%.1f times\n", 1e3 * slowest_seconds, slowest_ratio);
	for (size_t i = 0; i < DAMAGE_KINDS; i++)
		printf("%llu %s\n", (unsigned long long)n_of_kind[i], damage_kinds[i].name);
	return 0;
}
