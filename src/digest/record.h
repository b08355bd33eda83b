/*
 * "On the record": what reviewers expect by a date, said anew, and asked about when it is due.
 */
#ifndef DIGEST_RECORD_H
#define DIGEST_RECORD_H

#include "base/model.h"
#include "base/value.h"
#include "digest/newsletter.h"
#include "digest/say.h"

/* "In November 2026 The Builder wrote of Otter:" where it is due, "The Builder on Otter, on the
 * record until May 2028:" where it is new; the sentence is quoted behind it. */
char *record_lead(const struct say *say, const struct prediction *prediction, const char *timezone);

/* "It is due. Was it right?" */
char *record_question(const struct say *say);

/* Sets has_record, has_due, due[] {lead, text, question, name, url, has_url, told, told_url,
 * has_told_url}, has_predictions and predictions[] {lead, text, name, until} of the issue. */
void record_set(const struct say *say, struct value *value, const struct newsletter *issue);

#endif
