/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_forecast.c - how long a run will take, and how it is stopped.
 *
 * Property  a run of even speed is foretold exactly from its first reports on, whatever came before
 *           them, and one that changes its speed soon after that; nothing is foretold from less
 *           than a second, or from one report; times, sizes and rates are spelt as people read
 *           them, sizes never too small.  A run that is told to stop stops, in both directions, on
 *           any number of threads, with STATUS_LIMIT, within a few thousand symbols; what it
 *           reports until then is right.  A plan says what the archive then has.
 * Method    a clock of numbers; archives of bytes and of tokens by every predictor that needs no
 *           world.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "archive.h"
#include "forecast.h"
#include "model.h"
#include "rng.h"
#include "tokens.h"

#include "fixture.h" /* last: it brings cmocka.h, which defines a macro fail() */

#define INPUT_BYTES 6000

/* ---- The arithmetic. ---- */

static void test_even_speed(void **state)
{
	struct forecast f = forecast_start(100);

	(void)state;
	assert_false(forecast_is_ready(&f));
	forecast_report(&f, 105, 10, 1000); /* five seconds of reading the input */
	assert_false(forecast_is_ready(&f));
	for (uint64_t done = 20; done <= 1000; done += 10) {
		forecast_report(&f, 105 + (double)(done - 10) * 0.125, done, 1000);
		assert_true(forecast_is_ready(&f));
		assert_true(forecast_seconds_left(&f) == (double)(1000 - done) * 0.125);
		assert_true(forecast_seconds_total(&f) == 5 + 990 * 0.125);
	}
}

/* Eight times as fast after a hundredth of the way: in the end the beginning is forgotten, and at
 * least half of what has passed is looked at. */
static void test_change_of_speed(void **state)
{
	struct forecast f = forecast_start(0);
	double now = 0;

	(void)state;
	for (uint64_t done = 1; done <= 100; done++)
		forecast_report(&f, now += 1, done, 10000);
	assert_true(forecast_seconds_left(&f) == 9900);
	for (uint64_t done = 101; done <= 10000; done++) {
		forecast_report(&f, now += 0.125, done, 10000);
		assert_true(f.from <= f.first + (now - f.first) / 2);
		assert_true(f.from >= f.first + (now - f.first) / 4 - 1);
	}
	assert_true(now == 100 + 9900 * 0.125);
	assert_true((f.last - f.from) / (double)(f.done - f.from_done) == 0.125);
}

static void test_not_from_nothing(void **state)
{
	struct forecast f = forecast_start(0);

	(void)state;
	forecast_report(&f, 0.25, 10, 1000);
	forecast_report(&f, 0.5, 20, 1000);
	assert_false(forecast_is_ready(&f)); /* too early */
	forecast_report(&f, 1, 30, 1000);
	assert_true(forecast_is_ready(&f));

	f = forecast_start(0);
	forecast_report(&f, 7, 10, 1000);
	assert_false(forecast_is_ready(&f)); /* one report */
	forecast_report(&f, 8, 10, 1000);
	assert_false(forecast_is_ready(&f)); /* nothing was done since */
}

static void test_next_run(void **state)
{
	struct forecast f = forecast_start(0);

	(void)state;
	forecast_report(&f, 10, 500, 1000);
	forecast_report(&f, 20, 1000, 1000);
	forecast_report(&f, 30, 10, 400);
	assert_false(forecast_is_ready(&f));
	forecast_report(&f, 32, 20, 400);
	assert_true(forecast_is_ready(&f));
	assert_true(forecast_seconds_left(&f) == 380 * 0.2);
	assert_true(forecast_seconds_total(&f) == 2 + 380 * 0.2);
}

static void test_texts(void **state)
{
	static const struct {
		double seconds;
		const char *text;
	} times[] = {{0, "0.0 s"},      {0.44, "0.4 s"},       {9.94, "9.9 s"},
		     {9.96, "10 s"},    {99, "99 s"},          {120, "2 min"},
		     {360, "6 min"},    {3599, "1 h"},         {3600, "1 h"},
		     {7500, "2 h 5 min"}, {100000, "27 h 47 min"}, {259200, "3 days"},
		     {273600, "3 days 4 h"}, {1e300, "ages"}};
	static const struct {
		uint64_t bytes;
		const char *text;
	} sizes[] = {{0, "0 B"},           {1023, "1023 B"},      {1024, "1.0 KiB"},
		     {1025, "1.1 KiB"},    {10240, "10 KiB"},     {10241, "11 KiB"},
		     {188743680, "180 MiB"}, {188743681, "181 MiB"}, {(uint64_t)3 << 29, "1.5 GiB"},
		     {UINT64_MAX, "16 EiB"}};
	static const struct {
		double rate;
		const char *text;
	} rates[] = {{85, "85 /s"}, {31234, "31.2 k/s"}, {999.9, "1 k/s"}, {5.2e6, "5.2 M/s"}};
	char text[FORECAST_TEXT_BYTES];

	(void)state;
	for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
		forecast_duration(times[i].seconds, text);
		assert_string_equal(text, times[i].text);
	}
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		forecast_size(sizes[i].bytes, text);
		assert_string_equal(text, sizes[i].text);
	}
	for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
		forecast_rate(rates[i].rate, text);
		assert_string_equal(text, rates[i].text);
	}
}

/* ---- Runs that are watched. ---- */

struct watch {
	uint64_t stop_at; /* symbols */
	uint64_t done, n, n_calls;
	double bits;
};

