#include "bounce/parse.h"

#include <ctype.h>
#include <libetpan/libetpan.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "bounce/charset.h"
#include "bounce/html.h"

struct parser {
    struct arena *arena;
    const struct charsets *charsets;
    struct split *split;
};

enum { DEPTH_MAX = 40, TYPE_MAX = 100, MULTIPARTS_MAX = 1000 };

/* The message without an mbox line and leading blank lines, with LF line ends: some systems keep
 * CRLF, some a lone CR. */
static const char *normalize(struct arena *arena, const char *bytes, size_t len, size_t *out_len)
{
    size_t out;
    const char *start = charset_clean(arena, bytes, len, &out);
    for (;;) { /* skip lines of white space before the header */
        size_t blank = strspn(start, " \t");
        if (start[blank] != '\n') {
            break;
        }
        start += blank + 1;
        out -= blank + 1;
    }
    if (out > 5 && memcmp(start, "From ", 5) == 0) {
        const char *end = memchr(start, '\n', out);
        size_t line = end == NULL ? out : (size_t)(end - start) + 1;
        start += line;
        out -= line;
    }
    *out_len = out;
    return start;
}

static const char *discrete_name(const struct mailmime_discrete_type *type)
{
    switch (type->dt_type) {
    case MAILMIME_DISCRETE_TYPE_TEXT:
        return "text";
    case MAILMIME_DISCRETE_TYPE_EXTENSION:
        return type->dt_extension;
    default:
        return "application";
    }
}

/* "text/plain", lowercase. */
static void type_name(const struct mailmime_content *content, char out[TYPE_MAX])
{
    const char *type = "text", *subtype = "plain";
    if (content != NULL && content->ct_type != NULL && content->ct_subtype != NULL) {
        subtype = content->ct_subtype;
        if (content->ct_type->tp_type == MAILMIME_TYPE_DISCRETE_TYPE) {
            type = discrete_name(content->ct_type->tp_data.tp_discrete_type);
        } else {
            int composite = content->ct_type->tp_data.tp_composite_type->ct_type;
            type = composite == MAILMIME_COMPOSITE_TYPE_MESSAGE ? "message" : "multipart";
        }
    }
    snprintf(out, TYPE_MAX, "%.45s/%.45s", type == NULL ? "x" : type, subtype);
    for (char *at = out; *at != '\0'; at++) {
        *at = (char)tolower((unsigned char)*at);
    }
}

static enum split_kind part_kind(const char *type)
{
    static const struct {
        const char *type;
        enum split_kind kind;
    } kinds[] = {
        {"text/plain", SPLIT_TEXT},
        {"text/html", SPLIT_TEXT},
        {"message/delivery-status", SPLIT_STATUS},
        {"message/global-delivery-status", SPLIT_STATUS},
        {"text/delivery-status", SPLIT_STATUS},
        {"message/feedback-report", SPLIT_FEEDBACK},
        {"message/disposition-notification", SPLIT_DISPOSITION},
        {"message/global-disposition-notification", SPLIT_DISPOSITION},
        {"text/rfc822-headers", SPLIT_RETURNED},
        {"text/rfc822-header", SPLIT_RETURNED},
        {"text/rfc822", SPLIT_RETURNED},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strcmp(type, kinds[i].type) == 0) {
            return kinds[i].kind;
        }
    }
    if (strncmp(type, "message/", 8) == 0) {
        return SPLIT_RETURNED;
    }
    /* Enriched text, text/x-anything: any of them contains words. */
    return strncmp(type, "text/", 5) == 0 && strcmp(type, "text/calendar") != 0 ? SPLIT_TEXT
                                                                                : SPLIT_OTHER;
}

/* The body's bytes with the transfer encoding decoded; in the arena. */
static const char *decode_body(struct arena *arena, const struct mailmime_data *data, size_t *len)
{
    *len = 0;
    if (data == NULL || data->dt_type != MAILMIME_DATA_TEXT) {
        return "";
    }
    char *decoded = NULL;
    size_t index = 0, decoded_len = 0;
    int result = mailmime_part_parse(data->dt_data.dt_text.dt_data, data->dt_data.dt_text.dt_length,
                                     &index, data->dt_encoding, &decoded, &decoded_len);
    if (result != MAILIMF_NO_ERROR) {
        *len = data->dt_data.dt_text.dt_length;
        return arena_copy_bytes(arena, data->dt_data.dt_text.dt_data, *len);
    }
    const char *copy = arena_copy_bytes(arena, decoded, decoded_len);
    mailmime_decoded_part_free(decoded);
    *len = decoded_len;
    return copy;
}

