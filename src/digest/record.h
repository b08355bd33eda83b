/*
 * The part "On the record" of an issue: what reviewers expect by a date, when an issue records it,
 * and the question about it when it is due.
 */
#ifndef DIGEST_RECORD_H
#define DIGEST_RECORD_H

#include "base/model.h"
#include "base/value.h"
#include "digest/newsletter.h"
#include "digest/say.h"

/* The words before the quoted sentence: "In November 2026 The Builder wrote of Otter:" if it is
 * due, "The Builder on Otter, on the record until May 2028:" if it is new. */
char *record_lead(const struct say *say, const struct prediction *prediction, const char *timezone);

/* "It is due. Was it right?" */
char *record_question(const struct say *say);

/* Sets has_record, has_due, due[] {lead, text, question, name, url, has_url, told, told_url,
 * has_told_url}, has_predictions and predictions[] {lead, text, name, until} of the issue. */
void record_set(const struct say *say, struct value *value, const struct newsletter *issue);

#endif
