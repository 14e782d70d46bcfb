/* SPDX-License-Identifier: BSD-2-Clause */
#include "archive.h"

#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "digest.h"
#include "float_guard.h"
#include "model_file.h"
#include "noise.h"
#include "run.h"
#include "streams.h"
#include "tokens.h"
#include "transformer.h"
#include "world.h"

#define CHUNK_SYMBOLS 1024 /* widened to uint16_t at a time; few: slow models show progress too */
#define CHUNK_BYTES 131072 /* what archives declare for that, whatever it is */

/* What all blocks of one archive share. */
struct pass {
	const struct container *c;
	struct predictor_setup setup;
	uint32_t n_streams;
	bool decoding;
	archive_progress *progress;
	void *progress_context;
	double *cost_bits;     /* (c->n_total) or NULL */
	bool costs_as_coded;
	uint64_t done_symbols; /* for progress only, as are the next */
	double done_bits;
	bool stopped;
};

/* One block: what goes in, what comes out. */
struct piece {
	uint64_t first, n; /* symbols */
	const uint8_t *in;
	size_t in_bytes;
	struct buffer *out; /* may be shared only by a single piece */
	double ideal_bits;
	enum status status;
	char message[512]; /* fail() keeps its sentence per thread */
};

/* STATUS_LIMIT once somebody wants to stop. */
static enum status report_progress(struct pass *pass, uint64_t n, double bits)
{
	bool stopped;

	if (!pass->progress)
		return STATUS_OK;
#pragma omp critical(archive_progress)
	{
		pass->done_symbols += n;
		pass->done_bits += bits;
		if (!pass->stopped)
			pass->stopped = !pass->progress(pass->progress_context, pass->done_symbols,
							pass->c->n_total, pass->done_bits);
		stopped = pass->stopped;
	}
	return stopped ? fail(STATUS_LIMIT, "stopped") : STATUS_OK;
}

static void append_symbols(struct buffer *out, const uint16_t *symbol, size_t n, bool is_tokens)
{
	if (is_tokens) {
		tokens_append(out, symbol, n);
		return;
	}
	if (!buffer_reserve(out, n))
		return;
	for (size_t i = 0; i < n; i++)
		out->data[out->size_bytes + i] = (uint8_t)symbol[i];
	out->size_bytes += n;
}

/* Symbols on their way through the loop, in the order of coding. */
struct chunk {
	uint16_t symbol[CHUNK_SYMBOLS];
	double cost_bits[]; /* (CHUNK_SYMBOLS) only if costs are asked for */
};

/* The next n symbols of a block to encode. */
static void gather(const struct piece *piece, bool is_tokens, struct streams_walk *walk,
		   uint16_t *symbol, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint64_t at = streams_next(walk);

		symbol[i] = is_tokens ? tokens_get(piece->in, at) : piece->in[at];
	}
}

/* Encode or decode one block with an open run, chunk by chunk; what is decoded comes in the order
 * of coding. */
static enum status code_symbols(struct pass *pass, struct piece *piece, struct run *r,
				struct chunk *chunk)
{
	bool is_tokens = pass->c->is_tokens;
	double *cost_bits = pass->cost_bits ? pass->cost_bits + piece->first : NULL;
	struct streams_walk from = streams_walk(piece->n, pass->n_streams);
	struct streams_walk to = streams_walk(piece->n, pass->costs_as_coded ? 1 : pass->n_streams);

	for (uint64_t done = 0; done < piece->n;) {
		size_t n = piece->n - done < CHUNK_SYMBOLS ? piece->n - done : CHUNK_SYMBOLS;
		double bits_before = r->ideal_bits;

		if (!pass->decoding)
			gather(piece, is_tokens, &from, chunk->symbol, n);
		r->cost_bits = cost_bits ? chunk->cost_bits : NULL;
		TRY(run_symbols(r, chunk->symbol, n));
		for (size_t i = 0; cost_bits && i < n; i++)
			cost_bits[streams_next(&to)] = chunk->cost_bits[i];
		if (pass->decoding) {
			append_symbols(piece->out, chunk->symbol, n, is_tokens);
			TRY(buffer_status(piece->out));
		}
		done += n;
		TRY(report_progress(pass, n, r->ideal_bits - bits_before));
	}
	return STATUS_OK;
}

/* Bring the last n symbols of *out from the order of coding into their own.  Not done while they
 * come: room for all of a block would have to be there before it is known that it has so many. */
static enum status order_symbols(struct buffer *out, uint64_t n, uint32_t n_streams,
				 unsigned symbol_bytes)
{
	size_t size_bytes = n * symbol_bytes;
	uint8_t *coded, *at;
	struct streams_walk walk = streams_walk(n, n_streams);

	if (n_streams == 1 || n == 0)
		return STATUS_OK;
	coded = malloc(size_bytes);
	if (!coded)
		return fail_no_memory();
	at = out->data + out->size_bytes - size_bytes;
	memcpy(coded, at, size_bytes);
	for (uint64_t i = 0; i < n; i++)
		memcpy(at + streams_next(&walk) * symbol_bytes, coded + i * symbol_bytes,
		       symbol_bytes);
	free(coded);
	return STATUS_OK;
}

