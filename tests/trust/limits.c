/* SPDX-License-Identifier: BSD-2-Clause
 *
 * limits.c - archives against limits, for part_limits.sh.  Each run is a process of its own,
 * forked.
 *
 *   limits memory N        N valid archives: how far the peak of the resident memory goes beyond
 *                          what the header declares, the archive and 16 bytes a block
 *   limits forged N SPACE  N forged headers in front of noise, decoded with SPACE bytes of address
 *                          space beyond what there is: every answer must be a defined refusal
 *   limits bombs N DIR     N small archives of large content, written to DIR
 *   limits trips SECONDS   round trips of content at random, for so much processor time: one that
 *                          does not come back ends it; how far an archive goes beyond the code
 *                          length that its model promised
 *
 * Printed are lines "NUMBER NAME".  A forged header is either random from byte 2 on, or that of an
 * archive of the registry with some of its bytes replaced, or one that claims large numbers, each
 * with a valid digest of an empty content: nothing of it is refused for its digest before it is
 * decoded.
 */
#include <malloc.h>
#include <math.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../damage.h"

#define FORGED_MEMORY_BYTES ((uint64_t)64 << 20) /* --memory for forged headers */
#define FORGED_A_PROCESS 1000

static uint64_t peak_bytes(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return (uint64_t)usage.ru_maxrss * 1024;
}

static const struct predictor_ops *any_plain(struct rng *rng)
{
	unsigned n = 0;

	while (predictors[n])
		n++;
	for (;;) {
		const struct predictor_ops *ops = predictors[rng_below(rng, n)];

		if (!ops->needs_world)
			return ops;
	}
}

/* Bytes or tokens of one of several kinds: few symbols, many, runs, noise. */
static struct buffer any_input(struct rng *rng, size_t n, bool is_tokens)
{
	struct buffer b = {0};
	uint32_t kinds = 1 + (uint32_t)rng_below(rng, is_tokens ? DAMAGE_ALPHABET : 256);
	uint32_t symbol = 0;
	unsigned run = 1 + (unsigned)rng_below(rng, 20);

	if (is_tokens)
		tokens_write_header(&b, n);
	for (size_t i = 0; i < n; i++) {
		if (i % run == 0)
			symbol = (uint32_t)rng_below(rng, kinds);
		if (is_tokens)
			buffer_append_le(&b, i == 0 ? DAMAGE_ALPHABET - 1 : symbol, 2);
		else
			buffer_append_byte(&b, (uint8_t)symbol);
	}
	return b;
}

static const struct transformer *any_model(bool is_tokens)
{
	return model_for(predictor_by_name("transformer"), is_tokens, DAMAGE_ALPHABET);
}

/* Settings at random, the options too where they are numbers of little range or memory. */
static struct archive_settings any_settings(struct rng *rng, const struct predictor_ops *ops,
					    bool is_tokens, size_t n)
{
	struct archive_settings s;

	if (archive_settings_parse(&s, model_text_for(ops)) != STATUS_OK)
		exit(1);
	for (unsigned i = 0; i < options_count(ops->options); i++)
		if (strcmp(ops->options[i].name, "level") == 0 && strcmp(ops->name, "mix") == 0)
			s.option[i] = 1 + rng_below(rng, 9);
	s.threads = 1;
	if (ops->needs_model == MODEL_MUST)
		s.transformer = any_model(is_tokens);
	if (!ops->whole_stream && rng_below(rng, 3) == 0)
		s.block_symbols = n / (1 + rng_below(rng, 8)) + 1;
	return s;
}

/* In a child: decode and report how far the peak went. */
static int64_t excess_alone(const struct damage_base *b)
{
	int64_t *shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE,
			       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int status = 0;

	malloc_trim(0); /* what the parent has free is no memory of the child */
	pid_t child = fork();

	if (child == 0) {
		struct buffer back = {0};
		uint64_t before = peak_bytes();

		if (archive_decompress(&b->reading, b->archive.data, b->archive.size_bytes, &back,
				       NULL) != STATUS_OK)
			_exit(1);
		*shared = (int64_t)(peak_bytes() - before) - (int64_t)b->c.memory_bytes -
			  (int64_t)(sizeof(struct container_block) * b->c.n_blocks);
		_exit(0);
	}
	if (child < 0 || waitpid(child, &status, 0) != child || status != 0) {
		fprintf(stderr, "limits: %s: child failed\n", b->name);
		exit(1);
	}
	int64_t excess = *shared;

	munmap(shared, sizeof *shared);
	return excess;
}

