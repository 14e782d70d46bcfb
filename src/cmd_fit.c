/* SPDX-License-Identifier: BSD-2-Clause */
#include "cmd_fit.h"

#include "cmd.h"
#include "training_data.h"

enum status cmd_fit(const struct cmd_fit *fit, const char *path, const struct buffer *in,
		    struct trainer_result *r)
{
	struct cmd_meter meter = cmd_meter_start(fit->quiet);
	struct trainer_settings settings = trainer_defaults();
	struct training_data data = {0};
	enum status s = training_data_append_file(&data, path, in);

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