/* The coder around code_symbols(). */
static enum status code_stream(struct pass *pass, struct piece *piece, struct run *r,
			       struct chunk *chunk)
{
	const struct coder_ops *coder = pass->c->coder;
	enum status s, closed;

	if (pass->decoding)
		TRY(coder->decoder_open(&r->dec, piece->in, piece->in_bytes));
	else
		TRY(coder->encoder_open(&r->enc, piece->out));
	s = code_symbols(pass, piece, r, chunk);
	if (s != STATUS_OK) {
		/* The first failure is the one to tell; what close says would replace it. */
		char first[sizeof piece->message];

		snprintf(first, sizeof first, "%s", status_message());
		closed =
		    pass->decoding ? coder->decoder_close(r->dec) : coder->encoder_close(r->enc);
		(void)closed;
		return fail(s, "%s", first);
	}
	if (!pass->decoding)
		return coder->encoder_close(r->enc);
	TRY(coder->decoder_close(r->dec));
	return order_symbols(piece->out, piece->n, pass->n_streams,
			     container_symbol_bytes(pass->c));
}

/* What is the user's mistake or the model's when encoding is damage when decoding. */
static enum status blame_archive(void)
{
	char sentence[512];

	snprintf(sentence, sizeof sentence, "%s", status_message());
	return fail(STATUS_CORRUPT, "damaged: %s", sentence);
}

/* Options that do not go together are the user's mistake, or a damaged header. */
static enum status open_predictor(const struct pass *pass, const struct predictor_setup *setup,
				  struct predictor **p)
{
	enum status s = pass->c->model->open(p, setup);

	return pass->decoding && s == STATUS_BAD_ARGUMENT ? blame_archive() : s;
}

/* A block from nothing to its end, by predictor and coder. */
static enum status code_with_model(struct pass *pass, struct piece *piece)
{
	struct float_guard guard = float_guard_enter();
	struct run r = {
	    .model = pass->c->model, .coder = pass->c->coder, .n_coded = piece->first};
	size_t n_costs = pass->cost_bits ? CHUNK_SYMBOLS : 0;
	struct chunk *chunk = malloc(sizeof *chunk + n_costs * sizeof *chunk->cost_bits);
	enum status s = chunk ? STATUS_OK : fail_no_memory();
	struct predictor_setup setup = pass->setup;

	setup.n_max = piece->n;
	if (s == STATUS_OK)
		s = open_predictor(pass, &setup, &r.p);
	if (s == STATUS_OK) {
		s = run_open(&r);
		if (s == STATUS_OK)
			s = code_stream(pass, piece, &r, chunk);
		run_close(&r);
		r.model->close(r.p);
	}
	float_guard_leave(&guard);
	free(chunk);
	piece->ideal_bits = r.ideal_bits;
	return pass->decoding && s == STATUS_IMPOSSIBLE ? blame_archive() : s;
}

/* A stored block costs what it takes, whatever the model thought of it. */
static void account_stored(struct pass *pass, struct piece *piece)
{
	unsigned symbol_bits = 8 * container_symbol_bytes(pass->c);

	piece->ideal_bits = symbol_bits * (double)piece->n;
	for (uint64_t i = 0; pass->cost_bits && i < piece->n; i++)
		pass->cost_bits[piece->first + i] = symbol_bits;
}

/* Both ways: the symbols as they are. */
static enum status copy_piece(struct pass *pass, struct piece *piece)
{
	buffer_append(piece->out, piece->in, piece->in_bytes);
	account_stored(pass, piece);
	return buffer_status(piece->out);
}

/* Encode a block; store it where that is no longer, or clearly would not be. */
static enum status encode_piece(struct pass *pass, struct piece *piece)
{
	if (!pass->c->is_tokens && noise_recognise(piece->in, piece->in_bytes)) {
		TRY(report_progress(pass, piece->n, 8 * (double)piece->n));
		return copy_piece(pass, piece);
	}
	TRY(code_with_model(pass, piece));
	if (piece->out->size_bytes < piece->in_bytes)
		return STATUS_OK;
	piece->out->size_bytes = 0;
	return copy_piece(pass, piece);
}

/* Take a stored block as it is, if its symbols are of the alphabet. */
static enum status decode_stored(struct pass *pass, struct piece *piece)
{
	for (uint64_t i = 0; pass->c->is_tokens && i < piece->n; i++)
		if (tokens_get(piece->in, i) >= pass->setup.n_symbols)
			return fail(STATUS_CORRUPT, "damaged: a token outside of the alphabet");
	TRY(copy_piece(pass, piece));
	return report_progress(pass, piece->n, piece->ideal_bits);
}

static enum status code_piece(struct pass *pass, struct piece *piece)
{
	if (!pass->decoding)
		return encode_piece(pass, piece);
	if (piece->in_bytes == piece->n * container_symbol_bytes(pass->c))
		return decode_stored(pass, piece);
	return code_with_model(pass, piece);
}

