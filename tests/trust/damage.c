/* SPDX-License-Identifier: BSD-2-Clause
 *
 * damage.c - damage SECONDS PREFIX...: damages archives of every predictor in every way that
 * damage.h knows, for so much processor time, and counts.
 *
 * Most of the time is for the damages that can be listed, the cheapest bases first: each base has
 * an equal part of what is left, each kind of damage an equal part of that, and what one does not
 * need is for those behind it.  Where the part does not suffice, the damages tried are spread over
 * the list.  The rest of the time is for random damages, in equal parts.  PREFIX are corpora, for
 * the models that need a world.  All is in one process, which makes thousands a second; a crash or
 * a run of 20 s processor time ends it with exit code 2 after saying what it was.  Printed are
 * lines "COUNT NAME": what the part of the table adds up.
 */
#include <signal.h>
#include <sys/time.h>
#include <unistd.h>

#include "../damage.h"

#define HANG_SECONDS 20
#define LISTED_PART 0.8 /* of the time */
#define SAID_MAX 40
#define CORPUS_TOKENS 200 /* of a corpus that is coded in part */

static uint64_t n_tried, n_whole, n_listed, n_listed_tried;
static uint64_t n_refused, n_accepted, n_other, n_slow, n_of_kind[DAMAGE_KINDS];
static double slowest_seconds, slowest_ratio;

static const struct damage_base *current;
static const struct damage_kind *current_kind;
static uint64_t current_k;

static void say(const char *what)
{
	static unsigned n_said;

	if (n_said++ >= SAID_MAX)
		return;
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
		char what[80];

		n_slow++;
		snprintf(what, sizeof what, "%.0f ms, clean %.0f", 1e3 * seconds,
			 1e3 * current->clean_seconds);
		say(what);
	}
	if (seconds > slowest_seconds)
		slowest_seconds = seconds;
	if (seconds > DAMAGE_FLOOR_SECONDS && seconds / current->clean_seconds > slowest_ratio)
		slowest_ratio = seconds / current->clean_seconds;
}

static void try(uint64_t k)
{
	static const struct itimerval watchdog = {.it_value = {HANG_SECONDS, 0}};
	double seconds = 0;

	current_k = k;
	if (n_tried++ % 64 == 0)
		setitimer(ITIMER_PROF, &watchdog, NULL);
	enum damage_result result = damage_try_fairly(current, current_kind, k, &seconds);

	if (result != DAMAGE_NONE && result != DAMAGE_END)
		count(result, seconds);
}

/* How many damages of a kind there are: the least number that is behind them, by halves. */
static uint64_t damages_of(const struct damage_base *base, const struct damage_kind *kind)
{
	uint64_t low = 0, high = (uint64_t)1 << 32;

	while (low < high) {
		struct buffer damaged = {0};
		uint64_t k = low + (high - low) / 2;

		if (kind->make(base, k, &damaged))
			low = k + 1;
		else
			high = k;
		buffer_free(&damaged);
	}
	return low;
}

static uint64_t common_divisor(uint64_t a, uint64_t b) { return b ? common_divisor(b, a % b) : a; }

/* All of a kind until the processor time `end`, or one at least.  The steps are about the golden
 * ratio, which spreads any number of them, and visit each once. */
static bool damage_kind_until(double end)
{
	uint64_t n = damages_of(current, current_kind), step = (uint64_t)(0.618 * (double)n) | 1;
	uint64_t i = 0;

	while (common_divisor(step, n) > 1)
		step++;
	for (; i < n && (i == 0 || damage_seconds() < end); i++)
		try(i * step % n);
	n_listed += n;
	n_listed_tried += i;
	return i == n;
}