static void measure_memory(uint64_t n)
{
	int64_t worst = INT64_MIN;

	for (uint64_t i = 0; i < n; i++) {
		struct rng rng = rng_stream(80, i, 0);
		const struct predictor_ops *ops = any_plain(&rng);
		bool is_tokens = rng_below(&rng, 2);
		size_t most = ops->is_slow || ops->needs_model == MODEL_MUST ? 500 : 30000;
		size_t symbols = 1 + (size_t)rng_below(&rng, (uint32_t)most);
		struct archive_settings s = any_settings(&rng, ops, is_tokens, symbols);
		struct damage_base b = {0};

		snprintf(b.name, sizeof b.name, "%s, %zu", ops->name, symbols);
		if (!damage_make(&b, &s, any_input(&rng, symbols, is_tokens))) {
			fprintf(stderr, "limits: %s: %s\n", b.name, status_message());
			exit(1);
		}
		int64_t excess = excess_alone(&b);

		if (excess > worst) {
			worst = excess;
			fprintf(stderr, "%s: %lld bytes beyond\n", b.name, (long long)excess);
		}
		damage_free(&b);
	}
	printf("%llu archives\n%lld KiB\n", (unsigned long long)n, (long long)worst / 1024);
}

/* ---- Forged headers. ---- */

static void append_large(struct buffer *b, struct rng *rng)
{
	buffer_append_varint(b, rng_u64(rng) >> rng_below(rng, 64));
}

/* A header that says large numbers in the right places. */
static void append_claims(struct buffer *b, struct rng *rng)
{
	const struct predictor_ops *ops = any_plain(rng);
	bool is_tokens = rng_below(rng, 2);

	buffer_append_byte(b, 0xB2);
	buffer_append_byte(b, 0x71);
	buffer_append_byte(b, (uint8_t)(ops->id | (is_tokens ? 0x60 : 0)));
	buffer_append_byte(b, (uint8_t)rng_below(rng, 248));
	append_large(b, rng);
	if (ops->needs_model == MODEL_MAY)
		buffer_append_byte(b, 0);
	if (is_tokens && ops->needs_model != MODEL_MUST)
		buffer_append_varint(b, rng_below(rng, 65536));
	if (ops->needs_model == MODEL_MUST) {
		buffer_append_byte(b, 0);
		buffer_append(b, any_model(is_tokens)->hash, MODEL_FILE_HASH_BYTES);
	}
}

/* That of an archive, some bytes of it replaced. */
static void append_altered(struct buffer *b, struct rng *rng)
{
	static struct damage_base made[32][2];
	const struct predictor_ops *ops = any_plain(rng);
	bool is_tokens = rng_below(rng, 2);
	struct damage_base *base = &made[ops->id][is_tokens];

	if (!base->archive.data &&
	    !damage_make_plain(base, ops, 60, is_tokens, !ops->whole_stream, false))
		exit(1);
	buffer_append(b, base->archive.data, base->header_bytes - CONTAINER_DIGEST_BYTES);
	for (uint64_t n = 1 + rng_below(rng, 4); n > 0; n--)
		b->data[2 + rng_below(rng, (uint32_t)(b->size_bytes - 2))] =
		    (uint8_t)rng_below(rng, 256);
}

static struct buffer forge(uint64_t i)
{
	struct rng rng = rng_stream(81, i, 0);
	struct buffer b = {0};

	if (i % 8 == 0)
		append_altered(&b, &rng);
	else if (i % 8 < 6)
		append_claims(&b, &rng);
	else
		for (uint64_t n = 4 + rng_below(&rng, 60); n > 0; n--)
			buffer_append_byte(&b, b.size_bytes == 0   ? 0xB2
					       : b.size_bytes == 1 ? 0x71
								   : (uint8_t)rng_u64(&rng));
	buffer_append_le(&b, container_digest(b.data, b.size_bytes, NULL, 0),
			 CONTAINER_DIGEST_BYTES);
	for (uint64_t n = rng_below(&rng, 40); n > 0; n--)
		buffer_append_byte(&b, (uint8_t)rng_u64(&rng));
	return b;
}