static void code_and_keep_status(struct pass *pass, struct piece *piece)
{
	piece->status = code_piece(pass, piece);
	if (piece->status != STATUS_OK)
		snprintf(piece->message, sizeof piece->message, "%s", status_message());
}

/* All pieces, in parallel; the failure of the first one that failed is the result.  One thread is
 * no team: inside of a team, even of one, a predictor's threads would be made anew for each of its
 * parallel regions, at some 50 microseconds. */
static enum status code_pieces(struct pass *pass, struct piece *piece, size_t n, int threads)
{
	if (threads == 1)
		for (size_t i = 0; i < n; i++)
			code_and_keep_status(pass, &piece[i]);
	else
#pragma omp parallel for schedule(dynamic, 1) num_threads(threads)
		for (size_t i = 0; i < n; i++)
			code_and_keep_status(pass, &piece[i]);
	for (size_t i = 0; i < n; i++)
		if (piece[i].status != STATUS_OK)
			return fail(piece[i].status, "%s", piece[i].message);
	return STATUS_OK;
}

/* As many threads as wanted, but no more than there are blocks or the limit (0: none) has memory
 * for: each takes what one takes, or less. */
static int choose_threads(int wanted, uint64_t n_blocks, uint64_t memory_max_bytes,
			  uint64_t needed_bytes)
{
	uint64_t threads = (uint64_t)(wanted > 0 ? wanted : omp_get_max_threads());

	if (threads > n_blocks)
		threads = n_blocks;
	while (threads > 1 && memory_max_bytes && needed_bytes > memory_max_bytes / threads)
		threads--;
	return (int)threads;
}

/* The same for what is to be encoded: an observer is told by one block at a time. */
static int encoding_threads(const struct archive_settings *s, uint64_t n_blocks,
			    uint64_t needed_bytes)
{
	return s->observer ? 1
			   : choose_threads(s->threads, n_blocks, s->memory_max_bytes,
					    needed_bytes);
}

/* Threads are for blocks; a single one may have all that were asked for.  Not more: inside of a
 * block they wait for each other all the time, which is slow where other programs run, too. */
static int threads_inside(int wanted, uint64_t n_blocks)
{
	return n_blocks > 1 || wanted < 1 ? 1 : wanted;
}

static uint32_t count_streams(const struct predictor_ops *model, const struct predictor_setup *s)
{
	return model->n_streams ? model->n_streams(s) : 1;
}

/* What decoding takes with one thread: the model, the output while it grows and while it is brought
 * into order, one chunk.  A model may estimate in real numbers, and what it says is stored: the
 * same everywhere.  PREDICTOR_MEMORY_UNKNOWN: out of memory. */
static uint64_t memory_to_decode(const struct container *c, const struct predictor_setup *setup)
{
	uint64_t block = c->block_symbols ? c->block_symbols : c->n_total, bytes;
	struct float_guard guard = float_guard_enter();
	unsigned symbol_bytes = container_symbol_bytes(c);

	bytes = c->model->memory_bytes(setup, block);
	float_guard_leave(&guard);
	if (bytes == PREDICTOR_MEMORY_UNKNOWN)
		return bytes;
	bytes += CHUNK_BYTES + 2 * symbol_bytes * (c->n_total + (c->block_symbols ? block : 0));
	if (count_streams(c->model, setup) > 1)
		bytes += symbol_bytes * block;
	if (setup->transformer)
		bytes += model_file_memory_bytes(&setup->transformer->shape);
	return bytes;
}

static uint32_t world_hash(const struct predictor_ops *model, const struct world *world)
{
	bool prior = model->not_counted && strcmp(model->not_counted, "prior") == 0;

	return prior ? world->prior_hash : world->world_hash;
}

const struct predictor_ops *archive_find_model(const char *text, const char **rest)
{
	const struct predictor_ops *found = NULL;
	size_t longest = 0;

	for (const struct predictor_ops *const *p = predictors; *p; p++) {
		size_t n = strlen((*p)->name);

		if (n < longest || strncmp((*p)->name, text, n) != 0 ||
		    (text[n] != '\0' && text[n] != ':'))
			continue;
		found = *p;
		longest = n;
		*rest = text + n;
	}
	return found;
}

enum status archive_settings_parse(struct archive_settings *s, const char *model_text)
{
	char known[512] = "";
	const char *rest = "";

	*s = (struct archive_settings){.coder = coder_by_id(CONTAINER_CODER_ID),
				       .model_bits_max = MODEL_BITS_ANY};
	s->model = archive_find_model(model_text, &rest);
	if (!s->model) {
		size_t name_bytes = strcspn(model_text, ":");

		for (const struct predictor_ops *const *p = predictors; *p; p++) {
			size_t used = strlen(known);

			snprintf(known + used, sizeof known - used, "%s%s", used ? ", " : "",
				 (*p)->name);
		}
		return fail(STATUS_BAD_ARGUMENT, "unknown model '%.*s' (known: %s)",
			    (int)(name_bytes < 64 ? name_bytes : 64), model_text, known);
	}
	s->block_symbols = ARCHIVE_BLOCK_DEFAULT;
	options_defaults(s->model->options, s->option);
	return options_parse(s->model->options, s->option, *rest ? rest + 1 : NULL);
}

