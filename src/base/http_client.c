#include "base/http_client.h"

#include <curl/curl.h>
#include <string.h>

struct transfer {
    CURL *curl;
    struct curl_slist *headers;
    struct buf body;
    size_t limit;
    bool cut;
    char error[CURL_ERROR_SIZE];
};

/* Ends the transfer at the limit: the caller then has all that it wants. */
static size_t take(char *bytes, size_t size, size_t count, void *context)
{
    struct transfer *asking = context;
    size_t len = size * count;
    size_t room = asking->limit - asking->body.len;
    asking->cut = len > room;
    buf_add(&asking->body, bytes, asking->cut ? room : len);
    return asking->cut ? 0 : len;
}

static bool add_headers(struct transfer *asking, const char *const *headers, struct failure *why)
{
    for (size_t i = 0; headers != NULL && headers[i] != NULL; i++) {
        if (strpbrk(headers[i], "\r\n") != NULL) {
            return fail(why, FAILURE_DATA, "a header of a request has a line end in it");
        }
        struct curl_slist *longer = curl_slist_append(asking->headers, headers[i]);
        if (longer == NULL) {
            return fail(why, FAILURE_SYSTEM, "out of memory");
        }
        asking->headers = longer;
    }
    return true;
}

static CURLcode set_options(struct transfer *asking, const struct http_request *request)
{
    CURL *curl = asking->curl;
    CURLcode code = curl_easy_setopt(curl, CURLOPT_URL, request->url);
    code = code != CURLE_OK ? code : curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    if (code == CURLE_OK && request->body != NULL) {
        code = curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request->body);
    }
    if (code == CURLE_OK) {
        curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
        curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
        curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
        curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, request->timeout_ms);
        curl_easy_setopt(curl, CURLOPT_HTTPHEADER, asking->headers);
        curl_easy_setopt(curl, CURLOPT_USERAGENT, "verdicts");
        curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, asking->error);
        curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
        curl_easy_setopt(curl, CURLOPT_WRITEDATA, asking);
    }
    return code;
}

static void tell(struct arena *arena, const struct transfer *asking, struct http_answer *answer)
{
    long status = 0;
    char *location = NULL;
    curl_easy_getinfo(asking->curl, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(asking->curl, CURLINFO_REDIRECT_URL, &location);
    *answer = (struct http_answer){
        .status = (int)status,
        .location = location != NULL ? arena_copy(arena, location) : NULL,
        .body = arena_copy_bytes(arena, asking->body.data, asking->body.len),
        .len = asking->body.len,
        .cut = asking->cut,
    };
}

static bool ask(struct arena *arena, struct transfer *asking, const struct http_request *request,
                struct http_answer *answer, struct failure *why)
{
    asking->curl = curl_easy_init();
    if (asking->curl == NULL) {
        return fail(why, FAILURE_SYSTEM, "libcurl does not start");
    }
    if (!add_headers(asking, request->headers, why)) {
        return false;
    }
    CURLcode code = set_options(asking, request);
    code = code != CURLE_OK ? code : curl_easy_perform(asking->curl);
    if (code != CURLE_OK && !asking->cut) {
        return fail(why, FAILURE_UNAVAILABLE, "%s: %s", request->url,
                    asking->error[0] != '\0' ? asking->error : curl_easy_strerror(code));
    }
    tell(arena, asking, answer);
    return true;
}

bool http_ask(struct arena *arena, const struct http_request *request, struct http_answer *answer,
              struct failure *why)
{
    struct transfer asking = {.limit = request->limit};
    *answer = (struct http_answer){0};
    buf_init(&asking.body, request->limit + 1);
    bool good = ask(arena, &asking, request, answer, why);
    curl_slist_free_all(asking.headers);
    curl_easy_cleanup(asking.curl);
    buf_free(&asking.body);
    return good;
}

/* All but the unreserved characters of RFC 3986. */
static void write_value(const char *value, struct buf *out)
{
    static const char plain[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    for (; *value != '\0'; value++) {
        if (strchr(plain, *value) != NULL) {
            buf_add_char(out, *value);
        } else {
            buf_addf(out, "%%%02X", (unsigned)(unsigned char)*value);
        }
    }
}

void http_write_form(const struct http_field *fields, size_t count, struct buf *out)
{
    for (size_t i = 0; i < count; i++) {
        if (fields[i].value != NULL) {
            buf_addf(out, "%s%s=", out->len > 0 ? "&" : "", fields[i].name);
            write_value(fields[i].value, out);
        }
    }
}