/* What became of them, by exit code; [6]: out of memory; [7]: accepted. */
struct answers {
	uint64_t n[8], grown_bytes; /* at most, of the resident memory of a child */
};

/* In a child: headers first .. first + n. */
static void try_forged(uint64_t first, uint64_t n, struct answers *a)
{
	uint64_t before = peak_bytes();

	for (uint64_t i = first; i < first + n; i++) {
		struct buffer b = forge(i), out = {0};
		bool is_tokens = b.size_bytes > 2 && b.data[2] & 0x60;
		struct archive_reading reading = {.transformer = any_model(is_tokens),
						  .threads = 1,
						  .memory_max_bytes = FORGED_MEMORY_BYTES,
						  .output_max_bytes = DAMAGE_OUTPUT_BYTES};
		enum status s =
		    archive_decompress(&reading, b.data, b.size_bytes, &out, NULL);

		if (s == STATUS_OK && out.size_bytes > TOKENS_HEADER_BYTES)
			fprintf(stderr, "accepted: forged header %llu\n", (unsigned long long)i);
		if (s == STATUS_NO_MEMORY)
			fprintf(stderr, "no memory: model %u, forged header %llu\n",
				b.data[2] & 0x1fu, (unsigned long long)i);
		a->n[s == STATUS_NO_MEMORY ? 6
		     : s == STATUS_OK	   ? 7
					   : status_exit_code(s)]++;
		buffer_free(&b);
		buffer_free(&out);
	}
	if (peak_bytes() - before > a->grown_bytes)
		a->grown_bytes = peak_bytes() - before;
}