/* The symbols of an input. */
struct content {
	const uint8_t *data;
	size_t size_bytes;
	uint64_t n_symbols;
	uint32_t alphabet;
	bool is_tokens;
};

static enum status check_vocabulary(const struct content *t, const struct world *world)
{
	for (size_t i = 0; i < t->n_symbols; i++)
		if (tokens_get(t->data, i) >= world->vocab)
			return fail(STATUS_CORRUPT,
				    "token %u at position %zu is outside the world's vocabulary of "
				    "%lu",
				    tokens_get(t->data, i), i, (unsigned long)world->vocab);
	return STATUS_OK;
}

/* Are these symbols of the kind and the alphabet that the model file knows? */
static enum status check_alphabet(const struct content *t, const struct transformer *model)
{
	if (t->is_tokens != model->shape.is_tokens)
		return fail(STATUS_CORRUPT, "the model file is one of %s, and this is a file of %s",
			    model->shape.is_tokens ? "tokens" : "bytes",
			    t->is_tokens ? "tokens" : "bytes");
	for (size_t i = 0; t->is_tokens && i < t->n_symbols; i++)
		if (tokens_get(t->data, i) >= model->shape.n_symbols)
			return fail(STATUS_CORRUPT,
				    "token %u at position %zu is outside the model's alphabet of "
				    "%lu",
				    tokens_get(t->data, i), i,
				    (unsigned long)model->shape.n_symbols);
	return STATUS_OK;
}

static enum status find_content(const struct archive_settings *s, const uint8_t *in,
				size_t size_bytes, struct content *content)
{
	static const uint8_t nothing = 0; /* where the content of an empty file is */
	struct tokens t = {0};

	if (!s->as_bytes && tokens_recognise(in, size_bytes))
		TRY(tokens_parse(in, size_bytes, &t));
	*content = (struct content){
	    .data = in ? in : &nothing, .size_bytes = size_bytes, .n_symbols = size_bytes,
	    .alphabet = 256};
	if (t.canonical)
		*content = (struct content){.data = t.data,
					    .size_bytes = 2 * t.n_tokens,
					    .n_symbols = t.n_tokens,
					    .is_tokens = true};
	if (content->n_symbols > CONTAINER_SYMBOLS_MAX)
		return fail(STATUS_LIMIT, "larger than 2^40 bytes");
	if (s->model->needs_world) {
		if (!s->world)
			return fail(STATUS_UNSUPPORTED, "model %s needs -w PREFIX.json",
				    s->model->name);
		if (!content->is_tokens)
			return fail(STATUS_CORRUPT,
				    "model %s codes token files only, and this is none",
				    s->model->name);
		content->alphabet = s->world->vocab;
		return check_vocabulary(content, s->world);
	}
	if (s->model->needs_model == MODEL_MUST && !s->transformer)
		return fail(STATUS_UNSUPPORTED, "model %s needs -M MODEL" MODEL_FILE_SUFFIX,
			    s->model->name);
	if (s->model->needs_model && s->transformer) {
		content->alphabet = s->transformer->shape.n_symbols;
		return check_alphabet(content, s->transformer);
	}
	if (content->is_tokens)
		content->alphabet = tokens_alphabet(content->data, content->n_symbols);
	return STATUS_OK;
}

static struct predictor_setup make_setup(const struct container *c, const struct world *world,
					 const struct transformer *transformer)
{
	struct predictor_setup setup = {
	    .n_symbols = c->alphabet, .option = c->option, .n_total = c->n_total};

	if (c->model->needs_world) {
		setup.world = world;
		setup.n_symbols = world->vocab;
	}
	if (c->takes_model) {
		setup.transformer = transformer;
		setup.n_symbols = transformer->shape.n_symbols;
	} else {
		setup.stored = c->stored;
		setup.stored_bytes = c->stored_bytes;
	}
	return setup;
}

/* Have a two-part code describe its model of the content, in *stored. */
static enum status fit_model(const struct archive_settings *s, struct container *c,
			     const struct content *content, struct buffer *stored)
{
	struct predictor_setup setup = make_setup(c, s->world, s->transformer);
	size_t n = content->n_symbols;
	uint16_t *symbol = malloc(n * sizeof *symbol + 1);

	if (!symbol)
		return fail_no_memory();
	for (size_t i = 0; i < n; i++)
		symbol[i] =
		    content->is_tokens ? tokens_get(content->data, i) : content->data[i];
	struct float_guard guard = float_guard_enter();
	enum status status = s->model->fit(&setup, symbol, n, s->model_bits_max, stored);

	float_guard_leave(&guard);
	free(symbol);
	c->stored = stored->data;
	c->stored_bytes = stored->size_bytes;
	return status == STATUS_OK ? buffer_status(stored) : status;
}