static void decode_fields(struct parser *parser, struct split_fields *fields)
{
    for (size_t i = 0; i < fields->count; i++) {
        const char *raw = fields->list[i].value;
        raw = charset_decode(parser->arena, parser->charsets, NULL, raw, strlen(raw), NULL);
        /* This field has no encoded-words (RFC 8601 2.2): decoding would turn what a sender has
         * hidden in one into a result. */
        bool plain = strcmp(fields->list[i].name, "authentication-results") == 0;
        fields->list[i].value =
            plain ? raw : charset_decode_words(parser->arena, parser->charsets, raw);
    }
}

static struct split_part *add_part(struct parser *parser, enum split_kind kind, int depth)
{
    if (parser->split->count == SPLIT_PARTS) {
        return NULL;
    }
    struct split_part *part = &parser->split->parts[parser->split->count++];
    *part = (struct split_part){.kind = kind, .depth = depth, .type = "", .name = "", .text = ""};
    return part;
}

static void add_returned(struct parser *parser, const char *text, size_t len, int depth)
{
    struct split_part *part = add_part(parser, SPLIT_RETURNED, depth);
    if (part == NULL) {
        return;
    }
    size_t start_len;
    const char *start = normalize(parser->arena, text, len, &start_len);
    split_read_fields(parser->arena, start, start_len, &part->fields, NULL);
    decode_fields(parser, &part->fields);
}

static const char *file_name(struct parser *parser, const struct mailmime *mime)
{
    struct mailmime_single_fields fields;
    mailmime_single_fields_init(&fields, mime->mm_mime_fields, mime->mm_content_type);
    const char *name = fields.fld_disposition_filename;
    name = name != NULL ? name : fields.fld_content_name;
    return name == NULL
               ? ""
               : charset_decode(parser->arena, parser->charsets, NULL, name, strlen(name), NULL);
}

static void add_single(struct parser *parser, const struct mailmime *mime, int depth)
{
    char type[TYPE_MAX];
    type_name(mime->mm_content_type, type);
    enum split_kind kind = part_kind(type);
    size_t len = 0;
    const char *bytes = "";
    if (kind != SPLIT_OTHER) {
        bytes = decode_body(parser->arena, mime->mm_data.mm_single, &len);
    }
    if (kind == SPLIT_RETURNED) {
        add_returned(parser, bytes, len, depth);
        return;
    }
    struct split_part *part = add_part(parser, kind, depth);
    if (part == NULL) {
        return;
    }
    part->type = arena_copy(parser->arena, type);
    part->name = file_name(parser, mime);
    if (kind == SPLIT_OTHER) {
        return;
    }
    const char *charset =
        mime->mm_content_type == NULL ? NULL : mailmime_content_charset_get(mime->mm_content_type);
    part->text = charset_decode(parser->arena, parser->charsets, charset, bytes, len, &part->len);
    part->html = strcmp(type, "text/html") == 0;
    if (part->html) {
        part->text = html_text(parser->arena, part->text, part->len, &part->len);
    }
}

static void walk(struct parser *parser, const struct mailmime *mime, int depth, int level)
{
    if (mime == NULL || level > DEPTH_MAX) {
        return;
    }
    if (mime->mm_type == MAILMIME_SINGLE) {
        add_single(parser, mime, depth);
    } else if (mime->mm_type == MAILMIME_MULTIPLE) {
        for (clistiter *part = clist_begin(mime->mm_data.mm_multipart.mm_mp_list); part != NULL;
             part = clist_next(part)) {
            walk(parser, clist_content(part), depth, level + 1);
        }
    } else if (mime->mm_parent == NULL) {
        walk(parser, mime->mm_data.mm_message.mm_msg_mime, depth, level + 1);
    } else {
        size_t len;
        const char *bytes = decode_body(parser->arena, mime->mm_body, &len);
        add_returned(parser, bytes, len, depth);
        walk(parser, mime->mm_data.mm_message.mm_msg_mime, depth + 1, level + 1);
    }
}

/* A body that is not MIME, or that libetpan cannot parse. */
static void add_raw(struct parser *parser, const char *text, size_t len)
{
    struct split_part *part = add_part(parser, SPLIT_TEXT, 0);
    if (part != NULL) {
        part->text = charset_decode(parser->arena, parser->charsets, NULL, text, len, &part->len);
    }
}

static bool has_words(const struct split *split)
{
    for (size_t i = 0; i < split->count; i++) {
        if (split->parts[i].kind != SPLIT_OTHER) {
            return true;
        }
    }
    return false;
}

