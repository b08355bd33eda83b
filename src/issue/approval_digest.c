#include "issue/approval_digest.h"

#include <string.h>

enum { TOLERANCE = 3 * 3600, SELECTING = 3600, SEALED_MAX = 64 * 1024 * 1024 };

int64_t approval_date(int64_t date, int64_t now)
{
    return now - date > TOLERANCE ? now : date;
}

int64_t approval_date_to_show(int64_t date, int64_t shown, int64_t now)
{
    int64_t oldest = now - (TOLERANCE - SELECTING);
    if (date >= oldest) {
        return date;
    }
    return shown >= oldest && shown <= now ? shown : now;
}

bool approval_date_holds(int64_t date, int64_t shown, int64_t now)
{
    return shown >= now - TOLERANCE && (shown <= now || shown == date);
}

/* Includes the NUL, so that different lists of texts never give the same bytes. */
static void add(struct buf *sealed, const char *text)
{
    buf_add(sealed, text, strlen(text) + 1);
}

void approval_digest_make(struct arena *arena, const struct issue *issue,
                          const struct sender *sender, const struct words *words,
                          const struct issue_variant *variants, size_t count,
                          struct approval_digest *approved)
{
    struct buf sealed;
    buf_init(&sealed, SEALED_MAX);
    buf_addf(&sealed, "%lld %lld ", (long long)issue->number, (long long)approved->date);
    add(&sealed, issue->iso_week);
    add(&sealed, issue->subject);
    add(&sealed, issue->preheader);
    add(&sealed, sender_to_json(arena, sender));
    words_write(words, &sealed);
    for (size_t i = 0; i < count; i++) {
        add(&sealed, variants[i].topics);
        add(&sealed, variants[i].html_sha256);
        add(&sealed, variants[i].text_sha256);
        add(&sealed, variants[i].subject != NULL ? variants[i].subject : "");
    }
    hash_sha256_hex(sealed.data, sealed.len, approved->digest);
    buf_free(&sealed);
}