/* Header, digest, payloads. */
static enum status assemble(const struct container *c, const struct content *content,
			    const struct buffer *payload, struct buffer *out)
{
	size_t start = out->size_bytes;

	container_write(c, out);
	TRY(buffer_status(out));
	buffer_append_le(out,
			 container_digest(out->data + start, out->size_bytes - start, content->data,
					  content->size_bytes),
			 CONTAINER_DIGEST_BYTES);
	for (uint64_t i = 0; i < c->n_blocks; i++)
		buffer_append(out, payload[i].data, payload[i].size_bytes);
	return buffer_status(out);
}

/* Encode the blocks into payload[]; fills the block table. */
static enum status encode_blocks(struct container *c, struct pass *pass, int threads,
				 const struct content *content, struct buffer *payload,
				 double *ideal_bits)
{
	unsigned symbol_bytes = container_symbol_bytes(c);
	struct piece *piece = calloc(c->n_blocks, sizeof *piece);

	if (!piece)
		return fail_no_memory();
	for (uint64_t i = 0; i < c->n_blocks; i++) {
		piece[i].first = container_block_start(c, i);
		piece[i].n = container_block_start(c, i + 1) - piece[i].first;
		piece[i].in = content->data + symbol_bytes * piece[i].first;
		piece[i].in_bytes = symbol_bytes * piece[i].n;
		piece[i].out = &payload[i];
	}
	enum status s = code_pieces(pass, piece, c->n_blocks, threads);

	*ideal_bits = 0;
	for (uint64_t i = 0; s == STATUS_OK && i < c->n_blocks; i++) {
		*ideal_bits += piece[i].ideal_bits;
		c->block[i].payload_bytes = payload[i].size_bytes;
		if (c->block_symbols)
			c->block[i].digest = container_block_digest(piece[i].in, piece[i].in_bytes);
	}
	free(piece);
	return s;
}

static void fill_stats(struct archive_stats *stats, const struct container *c, double ideal_bits,
		       size_t archive_bytes)
{
	if (!stats)
		return;
	*stats = (struct archive_stats){.n_symbols_coded = c->n_total,
					.symbol_bytes = container_symbol_bytes(c),
					.ideal_bits = ideal_bits,
					.model_bytes = c->stored_bytes,
					.container_bytes = archive_bytes - c->stored_bytes};
	stats->ideal_bits += 8 * (double)c->stored_bytes; /* a model is paid as it is stored */
	for (uint64_t i = 0; i < c->n_blocks; i++)
		stats->payload_bytes += c->block[i].payload_bytes;
	stats->container_bytes -= stats->payload_bytes;
	stats->n_blocks = c->n_blocks;
	stats->stored_blocks = container_stored_blocks(c);
}

/* As many blocks as are needed when none has more than block_symbols, all alike: the last one is
 * not waited for with idle threads, and has no less to learn from. */
static uint64_t even_blocks(uint64_t block_symbols, uint64_t n_total)
{
	if (block_symbols == 0 || n_total == 0)
		return 0;
	return (n_total - 1) / ((n_total - 1) / block_symbols + 1) + 1;
}

static uint64_t choose_block(const struct archive_settings *s, const struct container *c)
{
	if (s->model->whole_stream)
		return 0;
	if (s->block_symbols != ARCHIVE_BLOCK_DEFAULT)
		return s->block_symbols;
	if (!s->model->block_symbols)
		return even_blocks(ARCHIVE_BLOCK_SYMBOLS, c->n_total);

	struct predictor_setup setup = make_setup(c, s->world, s->transformer);

	return even_blocks(s->model->block_symbols(&setup), c->n_total);
}

/* All that follows once the container knows its model. */
static enum status compress_content(const struct archive_settings *s, struct container *c,
				    const struct content *content, struct buffer *out,
				    struct archive_stats *stats)
{
	struct pass pass = {.c = c,
			    .setup = make_setup(c, s->world, s->transformer),
			    .progress = s->progress,
			    .progress_context = s->progress_context,
			    .cost_bits = s->cost_bits,
			    .costs_as_coded = s->costs_as_coded};
	struct buffer *payload = calloc(c->n_blocks, sizeof *payload);
	double ideal_bits = 0;
	enum status status = payload ? STATUS_OK : fail_no_memory();

	pass.n_streams = count_streams(c->model, &pass.setup);
	pass.setup.threads = threads_inside(s->threads, c->n_blocks);
	pass.setup.observer = s->observer;
	c->memory_bytes = memory_to_decode(c, &pass.setup);
	uint64_t said_bytes = container_memory_said(c->memory_bytes);

