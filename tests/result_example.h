/* SPDX-License-Identifier: BSD-2-Clause
 *
 * result_example.h - results as a benchmark makes them, for tests of what keeps and shows them.
 */
#ifndef TWOPART_RESULT_EXAMPLE_H
#define TWOPART_RESULT_EXAMPLE_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "machine.h"
#include "result.h"

#include <cmocka.h>

static inline struct spec example_spec(const char *name)
{
	struct spec s = {
	    .corpus = {.n_tokens = 1000,
		       .text_bytes = 4000,
		       .known_bits = NAN,
		       .known_bits_expected = NAN,
		       .bayes_bits = 5000.25,
		       .two_part_bits = NAN},
	    .input_bytes = 2000,
	    .wants_regret = true,
	    .threads = 1,
	    .limit_seconds = 600,
	    .limit_memory_bytes = (uint64_t)4 << 30,
	};

	snprintf(s.corpus.title, sizeof s.corpus.title, "seed 2");
	snprintf(s.corpus.source, sizeof s.corpus.source, "generate sk --seed 2");
	snprintf(s.corpus.digest, sizeof s.corpus.digest, "00112233aabbccdd");
	snprintf(s.on, sizeof s.on, "tokens");
	snprintf(s.name, sizeof s.name, "%s", name);
	snprintf(s.method, sizeof s.method, "model:%s", name);
	snprintf(s.version, sizeof s.version, "1.0");
	return s;
}

/* One that ended well, with times that rise from one repetition to the next. */
static inline struct result example_result(const char *name, size_t n_runs)
{
	struct result r = {
	    .spec = example_spec(name),
	    .machine = json_pack("{s:s,s:i}", "cpu", "Example 1", "cores", 2),
	    .outcome = OUTCOME_OK,
	    .archive_bytes = 700,
	    .model_bytes = 0,
	    .decoder_bytes = NAN,
	    .ideal_bits = 5550.5,
	    .regret_bits = {10, -20.5, 30, 40},
	    .run = calloc(n_runs ? n_runs : 1, sizeof *r.run),
	    .n_runs = n_runs,
	};

	for (size_t i = 0; i < n_runs; i++) {
		double x = (double)(i + 1) / 3;

		r.run[i] = (struct result_run){.compress = {x, x, 2 * x, 10 + x},
					       .decompress = {x / 2, x / 2, x, 5 + x},
					       .load = x};
	}
	snprintf(r.program, sizeof r.program, "1.2.3 0123456789ab");
	snprintf(r.finished, sizeof r.finished, "2026-11-21T14:55:00Z");
	assert_int_equal(machine_id(r.machine, r.machine_id), STATUS_OK);
	spec_key(&r.spec, r.machine_id, r.key);
	return r;
}

#endif