static void damage_listed(const struct damage_base *base, double seconds)
{
	double start = damage_seconds();
	size_t n_kinds = 0, n_done = 0;
	bool whole = true;

	for (size_t i = 0; i < DAMAGE_KINDS; i++)
		n_kinds += !damage_kinds[i].is_endless;
	current = base;
	for (size_t i = 0; i < DAMAGE_KINDS; i++) {
		double now = damage_seconds(), left = start + seconds - now;

		current_kind = &damage_kinds[i];
		if (!current_kind->is_endless)
			whole &= damage_kind_until(now + left / (double)(n_kinds - n_done++));
	}
	n_whole += whole;
	fprintf(stderr, "%s: %.2f s%s\n", base->name, damage_seconds() - start,
		whole ? "" : ", not all");
	current = NULL;
}

static void damage_at_random(const struct damage_base *base, double seconds)
{
	double start = damage_seconds();
	uint64_t k = 0;

	current = base;
	for (size_t i = 0; i < DAMAGE_KINDS; i++) {
		current_kind = &damage_kinds[i];
		while (current_kind->is_endless && (k == 0 || damage_seconds() - start < seconds))
			try(k++);
	}
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

/* A family that has no code of the kind, or a model of another one, is left out. */
static void make_world(const struct predictor_ops *ops, const char *prefix)
{
	static struct world *kept[BASES_MAX]; /* to the end, whether a base needs it or not */
	static size_t n_kept;
	char path[4096];
	struct world *world;
	struct buffer bin = {0};
	struct tokens t;

	snprintf(path, sizeof path, "%s.json", prefix);
	keep(world_load(&world, path) == STATUS_OK);
	kept[n_kept++] = world;
	snprintf(path, sizeof path, "%s.bin", prefix);
	n--;
	keep(file_read(path, &bin, NULL) == STATUS_OK &&
	     tokens_parse(bin.data, bin.size_bytes, &t) == STATUS_OK);
	n--;
	for (size_t tokens = t.n_tokens; tokens > 0; tokens = tokens == 1 ? 0 : 1) {
		if (damage_make_world(&base[n], ops, prefix, world, &bin, tokens)) {
			n++;
			continue;
		}
		fprintf(stderr, "left out: %s: %s\n", base[n].name, status_message());
		damage_free(&base[n]);
		base[n] = (struct damage_base){0};
	}
	buffer_free(&bin);
}

static int by_cost(const void *a, const void *b)
{
	const struct damage_base *x = a, *y = b;

	return (x->clean_seconds > y->clean_seconds) - (x->clean_seconds < y->clean_seconds);
}

int main(int argc, char **argv)
{
	if (argc < 2)
		return 1;
	double seconds = strtod(argv[1], NULL);

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
			for (int i = 2; i < argc; i++)
				make_world(*p, argv[i]);
		else
			make_plain(*p);
	}
	fprintf(stderr, "%zu bases: %.2f s\n", n, damage_seconds());
	qsort(base, n, sizeof *base, by_cost);
	double listed_end = damage_seconds() + LISTED_PART * (seconds - damage_seconds());

	for (size_t i = 0; i < n; i++)
		damage_listed(&base[i], (listed_end - damage_seconds()) / (double)(n - i));
	for (size_t i = 0; i < n; i++)
		damage_at_random(&base[i], (seconds - damage_seconds()) / (double)(n - i));
	printf("%zu bases\n%llu whole\n%llu listed\n%llu of the list\n", n,
	       (unsigned long long)n_whole, (unsigned long long)n_listed,
	       (unsigned long long)n_listed_tried);
	printf("%llu refused\n%llu accepted\n%llu otherwise\n%llu slow\n",
	       (unsigned long long)n_refused, (unsigned long long)n_accepted,
	       (unsigned long long)n_other, (unsigned long long)n_slow);
	printf("%.0f milliseconds\n%.1f times\n", 1e3 * slowest_seconds, slowest_ratio);
	for (size_t i = 0; i < DAMAGE_KINDS; i++)
		printf("%llu %s\n", (unsigned long long)n_of_kind[i], damage_kinds[i].name);
	return 0;
}