	if (c->memory_bytes == PREDICTOR_MEMORY_UNKNOWN)
		status = fail_no_memory();
	/* What a reader with this much memory would refuse is not made. */
	if (status == STATUS_OK && s->memory_max_bytes && said_bytes > s->memory_max_bytes)
		status = fail(STATUS_LIMIT, "needs %llu bytes of memory, and there are %llu",
			      (unsigned long long)said_bytes,
			      (unsigned long long)s->memory_max_bytes);
	if (status == STATUS_OK)
		status = encode_blocks(c, &pass,
				       encoding_threads(s, c->n_blocks, c->memory_bytes), content,
				       payload, &ideal_bits);
	if (status == STATUS_OK)
		status = assemble(c, content, payload, out);
	if (status == STATUS_OK)
		fill_stats(stats, c, ideal_bits, out->size_bytes);
	for (uint64_t i = 0; payload && i < c->n_blocks; i++)
		buffer_free(&payload[i]);
	free(payload);
	return status;
}

/* The container of some content before anything is known of its blocks but where they are cut;
 * container_free() in any case. */
static enum status make_container(const struct archive_settings *s, const struct content *content,
				  struct container *c)
{
	bool takes_model = s->model->needs_model && s->transformer;
	bool own_alphabet = !s->model->needs_world && !takes_model;

	*c = (struct container){
	    .model = s->model,
	    .coder = s->coder,
	    .is_tokens = content->is_tokens,
	    .takes_model = takes_model,
	    .n_total = content->n_symbols,
	    .alphabet = own_alphabet ? content->alphabet : 0,
	    .world_hash = s->model->needs_world ? world_hash(s->model, s->world) : 0};
	memcpy(c->option, s->option, sizeof c->option);
	if (takes_model) {
		memcpy(c->model_hash, s->transformer->hash, MODEL_FILE_HASH_BYTES);
		c->stored = s->model_file ? s->model_file->data : NULL;
		c->stored_bytes = s->model_file ? s->model_file->size_bytes : 0;
	}
	if (s->model->settle) {
		struct predictor_setup setup = make_setup(c, s->world, s->transformer);

		s->model->settle(&setup, c->option);
	}
	return container_cut(c, choose_block(s, c));
}

enum status archive_compress(const struct archive_settings *s, const uint8_t *in, size_t size_bytes,
			     struct buffer *out, struct archive_stats *stats)
{
	struct content content;
	struct container c;
	struct buffer stored = {0};

	TRY(find_content(s, in, size_bytes, &content));
	enum status status = make_container(s, &content, &c);

	if (status == STATUS_OK && s->model->fit)
		status = fit_model(s, &c, &content, &stored);
	if (status == STATUS_OK)
		status = compress_content(s, &c, &content, out, stats);
	container_free(&c);
	buffer_free(&stored);
	return status;
}

/* What encoding takes: the models, and payloads while they grow (at most
 * twice what they hold, which is no more than the content) and are put together. */
static uint64_t memory_to_encode(const struct container *c, uint64_t models_bytes)
{
	return models_bytes + 3 * container_symbol_bytes(c) * c->n_total;
}

/* What decoding the archive takes with so many threads: models, the archive, the output while it
 * grows, and that of each thread while it grows and while it is brought into order. */
static uint64_t memory_to_verify(const struct container *c, const struct predictor_setup *setup,
				 int threads, uint64_t models_bytes)
{
	uint64_t block = c->block_symbols ? c->block_symbols : c->n_total;
	uint64_t of_block = (c->n_blocks > 1 ? 2 : 0) + (count_streams(c->model, setup) > 1);

	return models_bytes + container_symbol_bytes(c) *
				  (3 * c->n_total + (uint64_t)threads * of_block * block);
}

static uint64_t memory_of_models(const struct container *c, const struct predictor_setup *setup,
				 int threads)
{
	uint64_t block = c->block_symbols ? c->block_symbols : c->n_total;
	struct float_guard guard = float_guard_enter();
	uint64_t model_bytes = c->model->memory_bytes(setup, block);

	float_guard_leave(&guard);
	if (model_bytes == PREDICTOR_MEMORY_UNKNOWN)
		return model_bytes;
	return (uint64_t)threads * (model_bytes + CHUNK_BYTES);
}

enum status archive_plan(const struct archive_settings *s, const uint8_t *in, size_t size_bytes,
			 struct archive_plan *plan)
{
	struct content content;
	struct container c;

	TRY(find_content(s, in, size_bytes, &content));
	enum status status = make_container(s, &content, &c);

	if (status == STATUS_OK) {
		struct predictor_setup setup = make_setup(&c, s->world, s->transformer);

		*plan = (struct archive_plan){
		    .n_symbols = c.n_total,
		    .symbol_bytes = container_symbol_bytes(&c),
		    .n_streams = count_streams(s->model, &setup),
		    .n_blocks = c.n_blocks,
		    .threads = encoding_threads(s, c.n_blocks, memory_to_decode(&c, &setup))};
		uint64_t models_bytes = memory_of_models(&c, &setup, plan->threads);

		if (models_bytes == PREDICTOR_MEMORY_UNKNOWN)
			status = fail_no_memory();
		plan->memory_bytes = memory_to_encode(&c, models_bytes);
		plan->verify_bytes = memory_to_verify(&c, &setup, plan->threads, models_bytes);
	}
	container_free(&c);
	return status;
}