static bool look(void *context, uint64_t done, uint64_t n, double bits)
{
	struct watch *w = context;

	assert_true(done > w->done && done <= n);
	assert_true(bits >= w->bits);
	w->done = done;
	w->n = n;
	w->bits = bits;
	w->n_calls++;
	return done < w->stop_at;
}

/* Text of words, as bytes or as a token file. */
static struct buffer make_input(bool is_tokens)
{
	struct rng rng = rng_stream(3, 0, 0);
	struct buffer out = {0};

	if (is_tokens)
		tokens_write_header(&out, INPUT_BYTES);
	for (size_t i = 0; i < INPUT_BYTES; i++) {
		uint16_t symbol = (uint16_t)(i % 7 ? 'a' + i % 7 * i % 5 : rng_below(&rng, 100));

		if (is_tokens)
			tokens_append(&out, &symbol, 1);
		else
			buffer_append_byte(&out, (uint8_t)symbol);
	}
	assert_int_equal(buffer_status(&out), STATUS_OK);
	return out;
}

static struct archive_settings settings_of(const struct predictor_ops *model, bool is_tokens,
					   uint64_t block, int threads)
{
	struct archive_settings s;

	assert_int_equal(archive_settings_parse(&s, model_text_for(model)), STATUS_OK);
	s.transformer = model_for(model, is_tokens, 300);
	s.block_symbols = model->whole_stream ? 0 : block;
	s.threads = threads;
	return s;
}

/* What a plan says is so, and the last report is of all. */
static void check_whole(struct archive_settings s, const struct buffer *in, struct buffer *archive)
{
	struct watch w = {.stop_at = UINT64_MAX};
	struct archive_stats stats;
	struct archive_plan plan;
	struct archive_info info;

	assert_int_equal(archive_plan(&s, in->data, in->size_bytes, &plan), STATUS_OK);
	s.progress = look;
	s.progress_context = &w;
	assert_int_equal(archive_compress(&s, in->data, in->size_bytes, archive, &stats),
			 STATUS_OK);
	assert_int_equal(archive_inspect(archive->data, archive->size_bytes, &info), STATUS_OK);
	assert_true(w.done == plan.n_symbols && w.n == plan.n_symbols);
	assert_true(plan.n_symbols == INPUT_BYTES && stats.n_symbols_coded == plan.n_symbols);
	assert_true(plan.n_blocks == stats.n_blocks && plan.symbol_bytes == stats.symbol_bytes);
	assert_true((uint64_t)plan.threads <= plan.n_blocks && plan.threads >= 1);
	assert_true(w.bits <= stats.ideal_bits * (1 + 1e-12) || stats.stored_blocks);
	archive_info_free(&info);
}

/* Stopped at some report, in both directions. */
static void check_stopped(struct archive_settings s, const struct buffer *in,
			  const struct buffer *archive)
{
	for (uint64_t stop_at = 1; stop_at <= INPUT_BYTES; stop_at += 2500) {
		struct watch encoding = {.stop_at = stop_at}, decoding = {.stop_at = stop_at};
		struct archive_reading reading = {.transformer = s.transformer,
						  .threads = s.threads,
						  .progress = look,
						  .progress_context = &decoding};
		struct buffer out = {0}, back = {0};

		s.progress = look;
		s.progress_context = &encoding;
		assert_int_equal(archive_compress(&s, in->data, in->size_bytes, &out, NULL),
				 STATUS_LIMIT);
		assert_int_equal(out.size_bytes, 0);
		assert_true(encoding.done >= stop_at && encoding.done < stop_at + 4096);
		assert_int_equal(archive_decompress(&reading, archive->data, archive->size_bytes,
						    &back, NULL),
				 STATUS_LIMIT);
		buffer_free(&out);
		buffer_free(&back);
	}
}

static void test_watched(void **state)
{
	(void)state;
	for (int is_tokens = 0; is_tokens < 2; is_tokens++) {
		struct buffer in = make_input(is_tokens);

		for (const struct predictor_ops *const *p = predictors; *p; p++)
			for (int threads = 1; threads <= 2 && !(*p)->needs_world; threads++) {
				struct archive_settings s = settings_of(
				    *p, is_tokens, threads == 1 ? 0 : 2500, threads);
				struct buffer archive = {0};

				check_whole(s, &in, &archive);
				check_stopped(s, &in, &archive);
				buffer_free(&archive);
			}
		buffer_free(&in);
	}
}

/* The plan refuses what the run would refuse, with the same sentence. */
static void test_plan_refuses(void **state)
{
	struct archive_settings s = settings_of(predictor_by_name("order0"), true, 0, 1);
	struct buffer in = make_input(true), out = {0};
	struct archive_plan plan;
	char sentence[512];

	(void)state;
	in.size_bytes--;
	assert_int_equal(archive_plan(&s, in.data, in.size_bytes, &plan), STATUS_CORRUPT);
	snprintf(sentence, sizeof sentence, "%s", status_message());
	assert_int_equal(archive_compress(&s, in.data, in.size_bytes, &out, NULL), STATUS_CORRUPT);
	assert_string_equal(sentence, status_message());
	buffer_free(&in);
	buffer_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_even_speed),   cmocka_unit_test(test_change_of_speed),
	    cmocka_unit_test(test_not_from_nothing),
	    cmocka_unit_test(test_next_run),     cmocka_unit_test(test_texts),
	    cmocka_unit_test(test_watched),      cmocka_unit_test(test_plan_refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
