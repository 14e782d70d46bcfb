/* SPDX-License-Identifier: BSD-2-Clause */
#include "experiment_probe.h"

#include <stdio.h>

/* Few words and names, so that what a model has to store is facts; so many elements of so different
 * frequencies that the smallest model has room for a tenth of them, the largest for most. */
#define SENTENCES "24000" /* 20000 of them learnt */
static const char *const corpus_options[] = {
    "sk", "--alpha",      "0.6", "--beta",        "100", "--types",      "4",       "--templates",
    "8",  "--classes",    "4",   "--class-words", "4",   "--words",      "48",      "--attributes",
    "4",  "--values",     "32",  "--first-names", "80",  "--last-names", "80",      "--facts",
    "2",  "--min-tokens", "5",   "--max-tokens",  "8",   "--sentences",  SENTENCES, "--seed"};
#define CORPUS_WORDS (sizeof corpus_options / sizeof *corpus_options)

#define QUICK_STEPS 3000
#define FULL_STEPS 20000

static const struct size {
	unsigned layers, dim;
	unsigned times; /* the steps of the others */
	bool full;      /* only at full scale */
} sizes[] = {{1, 16, 1, false}, {1, 32, 1, false}, {2, 32, 1, false}, {2, 48, 1, false},
	     {2, 64, 1, false}, {1, 16, 4, false}, {2, 96, 1, true},  {2, 128, 1, true}};

static enum status plan_corpus(struct bench *b, unsigned seed, bool full)
{
	const char *options[CORPUS_WORDS + 2] = {NULL};
	char title[128], name[64], number[16], figure[64];
	const struct subject *s;

	for (size_t i = 0; i < CORPUS_WORDS; i++)
		options[i] = corpus_options[i];
	snprintf(number, sizeof number, "%u", seed);
	snprintf(title, sizeof title, "sk of facts, seed %u, " SENTENCES " sentences", seed);
	snprintf(name, sizeof name, "sk-facts-%u", seed);
	options[CORPUS_WORDS] = number;
	TRY(subject_add_drawn(b, title, name, options, &s));
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		if (sizes[i].full && !full)
			continue;
		snprintf(figure, sizeof figure, "probe:layers=%u,dim=%u,steps=%u", sizes[i].layers,
			 sizes[i].dim, sizes[i].times * (full ? FULL_STEPS : QUICK_STEPS));
		TRY(plan_figure(b, figure, s));
	}
	return STATUS_OK;
}

enum status experiment_probe_plan(struct bench *b, const struct experiment_request *q)
{
	bool full = q->scale == EXPERIMENT_FULL;

	for (unsigned seed = 1; seed <= (full ? 5 : 3); seed++)
		TRY(plan_corpus(b, seed, full));
	return STATUS_OK;
}
