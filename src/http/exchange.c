#include "http/exchange.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "http/form.h"
#include "http/target.h"

enum { ANSWER_MAX = 64 * 1024 * 1024 };

void web_add_header(struct web_answer *answer, const char *name, const char *value)
{
    assert(strpbrk(value, "\r\n") == NULL && strpbrk(name, "\r\n:") == NULL);
    assert(answer->header_count < sizeof answer->headers / sizeof answer->headers[0]);
    answer->headers[answer->header_count].name = name;
    answer->headers[answer->header_count++].value = value;
}

/* The value of a request's context until its headers have arrived. */
static char path_good, path_bad;

/* Called with the raw request line, before the path is decoded; the result becomes the request's
 * context. It points to static variables, because of a request whose headers turn out to be bad we
 * are not told again. */
void *exchange_check_line(void *context, const char *uri, struct MHD_Connection *connection)
{
    const char *query = strchr(uri, '?');
    const char *nul = strstr(uri, "%00");
    (void)context, (void)connection;
    return nul != NULL && (query == NULL || nul < query) ? &path_bad : &path_good;
}

static bool is_begun(const void *state)
{
    return state != NULL && state != &path_good && state != &path_bad;
}

static struct exchange *exchange_begin(struct web_server *server, const void *looked)
{
    struct exchange *exchange = memory_resize(NULL, sizeof *exchange);
    *exchange = (struct exchange){
        .server = server, .began_ms = clock_monotonic_ms(), .bad_path = looked == &path_bad};
    buf_init(&exchange->body, server->options.body_max);
    server->open++;
    return exchange;
}

static struct deadline *deadline_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info != NULL ? info->socket_context : NULL;
}

void exchange_end(void *context, struct MHD_Connection *connection, void **state,
                  enum MHD_RequestTerminationCode code)
{
    struct web_server *server = context;
    struct exchange *exchange = *state;
    (void)code;
    deadline_restart(deadline_of(connection), clock_monotonic_ms());
    if (is_begun(exchange)) {
        buf_free(&exchange->body);
        arena_free(&exchange->arena);
        free(exchange);
        server->open--;
    }
    *state = NULL;
}

static const char *request_header(const struct web_request *request, const char *name)
{
    return MHD_lookup_connection_value(request->connection, MHD_HEADER_KIND, name);
}

/* Query arguments in order. */
struct query_arguments {
    struct arena *arena;
    struct web_field *first, *last;
};

static enum MHD_Result query_add(void *context, enum MHD_ValueKind kind, const char *key,
                                 const char *value)
{
    struct query_arguments *query = context;
    struct web_field *field = arena_alloc(query->arena, sizeof *field);
    (void)kind;
    field->name = arena_copy(query->arena, key);
    field->value = arena_copy(query->arena, value != NULL ? value : "");
    field->len = strlen(field->value);
    if (query->last != NULL) {
        query->last->next = field;
    } else {
        query->first = field;
    }
    query->last = field;
    return MHD_YES;
}

static const struct web_route *find_route(const struct web_server *server, const char *path,
                                          const char **rest)
{
    const struct web_route *best = NULL;
    size_t best_len = 0;
    *rest = "";
    for (const struct web_route *route = server->options.routes; route->path != NULL; route++) {
        size_t len = strlen(route->path);
        bool below = len > 0 && route->path[len - 1] == '*';
        bool match = below ? strncmp(path, route->path, len - 1) == 0 && path[len - 1] != '\0'
                           : strcmp(path, route->path) == 0;
        if (match && (best == NULL || len >= best_len)) {
            best = route;
            best_len = len;
            *rest = below ? path + len - 1 : "";
        }
    }
    return best;
}

static const char *allowed(struct arena *arena, const struct web_route *route)
{
    return arena_format(arena, "%s%sOPTIONS", route->methods & WEB_GET ? "GET, HEAD, " : "",
                        route->methods & WEB_POST ? "POST, " : "");
}

static void answer_empty(struct web_answer *answer, int status)
{
    answer->status = status;
    answer->type = "text/plain; charset=utf-8";
    buf_reset(&answer->body);
}

static void answer_plain(const struct exchange *exchange, struct web_answer *answer, int status,
                         const char *id)
{
    const struct web_options *options = &exchange->server->options;
    answer_empty(answer, status);
    buf_addf(&answer->body, "%s\n", options->say(options->context, id));
}

static struct MHD_Response *open_stream(struct web_server *server,
                                        struct MHD_Connection *connection,
                                        const struct web_answer *answer)
{
    deadline_lift(deadline_of(connection));
    return stream_open(&server->streams, connection, answer->body.data, answer->body.len);
}

