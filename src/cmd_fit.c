/* SPDX-License-Identifier: BSD-2-Clause */
#include "cmd_fit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "tokens.h"
#include "training_data.h"

/* The symbols as they were read, without knowing of sentences. */
static enum status take_symbols(struct training_data *d, const struct buffer *in)
{
	bool is_tokens = tokens_recognise(in->data, in->size_bytes);
	uint32_t n_symbols = 256;
	uint16_t *symbol = NULL;
	struct tokens t;
	size_t n = in->size_bytes;

	if (is_tokens) {
		TRY(tokens_parse(in->data, in->size_bytes, &t));
		n_symbols = tokens_alphabet(t.data, t.n_tokens);
		TRY(tokens_read(in->data, in->size_bytes, &symbol, &n));
	} else {
		symbol = malloc((n + 1) * sizeof *symbol);
		for (size_t i = 0; symbol && i < n; i++)
			symbol[i] = in->data[i];
	}
	enum status s = symbol ? training_data_append(d, symbol, n, n_symbols, is_tokens,
						      TRANSFORMER_NO_SEPARATOR)
			       : fail_no_memory();

	free(symbol);
	return s;
}

/* training_data_add() would take the corpus PREFIX.bin for the file PREFIX beside it. */
static enum status take_data(struct training_data *d, const char *path, const struct buffer *in)
{
	char corpus[CMD_PATH_BYTES];

	snprintf(corpus, sizeof corpus, "%s.bin", path);
	if (strcmp(path, "-") == 0 || access(corpus, F_OK) == 0)
		return take_symbols(d, in);
	return training_data_add(d, path);
}

enum status cmd_fit(const struct cmd_fit *fit, const char *path, const struct buffer *in,
		    struct trainer_result *r)
{
	struct cmd_meter meter = cmd_meter_start(fit->quiet);
	struct trainer_settings settings = trainer_defaults();
	struct training_data data = {0};
	enum status s = take_data(&data, path, in);

	*r = (struct trainer_result){0};
	settings.seconds = (double)fit->seconds;
	settings.bits = (unsigned)fit->bits;
	settings.rate_bits = 1;
	settings.valid_share = 0;
	if (fit->threads > 0)
		settings.threads = fit->threads;
	settings.progress = cmd_meter_training;
	settings.progress_context = &meter;
	if (s == STATUS_OK)
		s = trainer_run(&settings, &data, r);
	cmd_meter_end(&meter);
	training_data_free(&data);
	return s;
}