/* Decode blocks first..first + n in parallel and append them to *out. */
static enum status decode_wave(struct pass *pass, uint64_t first, size_t n, const uint8_t **payload,
			       struct buffer *out, double *ideal_bits)
{
	const struct container *c = pass->c;
	struct piece *piece = calloc(n, sizeof *piece);
	struct buffer *own = calloc(n, sizeof *own);
	enum status s = piece && own ? STATUS_OK : fail_no_memory();

	for (size_t i = 0; s == STATUS_OK && i < n; i++) {
		piece[i].first = container_block_start(c, first + i);
		piece[i].n = container_block_start(c, first + i + 1) - piece[i].first;
		piece[i].in = *payload;
		piece[i].in_bytes = c->block[first + i].payload_bytes;
		buffer_limit(&own[i], container_block_bytes(c, first + i));
		piece[i].out = c->block_symbols ? &own[i] : out;
		*payload += piece[i].in_bytes;
	}
	if (s == STATUS_OK)
		s = code_pieces(pass, piece, n, (int)n);
	for (size_t i = 0; s == STATUS_OK && i < n; i++) {
		*ideal_bits += piece[i].ideal_bits;
		if (c->block_symbols &&
		    !digest_agrees(c->block[first + i].digest,
				   container_block_digest(own[i].data, own[i].size_bytes)))
			s = fail(STATUS_CORRUPT, "block %llu is damaged",
				 (unsigned long long)(first + i));
		if (c->block_symbols)
			buffer_append(out, own[i].data, own[i].size_bytes);
	}
	for (size_t i = 0; own && i < n; i++)
		buffer_free(&own[i]);
	free(own);
	free(piece);
	return s == STATUS_OK ? buffer_status(out) : s;
}

/* Is it the world that the archive was made with? */
static enum status check_world(const struct container *c, const struct world *world)
{
	if (!c->model->needs_world)
		return STATUS_OK;
	if (!world)
		return fail(STATUS_UNSUPPORTED,
			    "needs -w PREFIX.json, the world file with %s hash %08lx",
			    c->model->not_counted ? c->model->not_counted : "world",
			    (unsigned long)c->world_hash);
	if (world_hash(c->model, world) != c->world_hash)
		return fail(STATUS_UNSUPPORTED,
			    "needs the world file with %s hash %08lx; %s has %08lx",
			    c->model->not_counted ? c->model->not_counted : "world",
			    (unsigned long)c->world_hash, world->path,
			    (unsigned long)world_hash(c->model, world));
	return STATUS_OK;
}

static enum status fail_memory(const struct archive_reading *reading, uint64_t needed_bytes)
{
	return fail(STATUS_LIMIT, "needs %llu bytes of memory, the limit is %llu (see --memory)",
		    (unsigned long long)needed_bytes,
		    (unsigned long long)reading->memory_max_bytes);
}

/* The model file of the archive: what is stored there, to be freed, or the one that is named. */
static enum status take_model(const struct archive_reading *reading, const struct container *c,
			      const struct transformer **model, struct transformer **stored)
{
	char needed[2 * MODEL_FILE_HASH_BYTES + 1], given[sizeof needed];

	*model = reading->transformer;
	if (c->stored_bytes) {
		uint64_t bytes;

		TRY(model_file_memory(c->stored, c->stored_bytes, &bytes));
		if (reading->memory_max_bytes && bytes > reading->memory_max_bytes)
			return fail_memory(reading, bytes);
		TRY(model_file_read(stored, c->stored, c->stored_bytes));
		*model = *stored;
	}
	model_file_hash_text(c->model_hash, MODEL_FILE_HASH_BYTES, needed);
	if (!*model)
		return fail(STATUS_UNSUPPORTED,
			    "needs -M MODEL" MODEL_FILE_SUFFIX
			    ", the model file with SHA-256 %s..",
			    needed);
	model_file_hash_text((*model)->hash, MODEL_FILE_HASH_BYTES, given);
	if (!c->stored_bytes && memcmp((*model)->hash, c->model_hash, MODEL_FILE_HASH_BYTES) != 0)
		return fail(STATUS_UNSUPPORTED,
			    "needs the model file with SHA-256 %s..; the given one has %s..",
			    needed, given);
	if ((*model)->shape.is_tokens != c->is_tokens)
		return fail(STATUS_CORRUPT, "damaged header: the model is of other symbols");
	return STATUS_OK;
}

/* What decoding takes is known before anything is decoded.  The header may have been forged: what
 * we would have written there counts as well. */
static enum status check_memory(const struct archive_reading *reading, const struct container *c,
				uint64_t *needed_bytes)
{
	struct predictor_setup setup = make_setup(c, reading->world, reading->transformer);
	uint64_t estimate = memory_to_decode(c, &setup);

	*needed_bytes = estimate > c->memory_bytes ? estimate : c->memory_bytes;
	if (estimate == PREDICTOR_MEMORY_UNKNOWN)
		return fail_no_memory();
	if (reading->memory_max_bytes == 0 || *needed_bytes <= reading->memory_max_bytes)
		return STATUS_OK;
	return fail_memory(reading, *needed_bytes);
}