static enum MHD_Result send_answer(struct exchange *exchange, struct MHD_Connection *connection,
                                   struct web_answer *answer)
{
    struct MHD_Response *response =
        answer->stream ? open_stream(exchange->server, connection, answer)
                       : MHD_create_response_from_buffer(answer->body.len, answer->body.data,
                                                         MHD_RESPMEM_MUST_COPY);
    if (response == NULL) {
        return MHD_NO;
    }
    MHD_add_response_header(response, "Content-Type", answer->type);
    for (size_t i = 0; i < answer->header_count; i++) {
        MHD_add_response_header(response, answer->headers[i].name, answer->headers[i].value);
    }
    enum MHD_Result queued = MHD_queue_response(connection, (unsigned int)answer->status, response);
    MHD_destroy_response(response);
    return queued;
}

/* A client that sent JSON gets its answer as JSON. */
static void answer_unread(const struct exchange *exchange, const struct web_request *request,
                          struct web_answer *answer)
{
    const struct web_options *options = &exchange->server->options;
    if (!request->json) {
        answer_plain(exchange, answer, 400, "http/form");
        return;
    }
    struct value *said = value_object(request->arena);
    value_set_bool(request->arena, said, "ok", false);
    value_set_text(request->arena, said, "message", options->say(options->context, "http/json"));
    answer_empty(answer, 400);
    json_write(&answer->body, said, JSON_COMPACT);
    buf_add_text(&answer->body, "\n");
    answer->type = "application/json";
}

/* On a route that takes any body, one that is not a form has no fields and is no error. */
static void read_form(struct exchange *exchange, const struct web_route *route,
                      struct web_request *request, struct web_answer *answer)
{
    const char *type = request_header(request, "Content-Type");
    enum form_read read = form_read(request->arena, type, exchange->body.data, exchange->body.len,
                                    &request->form, &request->json);
    request->formless = read != FORM_GOOD || exchange->too_large;
    if (!request->formless) {
        return;
    }
    request->form = NULL;
    bool any_body = (route->methods & WEB_ANY_BODY) != 0;
    if (!any_body && read == FORM_UNSUPPORTED) {
        answer_plain(exchange, answer, 415, "http/type");
    } else if (!any_body) {
        answer_unread(exchange, request, answer);
    }
}

static void route_request(struct exchange *exchange, const struct web_route *route,
                          const char *method, struct web_request *request,
                          struct web_answer *answer)
{
    const struct web_options *options = &exchange->server->options;
    bool get = strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0;
    bool post = strcmp(method, "POST") == 0;
    if (route == NULL) {
        answer->status = 404;
        options->missing(options->context, request, answer);
    } else if (strcmp(method, "OPTIONS") == 0) {
        answer_empty(answer, 204);
        web_add_header(answer, "Allow", allowed(request->arena, route));
    } else if (!(get && route->methods & WEB_GET) && !(post && route->methods & WEB_POST)) {
        answer_plain(exchange, answer, 405, "http/method");
        web_add_header(answer, "Allow", allowed(request->arena, route));
    } else {
        request->method = post ? WEB_POST : WEB_GET;
        if (post) {
            read_form(exchange, route, request, answer);
        }
        if (answer->status == 200) {
            route->handle(options->context, request, answer);
        }
    }
}

/* Header lines of one name form one list (RFC 9110 5.3). If a proxy adds a line of its own instead
 * of extending the client's, the client's line must not be taken for the proxy's. */
static enum MHD_Result forwarded_add(void *context, enum MHD_ValueKind kind, const char *key,
                                     const char *value)
{
    struct buf *list = context;
    (void)kind;
    if (strcasecmp(key, "X-Forwarded-For") == 0 && value != NULL) {
        buf_addf(list, "%s%s", list->len > 0 ? "," : "", value);
    }
    return MHD_YES;
}

/* A web server on this machine forwards for others but is not trusted: then all clients share one
 * limit. Logged once. */
static void tell_untrusted(struct web_server *server, const char *origin)
{
    bool local = strncmp(origin, "127.", 4) == 0 || strcmp(origin, "::1") == 0;
    const char *const *trusted = server->options.trusted;
    if (local && (trusted == NULL || trusted[0] == NULL) && !server->told_forwarded) {
        server->told_forwarded = true;
        log_event(LOG_LEVEL_WARN, "web", "ignored", LOG_STR("header", "X-Forwarded-For"),
                  LOG_STR("why", "a web server on this machine passes requests on, and "
                                 "subscribe.trusted_proxy does not name it"));
    }
}

