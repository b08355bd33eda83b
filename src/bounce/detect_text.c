/* Bounces without RFC 3464 fields: recognised by their words. */
#include <string.h>
#include <strings.h>

#include "bounce/detect.h"
#include "bounce/recipient.h"
#include "bounce/status.h"
#include "bounce/words.h"

enum { REGION_MAX = 900, WHOLE_MAX = 4000 };

/* The end of the paragraph about a recipient: where the next one begins. */
static size_t region_end(const struct candidate *candidates, size_t count, size_t index, size_t len)
{
    size_t end = candidates[index].end + REGION_MAX;
    for (size_t i = index + 1; i < count; i++) {
        bool other = strcasecmp(candidates[i].address, candidates[index].address) != 0;
        if (other && candidates[i].weight >= CANDIDATE_SURE) {
            end = candidates[i].start < end ? candidates[i].start : end;
            break;
        }
    }
    return end < len ? end : len;
}

/* Classifies by the recipient's own paragraph, or by the whole text if that gives no reason. */
static void judge_region(struct detection *detection, size_t start, size_t end,
                         struct bounce_recipient *recipient)
{
    const struct evidence_text *body = &detection->evidence.body;
    struct bounce_status none = {0};
    recipient_classify(detection->arena, body->said + start, end - start, REFUSAL_REPORT, &none,
                       recipient);
    bool whole = recipient->reason == REASON_UNDETERMINED;
    if (whole) {
        int code = recipient->code;
        struct bounce_status status = recipient->status;
        size_t len = body->len < WHOLE_MAX ? body->len : WHOLE_MAX;
        recipient_classify(detection->arena, body->said, len, REFUSAL_REPORT, &status, recipient);
        recipient->code = code != 0 ? code : recipient->code;
        start = 0;
        end = len;
    }
    if (detection->report->text[0] == '\0') {
        detect_say(detection, body->said + start, end - start);
    }
}

/* The report's own words in the subject: many append the returned message's subject after a colon.
 */
static const char *own_subject(const struct detection *detection)
{
    const char *subject = detection->evidence.subject;
    return words_say(MEANING_FAILED_PREFIX, subject) ? "" : subject;
}

/* Old versions of sendmail, and others, give the reason only in the subject. */
static void judge_subject(struct detection *detection, struct bounce_recipient *recipient)
{
    const char *subject = own_subject(detection);
    if (recipient->reason != REASON_UNDETERMINED || detection->evidence.reply) {
        return;
    }
    enum bounce_reason reason = words_reason(subject);
    if (reason != REASON_NONE) {
        recipient->reason = reason;
        recipient->class = status_class(reason, recipient->code == 0 || recipient->code >= 500);
    }
}

static bool text_delayed(const struct detection *detection,
                         const struct bounce_recipient *recipient)
{
    enum meaning subject = detection->evidence.bounce_subject;
    if (subject == MEANING_SUBJECT_DELAYED) {
        return true;
    }
    bool failed = subject != MEANING_NONE && recipient->code >= 500;
    return detection->evidence.opening == MEANING_OPENING_DELAYED && !failed;
}

static void finish(struct detection *detection, struct bounce_recipient *recipient)
{
    judge_subject(detection, recipient);
    if (text_delayed(detection, recipient)) {
        recipient->class = BOUNCE_DELAYED;
    }
    bounce_report_add(detection->report, recipient);
}

/* Where the text names the address; of several places the first with the greatest weight. */
static size_t find_mention(const struct candidate *candidates, size_t count, const char *address)
{
    size_t best = count;
    for (size_t i = 0; i < count; i++) {
        bool same = strcasecmp(candidates[i].address, address) == 0;
        if (same && (best == count || candidates[i].weight > candidates[best].weight)) {
            best = i;
        }
    }
    return best;
}

static void add_named(struct detection *detection, const char *address,
                      const struct candidate *candidates, size_t count)
{
    struct bounce_recipient recipient = {0};
    if (detection->report->recipient_count == BOUNCE_PEOPLE ||
        bounce_report_find(detection->report, address) != NULL) {
        return; /* before reading the words: a field may name thousands */
    }
    size_t at = find_mention(candidates, count, address);
    size_t start = at == count ? 0 : candidates[at].end;
    size_t end =
        at == count
            ? detection->evidence.body.len < WHOLE_MAX ? detection->evidence.body.len : WHOLE_MAX
            : region_end(candidates, count, at, detection->evidence.body.len);
    memccpy(recipient.address, address, 0, sizeof recipient.address - 1);
    judge_region(detection, start, end, &recipient);
    finish(detection, &recipient);
}

/* X-Failed-Recipients (Exim, Google): a list of addresses. */
static void add_failed_header(struct detection *detection, const struct candidate *candidates,
                              size_t count)
{
    const char *value = split_find(&detection->split->fields, "x-failed-recipients");
    struct candidate candidate;
    while (value != NULL && candidate_first(value, strlen(value), false, &candidate)) {
        add_named(detection, candidate.address, candidates, count);
        value += candidate.end;
    }
}