/* Is what comes out no larger than wanted?  A few bytes can be an honest archive of terabytes. */
static enum status check_output(const struct archive_reading *reading, const struct container *c)
{
	uint64_t original_bytes = container_original_bytes(c);

	if (reading->output_max_bytes == 0 || original_bytes <= reading->output_max_bytes)
		return STATUS_OK;
	return fail(STATUS_LIMIT, "decodes to %llu bytes, the limit is %llu (see --max-size)",
		    (unsigned long long)original_bytes,
		    (unsigned long long)reading->output_max_bytes);
}

static enum status decode(const struct archive_reading *reading, const struct container *c,
			  const uint8_t *in, size_t header_bytes, struct buffer *out,
			  double *ideal_bits)
{
	uint64_t needed_bytes;

	TRY(check_memory(reading, c, &needed_bytes));
	TRY(check_output(reading, c));
	buffer_limit(out, container_original_bytes(c));
	struct pass pass = {.c = c,
			    .setup = make_setup(c, reading->world, reading->transformer),
			    .decoding = true,
			    .progress = reading->progress,
			    .progress_context = reading->progress_context};
	pass.n_streams = count_streams(c->model, &pass.setup);
	pass.setup.threads = threads_inside(reading->threads, c->n_blocks);
	const uint8_t *payload = in + header_bytes;
	uint64_t wave = (uint64_t)choose_threads(reading->threads, c->n_blocks,
						 reading->memory_max_bytes, needed_bytes);

	if (c->is_tokens)
		tokens_write_header(out, c->n_total);
	size_t start = out->size_bytes;

	for (uint64_t i = 0; i < c->n_blocks; i += wave) {
		if (wave > c->n_blocks - i)
			wave = c->n_blocks - i;
		TRY(decode_wave(&pass, i, wave, &payload, out, ideal_bits));
	}

	const uint8_t *content = out->data ? out->data + start : in;
	size_t content_bytes = out->size_bytes - start;

	if (!digest_agrees(c->digest, container_digest(in, header_bytes - CONTAINER_DIGEST_BYTES,
						       content, content_bytes)))
		return fail(STATUS_CORRUPT, "damaged: the content does not match its digest");
	if (c->is_tokens && c->alphabet && tokens_alphabet(content, c->n_total) != c->alphabet)
		return fail(STATUS_CORRUPT, "damaged header: the alphabet is larger than needed");
	return STATUS_OK;
}

enum status archive_decompress(const struct archive_reading *reading, const uint8_t *in,
			       size_t size_bytes, struct buffer *out, struct archive_stats *stats)
{
	struct archive_reading complete = *reading; /* with the archive's own model */
	struct container c;
	struct transformer *stored = NULL;
	size_t header_bytes;
	double ideal_bits = 0;

	TRY(container_read(&c, in, size_bytes, &header_bytes));
	enum status s = check_world(&c, reading->world);

	if (s == STATUS_OK && c.takes_model)
		s = take_model(reading, &c, &complete.transformer, &stored);
	if (s == STATUS_OK)
		s = decode(&complete, &c, in, header_bytes, out, &ideal_bits);
	out->is_limited = false; /* the caller may append to it */
	transformer_free(stored);
	if (s == STATUS_OK)
		fill_stats(stats, &c, ideal_bits, size_bytes);
	container_free(&c);
	return s;
}

enum status archive_verify(const struct archive_settings *s, const uint8_t *archive,
			   size_t archive_bytes, const uint8_t *original, size_t original_bytes)
{
	struct archive_reading reading = {.world = s->world,
					  .transformer = s->transformer,
					  .memory_max_bytes = s->memory_max_bytes,
					  .threads = s->threads,
					  .progress = s->progress,
					  .progress_context = s->progress_context};
	struct buffer back = {0};
	char sentence[256];
	enum status status = archive_decompress(&reading, archive, archive_bytes, &back, NULL);
	bool is_same = back.size_bytes == original_bytes &&
		       (original_bytes == 0 || memcmp(back.data, original, original_bytes) == 0);

	buffer_free(&back);
	if (status == STATUS_NO_MEMORY || status == STATUS_LIMIT || status == STATUS_BUG)
		return status;
	snprintf(sentence, sizeof sentence, "%s",
		 status == STATUS_OK ? "to other bytes" : status_message());
	if (status == STATUS_OK && is_same)
		return STATUS_OK;
	return fail(STATUS_BUG, "internal error, please report it: what was compressed decodes "
		    "wrongly (%s)", sentence);
}

enum status archive_inspect(const uint8_t *in, size_t size_bytes, struct archive_info *info)
{
	size_t header_bytes;

	*info = (struct archive_info){0};
	TRY(container_read(&info->header, in, size_bytes, &header_bytes));
	info->container_bytes = header_bytes - info->header.stored_bytes;
	info->payload_bytes = size_bytes - header_bytes;
	info->stored_blocks = container_stored_blocks(&info->header);
	return STATUS_OK;
}

void archive_info_free(struct archive_info *info)
{
	container_free(&info->header);
}