static void find_origin(struct exchange *exchange, struct MHD_Connection *connection)
{
    struct buf forwarded;
    const union MHD_ConnectionInfo *peer =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    buf_init(&forwarded, CONNECTION_MEMORY);
    MHD_get_connection_values(connection, MHD_HEADER_KIND, forwarded_add, &forwarded);
    origin_of(peer != NULL ? peer->client_addr : NULL, exchange->server->options.trusted,
              forwarded.len > 0 ? forwarded.data : NULL, exchange->origin);
    if (forwarded.len > 0) {
        tell_untrusted(exchange->server, exchange->origin);
    }
    buf_free(&forwarded);
}

static void fill_request(struct exchange *exchange, struct MHD_Connection *connection,
                         const char *url, struct web_request *request)
{
    struct query_arguments query = {.arena = &exchange->arena};
    const char *named = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Host");
    const char *host = named != NULL ? named : "";
    const char *path = target_path(&exchange->arena, url, &host);
    MHD_get_connection_values(connection, MHD_GET_ARGUMENT_KIND, query_add, &query);
    find_origin(exchange, connection);
    *request = (struct web_request){
        .arena = &exchange->arena,
        .method = WEB_GET,
        .path = path,
        .query = query.first,
        .host = host,
        .origin = exchange->origin,
        .header = request_header,
        .connection = connection,
    };
}

/* A method is a word that the client chooses. */
static const char *known_method(const char *method)
{
    static const char *const known[] = {"GET", "HEAD", "POST", "OPTIONS", "PUT", "DELETE", "PATCH"};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (strcmp(method, known[i]) == 0) {
            return method;
        }
    }
    return "-";
}

/* The log does not identify people: it has the route instead of the path, which may contain a
 * token. */
static void log_request(const struct exchange *exchange, const struct web_route *route,
                        const char *method, int status)
{
    log_event(LOG_LEVEL_INFO, "web", "answered", LOG_STR("method", known_method(method)),
              LOG_STR("route", route != NULL ? route->path : "-"), LOG_INT("status", status),
              LOG_INT("ms", clock_monotonic_ms() - exchange->began_ms));
}

static enum MHD_Result answer_request(struct exchange *exchange, struct MHD_Connection *connection,
                                      const char *url, const char *method)
{
    const struct web_options *options = &exchange->server->options;
    struct web_request request;
    struct web_answer answer = {.status = 200, .type = "text/html; charset=utf-8"};
    const struct web_route *route = NULL;
    buf_init(&answer.body, ANSWER_MAX);
    fill_request(exchange, connection, url, &request);
    const struct web_route *found = find_route(exchange->server, request.path, &request.rest);
    bool any_body = found != NULL && (found->methods & WEB_ANY_BODY) && strcmp(method, "POST") == 0;
    if (exchange->measured_twice) {
        answer_plain(exchange, &answer, 400, "http/request");
        web_add_header(&answer, "Connection", "close");
    } else if (exchange->too_large && !any_body) {
        answer_plain(exchange, &answer, 413, "http/large");
    } else if (exchange->bad_path) {
        answer_plain(exchange, &answer, 400, "http/address");
    } else {
        route = found;
        route_request(exchange, route, method, &request, &answer);
    }
    if (options->finish != NULL) {
        options->finish(options->context, &request, &answer);
    }
    enum MHD_Result sent = send_answer(exchange, connection, &answer);
    log_request(exchange, route, method, answer.status);
    buf_free(&answer.body);
    return sent;
}

/* A body whose Content-Length is too large is refused before it arrives. */
static bool announces_too_much(const struct exchange *exchange, struct MHD_Connection *connection)
{
    const char *length = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Content-Length");
    return length != NULL && strtoull(length, NULL, 10) > exchange->server->options.body_max;
}

/* A body with two lengths: a proxy in front of us may interpret it differently (RFC 9112 6.3). A
 * request without Host is refused by libmicrohttpd itself. */
static bool is_measured_twice(struct MHD_Connection *connection)
{
    return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Transfer-Encoding") != NULL &&
           MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Content-Length") != NULL;
}

enum MHD_Result exchange_handle(void *context, struct MHD_Connection *connection, const char *url,
                                const char *method, const char *version, const char *data,
                                size_t *size, void **state)
{
    struct exchange *exchange = *state;
    (void)version;
    if (!is_begun(exchange)) {
        *state = exchange = exchange_begin(context, *state);
        exchange->too_large = announces_too_much(exchange, connection);
        exchange->measured_twice = is_measured_twice(connection);
        return exchange->too_large || exchange->measured_twice
                   ? answer_request(exchange, connection, url, method)
                   : MHD_YES;
    }
    if (*size > 0) {
        buf_add(&exchange->body, data, *size);
        exchange->too_large = exchange->too_large || !buf_ok(&exchange->body);
        *size = 0;
        return MHD_YES;
    }
    return answer_request(exchange, connection, url, method);
}
