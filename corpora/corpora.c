/* SPDX-License-Identifier: BSD-2-Clause
 *
 * corpora.c - the registry of families.  To add one: a file beside this one and a line here.
 */
#include <fenv.h>
#include <string.h>

#include "corpus.h"

extern const struct corpus_ops sk_corpus_ops;
extern const struct corpus_ops bios_corpus_ops;
extern const struct corpus_ops iid_corpus_ops;
extern const struct corpus_ops markov_corpus_ops;
extern const struct corpus_ops santafe_corpus_ops;
extern const struct corpus_ops file_corpus_ops;

const struct corpus_ops *const corpus_families[] = {
    &sk_corpus_ops,
    &bios_corpus_ops,
    &iid_corpus_ops,
    &markov_corpus_ops,
    &santafe_corpus_ops,
    &file_corpus_ops,
    NULL,
};

const struct corpus_ops *corpus_family_by_name(const char *name)
{
	for (const struct corpus_ops *const *c = corpus_families; *c; c++)
		if (strcmp((*c)->name, name) == 0)
			return *c;
	return NULL;
}

bool corpus_has_sentences(const struct world *w)
{
	const struct corpus_ops *family = corpus_family_by_name(w->family);

	return family && family->has_sentences;
}

enum status corpus_generate(const struct corpus_ops *family, const struct corpus_request *q)
{
	fenv_t callers;
	enum status s;

	fegetenv(&callers);
	fesetenv(FE_DFL_ENV);
	s = family->generate(q);
	fesetenv(&callers);
	return s;
}
