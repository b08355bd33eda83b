/*
 * Reports about our domain, not about a reader: aggregate reports of DMARC (RFC 9990, formerly RFC
 * 7489) and of TLS (RFC 8460). Recognised by what the standards prescribe: the subject, and the
 * name and type of the attached file; the content of the file is not read.
 */
#include <string.h>
#include <strings.h>

#include "bounce/detect.h"

static bool ends_in(const char *name, const char *const ends[])
{
    size_t len = strlen(name);
    for (size_t i = 0; ends[i] != NULL; i++) {
        size_t end = strlen(ends[i]);
        if (len > end && strcasecmp(name + len - end, ends[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* "receiver!policy-domain!begin!end.xml.gz", with an optional "!unique-id". */
static bool is_named_so(const char *name, const char *const ends[])
{
    int marks = 0;
    for (const char *at = strchr(name, '!'); at != NULL; at = strchr(at + 1, '!')) {
        marks++;
    }
    return marks >= 3 && marks <= 4 && ends_in(name, ends);
}

static enum bounce_reason part_reason(const struct split_part *part)
{
    static const char *const dmarc[] = {".xml", ".xml.gz", ".xml.zip", ".zip", ".gz", NULL};
    static const char *const tls[] = {".json", ".json.gz", NULL};
    if (strncmp(part->type, "application/tlsrpt+", 19) == 0 || is_named_so(part->name, tls)) {
        return REASON_TLS_REPORT;
    }
    return is_named_so(part->name, dmarc) ? REASON_DMARC_REPORT : REASON_NONE;
}

/* "Report Domain: example.org Submitter: example.net Report-ID: <7>" is the subject of both. */
static bool is_file(const struct split_part *part)
{
    static const char *const types[] = {"application/gzip",
                                        "application/x-gzip",
                                        "application/zip",
                                        "application/x-zip-compressed",
                                        "application/x-zip",
                                        "application/octet-stream",
                                        "application/xml",
                                        "text/xml",
                                        NULL};
    for (size_t i = 0; types[i] != NULL; i++) {
        if (strcmp(part->type, types[i]) == 0) {
            return true;
        }
    }
    return false;
}

bool detect_aggregate(struct detection *detection)
{
    const struct split *split = detection->split;
    const char *subject = detection->evidence.subject;
    bool named = strstr(subject, "report domain:") != NULL && strstr(subject, "submitter:") != NULL;
    bool tls = strcmp(split->report_type, "tlsrpt") == 0 ||
               split_find(&split->fields, "tls-report-domain") != NULL;
    enum bounce_reason reason = tls ? REASON_TLS_REPORT : REASON_NONE;
    for (size_t i = 0; i < split->count && reason == REASON_NONE; i++) {
        const struct split_part *part = &split->parts[i];
        if (part->depth == 0) {
            reason = part_reason(part);
            reason = reason == REASON_NONE && named && is_file(part) ? REASON_DMARC_REPORT : reason;
        }
    }
    if (reason == REASON_NONE || detection->evidence.reply) {
        return false;
    }
    detect_answer(detection, BOUNCE_REPORT, reason, named ? DETECTOR_SUBJECT : DETECTOR_HEADER);
    detection->report->automatic = true;
    return true;
}