static void add_mentioned(struct detection *detection, const struct candidate *candidates,
                          size_t count)
{
    int most = 0;
    for (size_t i = 0; i < count; i++) {
        most = candidates[i].weight > most ? candidates[i].weight : most;
    }
    int least = most - 3 > CANDIDATE_SURE ? most - 3 : CANDIDATE_SURE;
    for (size_t i = 0; i < count; i++) {
        if (candidates[i].weight >= least) {
            add_named(detection, candidates[i].address, candidates, count);
        }
    }
}

/* If no recipient is certain: the returned header, a VERP address, or the likeliest address in the
 * text. */
static void add_guess(struct detection *detection, const struct candidate *candidates, size_t count)
{
    char address[BOUNCE_ADDRESS];
    const char *to = split_find(&detection->split->fields, "to");
    if (detect_returned_recipient(detection, address) ||
        (to != NULL && candidate_verp(to, address))) {
        add_named(detection, address, candidates, count);
        return;
    }
    size_t best = count;
    for (size_t i = 0; i < count; i++) {
        if (candidates[i].weight > -4 &&
            (best == count || candidates[i].weight > candidates[best].weight)) {
            best = i;
        }
    }
    if (best < count) {
        add_named(detection, candidates[best].address, candidates, count);
    }
}

bool detect_sure_candidate(const struct detection *detection, char out[BOUNCE_ADDRESS])
{
    const struct evidence_text *body = &detection->evidence.body;
    struct candidate *candidates =
        arena_array(detection->arena, CANDIDATES_MAX, sizeof *candidates);
    size_t count =
               candidates_find(detection->arena, body->text, body->len, detection->own, candidates),
           best = 0;
    for (size_t i = 1; i < count; i++) {
        best = candidates[i].weight > candidates[best].weight ? i : best;
    }
    if (count == 0 || candidates[best].weight < CANDIDATE_SURE) {
        return false;
    }
    memcpy(out, candidates[best].address, BOUNCE_ADDRESS);
    return true;
}

/* Whether anything besides the words shows that this is a report. A postmaster may be a person who
 * writes about bounces and receives lists of them; and phishers call themselves Mail Delivery. */
static bool vouched(const struct detection *detection)
{
    const struct bounce_report *report = detection->report;
    const struct evidence *evidence = &detection->evidence;
    if (evidence->null_path || evidence->failed_header) {
        return true;
    }
    if ((evidence->returned || evidence->body.marked) && (evidence->daemon || evidence->coded)) {
        return true;
    }
    if (evidence->letter || evidence->enveloped || evidence->opening == MEANING_NONE ||
        (evidence->personal && !evidence->opens)) {
        return false;
    }
    if (evidence->bounce_subject == MEANING_NONE || evidence->reply) {
        return evidence->opens && evidence->coded && evidence->daemon_address;
    }
    if (evidence->daemon_strong) {
        return true;
    }
    if (evidence->daemon_address) {
        return evidence->coded || report->class == BOUNCE_SOFT ||
               report->reason == REASON_USER_UNKNOWN || report->reason == REASON_HOST_UNKNOWN;
    }
    return evidence->opens && evidence->coded && report->recipient_count > 0;
}

static void doubt(struct detection *detection)
{
    struct bounce_report *report = detection->report;
    if ((report->class != BOUNCE_HARD && report->class != BOUNCE_SOFT) || vouched(detection)) {
        return;
    }
    if (detection->evidence.letter && !detection->evidence.automatic) {
        detect_answer(detection, BOUNCE_MAIL, REASON_PERSON, DETECTOR_NONE);
        report->recipient_count = 0;
        report->code = 0;
        report->status = (struct bounce_status){0};
        report->text[0] = '\0';
    } else {
        report->class = BOUNCE_UNKNOWN;
        for (size_t i = 0; i < report->recipient_count; i++) {
            report->recipients[i].class = BOUNCE_UNKNOWN;
        }
    }
}

bool detect_text(struct detection *detection)
{
    if (!evidence_of_bounce(&detection->evidence)) {
        return false;
    }
    const struct evidence_text *body = &detection->evidence.body;
    struct candidate *candidates =
        arena_array(detection->arena, CANDIDATES_MAX, sizeof *candidates);
    size_t count =
        candidates_find(detection->arena, body->text, body->len, detection->own, candidates);
    add_failed_header(detection, candidates, count);
    if (detection->report->recipient_count == 0) {
        add_mentioned(detection, candidates, count);
    }
    if (detection->report->recipient_count == 0) {
        add_guess(detection, candidates, count);
    }
    if (detection->report->recipient_count == 0) {
        /* No recipient is named. */
        struct bounce_recipient nobody = {0};
        judge_region(detection, 0, body->len < WHOLE_MAX ? body->len : WHOLE_MAX, &nobody);
        finish(detection, &nobody);
    }
    detect_conclude(detection, DETECTOR_TEXT);
    doubt(detection);
    return true;
}