/* The value of a parameter of Content-Type, in lower case; "" if absent. */
static const char *parameter(struct arena *arena, const char *field, const char *name)
{
    const char *at = field == NULL ? NULL : strcasestr(field, name);
    if (at == NULL) {
        return "";
    }
    at += strlen(name) + strspn(at + strlen(name), " ");
    if (*at != '=') {
        return "";
    }
    at += 1 + strspn(at + 1, " \"");
    char *value = arena_copy_bytes(arena, at, strcspn(at, " \";"));
    for (char *letter = value; *letter != '\0'; letter++) {
        *letter = (char)tolower((unsigned char)*letter);
    }
    return value;
}

static void read_type(struct parser *parser)
{
    const char *field = split_find(&parser->split->fields, "content-type");
    char *type = arena_copy_bytes(parser->arena, field ? field : "text/plain",
                                  field ? strcspn(field, "; \t") : 10);
    for (char *letter = type; *letter != '\0'; letter++) {
        *letter = (char)tolower((unsigned char)*letter);
    }
    parser->split->type = type;
    parser->split->report_type = parameter(parser->arena, field, "report-type");
}

/* libetpan's time grows with the square of the number of nested multiparts: a few hundred such
 * messages would delay `weekly`, which reads bounces first, for hours. A digest has a dozen or so.
 */
static size_t front_len(const char *text, size_t len)
{
    const char *at = text;
    for (int i = 0; i < MULTIPARTS_MAX && at != NULL; i++) {
        at = strcasestr(i == 0 ? at : at + 1, "multipart");
    }
    return at == NULL ? len : (size_t)(at - text);
}

/* The position of a line of `len` bytes in the text; NULL if it does not occur. */
static const char *find_line(const char *text, size_t text_len, const char *line, size_t len)
{
    const char *end = text + text_len;
    for (const char *at = memmem(text, text_len, line, len); at != NULL;
         at = memmem(at + 1, (size_t)(end - at) - 1, line, len)) {
        if (at == text || at[-1] == '\n') {
            return at;
        }
    }
    return NULL;
}

/* The first line of the body that begins a part: "--X" followed by a header field. */
static bool find_separator(const char *body, size_t len, const char **name, size_t *name_len)
{
    const char *end = body + len;
    for (const char *at = find_line(body, len, "--", 2); at != NULL;
         at = find_line(at + 2, (size_t)(end - at) - 2, "--", 2)) {
        size_t used = strcspn(at + 2, " \t\n\"\\");
        const char *next = at + 2 + used + strspn(at + 2 + used, " \t");
        if (used > 0 && used <= 70 && *next == '\n' && strncasecmp(next + 1, "content-", 8) == 0) {
            *name = at + 2;
            *name_len = used;
            return true;
        }
    }
    return false;
}

/* Some gateways write a boundary into the header that the body does not use: then the body's is
 * right. Returns the corrected message, or NULL if the header is right. */
static const char *mend_boundary(struct arena *arena, const char *text, size_t len, size_t header,
                                 size_t *mended_len)
{
    const char *param = strcasestr(text, "boundary=");
    if (param == NULL || param >= text + header) {
        return NULL;
    }
    param += strlen("boundary=");
    param += *param == '"';
    size_t old = strcspn(param, "\";\n \t"), name_len;
    const char *name, *body = text + header;
    const char *line = arena_format(arena, "--%.*s", (int)old, param);
    if (old > 200 || find_line(body, len - header, line, old + 2) != NULL ||
        !find_separator(body, len - header, &name, &name_len)) {
        return NULL;
    }
    struct buf out;
    buf_init(&out, len + 100);
    buf_add(&out, text, (size_t)(param - text));
    buf_add(&out, name, name_len);
    buf_add(&out, param + old, len - (size_t)(param - text) - old);
    *mended_len = out.len;
    const char *mended = arena_copy_bytes(arena, out.data, out.len);
    buf_free(&out);
    return mended;
}

void parse_message(struct arena *arena, const struct charsets *charsets, const char *bytes,
                   size_t len, struct split *split)
{
    struct parser parser = {arena, charsets, split};
    *split = (struct split){0};
    size_t text_len, used;
    const char *text = normalize(arena, bytes, len, &text_len);
    split_read_fields(arena, text, text_len, &split->fields, &used);
    read_type(&parser);
    decode_fields(&parser, &split->fields);
    size_t index = 0, mended_len;
    const char *mended = strncmp(split->type, "multipart/", 10) == 0
                             ? mend_boundary(arena, text, text_len, used, &mended_len)
                             : NULL;
    if (mended != NULL) {
        used += mended_len - text_len;
        text = mended;
        text_len = mended_len;
    }
    struct mailmime *mime = NULL;
    if (split->fields.count > 0 &&
        mailmime_parse(text, front_len(text, text_len), &index, &mime) == MAILIMF_NO_ERROR) {
        walk(&parser, mime, 0, 0);
        mailmime_free(mime);
    }
    if (!has_words(split)) {
        add_raw(&parser, text + used, text_len - used);
    }
}