static uint64_t address_space_bytes(void)
{
	unsigned long pages = 0;
	FILE *f = fopen("/proc/self/statm", "r");

	if (!f || fscanf(f, "%lu", &pages) != 1)
		exit(1);
	fclose(f);
	return (uint64_t)pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

static void try_all_forged(uint64_t n, uint64_t space_bytes)
{
	struct answers *a = mmap(NULL, sizeof *a, PROT_READ | PROT_WRITE,
				 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	uint64_t n_crashes = 0;

	any_model(false); /* now, in memory that does not count */
	any_model(true);
	for (uint64_t i = 0; i < 1000; i += 8) { /* the archives that are altered, too */
		struct buffer b = forge(i);

		buffer_free(&b);
	}
	for (uint64_t first = 0; first < n; first += FORGED_A_PROCESS) {
		int status = 0;
		pid_t child = fork();

		if (child == 0) {
			struct rlimit limit = {.rlim_cur = address_space_bytes() + space_bytes};

			limit.rlim_max = limit.rlim_cur;
			if (setrlimit(RLIMIT_AS, &limit) != 0)
				_exit(1);
			try_forged(first, FORGED_A_PROCESS, a);
			_exit(0);
		}
		if (child < 0 || waitpid(child, &status, 0) != child)
			exit(1);
		n_crashes += status != 0;
	}
	printf("%llu ok\n%llu damaged\n%llu limit\n%llu unsupported\n%llu otherwise\n",
	       (unsigned long long)a->n[7], (unsigned long long)a->n[2],
	       (unsigned long long)a->n[4], (unsigned long long)a->n[5],
	       (unsigned long long)(a->n[0] + a->n[1] + a->n[3]));
	printf("%llu memory\n%llu crashes\n%llu MiB\n", (unsigned long long)a->n[6],
	       (unsigned long long)n_crashes, (unsigned long long)a->grown_bytes >> 20);
}

/* ---- Bombs. ---- */

static void write_bombs(uint64_t n, const char *directory)
{
	for (uint64_t i = 0; i < n; i++) {
		struct rng rng = rng_stream(82, i, 0);
		struct buffer b = {0};
		char path[4096];
		uint64_t size = (DAMAGE_OUTPUT_BYTES + 1) << rng_below(&rng, 5);
		bool is_tokens = i % 2;

		/* Order 0 of many equal symbols, in blocks that are empty but for some bytes: what
		 * follows the header never matters, as its number of symbols is too large. */
		buffer_append_byte(&b, 0xB2);
		buffer_append_byte(&b, 0x71);
		buffer_append_byte(&b, (uint8_t)(1 + i % 2 + (is_tokens ? 0x60 : 0)));
		buffer_append_byte(&b, (uint8_t)(4 * 30)); /* 4 GiB */
		buffer_append_varint(&b, size);
		if (is_tokens)
			buffer_append_byte(&b, (uint8_t)rng_below(&rng, 100));
		buffer_append_le(&b, rng_u64(&rng), 4);
		for (uint64_t more = rng_below(&rng, 60); more > 0; more--)
			buffer_append_byte(&b, (uint8_t)rng_u64(&rng));
		snprintf(path, sizeof path, "%s/%llu.2p", directory, (unsigned long long)i);
		if (file_write(path, b.data, b.size_bytes, FILE_MODE_NEW, true) != STATUS_OK)
			exit(1);
		buffer_free(&b);
	}
}

/* 0, 1, and around a power of two. */
static size_t any_size(struct rng *rng, size_t most)
{
	size_t n = ((size_t)1 << rng_below(rng, 14)) - 2 + rng_below(rng, 4);

	return n + 2 < 2 ? 0 : n < most ? n : (size_t)rng_below(rng, (uint32_t)most);
}

/* Bits beyond the code length and a ten thousandth of it, a block. */
static double trip(struct rng *rng, const struct predictor_ops *ops)
{
	bool is_tokens = rng_below(rng, 2);
	size_t n = any_size(rng, ops->is_slow || ops->needs_model == MODEL_MUST ? 64 : 5000);
	struct archive_settings s = any_settings(rng, ops, is_tokens, n);
	struct buffer in = any_input(rng, n, is_tokens), archive = {0};
	struct archive_stats stats;

	damage_shrink(&s);
	if (archive_compress(&s, in.data, in.size_bytes, &archive, &stats) != STATUS_OK ||
	    archive_verify(&s, archive.data, archive.size_bytes, in.data, in.size_bytes) !=
		STATUS_OK) {
		fprintf(stderr, "limits: %s, %zu symbols: %s\n", ops->name, n, status_message());
		exit(1);
	}
	buffer_free(&in);
	buffer_free(&archive);
	return stats.n_blocks ? (8 * (double)(stats.payload_bytes + stats.model_bytes) -
				 1.0001 * stats.ideal_bits) / (double)stats.n_blocks
			      : 0;
}

/* Each model has an equal part of the time. */
static void go_round(double seconds)
{
	uint64_t n = 0, n_models = 0;
	double worst = -INFINITY, start = damage_seconds();

	for (const struct predictor_ops *const *p = predictors; *p; p++)
		n_models += !(*p)->needs_world;
	for (const struct predictor_ops *const *p = predictors; *p; p++) {
		double end = damage_seconds() + (seconds - (damage_seconds() - start)) /
						    (double)n_models;

		if ((*p)->needs_world)
			continue;
		for (n_models--; damage_seconds() < end; n++) {
			struct rng rng = rng_stream(83, n, 0);
			double excess = trip(&rng, *p);

			worst = excess > worst ? excess : worst;
		}
		fprintf(stderr, "%s: %llu trips\n", (*p)->name, (unsigned long long)n);
	}
	printf("%llu trips\n%.1f bits\n", (unsigned long long)n, worst);
}

int main(int argc, char **argv)
{
	uint64_t n = argc > 2 ? strtoull(argv[2], NULL, 10) : 0;

	if (argc == 3 && strcmp(argv[1], "memory") == 0)
		measure_memory(n);
	else if (argc == 4 && strcmp(argv[1], "forged") == 0)
		try_all_forged(n, strtoull(argv[3], NULL, 10));
	else if (argc == 4 && strcmp(argv[1], "bombs") == 0)
		write_bombs(n, argv[3]);
	else if (argc == 3 && strcmp(argv[1], "trips") == 0)
		go_round(strtod(argv[2], NULL));
	else
		return 1;
	return 0;
}
