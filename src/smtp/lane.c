#include "smtp/lane.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"

/* The most text that one lane sends in a turn, so that the other lanes get theirs. */
enum { LANE_READ = 4096, LANE_TURN = 512 * 1024 };

void lane_init(struct lane *lane, enum trust *trust, const char *relay, size_t number)
{
    *lane = (struct lane){.fd = -1};
    snprintf(lane->name, sizeof lane->name, "%.60s/%zu", relay, number);
    transaction_init(&lane->transaction, trust, lane->name);
}

static void enter(struct lane *lane, enum lane_state state, const char *cause)
{
    static const char *const names[] = {"closed", "opening", "open"};
    if (lane->state != state) {
        log_event(LOG_LEVEL_DEBUG, "lane", "enters", LOG_STR("connection", lane->name),
                  LOG_STR("from", names[lane->state]), LOG_STR("to", names[state]),
                  LOG_STR("cause", cause));
        lane->state = state;
    }
}

static void close_connection(struct lane *lane, const char *cause)
{
    curl_easy_cleanup(lane->curl);
    lane->curl = NULL;
    lane->fd = -1;
    enter(lane, LANE_CLOSED, cause);
    lane->deadline_ms = 0;
    lane->wants_write = false;
}

void lane_free(struct lane *lane)
{
    close_connection(lane, "nobody needs it any more");
    transaction_free(&lane->transaction);
}

void lane_expect(struct lane *lane)
{
    enter(lane, LANE_OPENING, "a message waits, or the relay is tried");
}

void lane_miss(struct lane *lane, const char *cause)
{
    enter(lane, LANE_CLOSED, cause);
}

void lane_open(struct lane *lane, const struct connection *connection)
{
    assert(lane->curl == NULL);
    enter(lane, LANE_OPEN, "connected");
    lane->curl = connection->curl;
    lane->fd = connection->fd;
    lane->tls = connection->tls;
    lane->begun = 0;
    lane->deadline_ms = 0;
    lane->wants_write = false;
    reply_start(&lane->parser);
    transaction_start(&lane->transaction, &connection->offer);
}

void lane_drop(struct lane *lane, enum outcome_kind kind, const char *text)
{
    if (lane->state == LANE_OPEN) {
        transaction_lost(&lane->transaction, kind, text);
        close_connection(lane, text);
    }
}

static void feed(struct lane *lane, const char *bytes, size_t len)
{
    while (len > 0 && lane->transaction.phase != TRANSACTION_OVER) {
        size_t used = reply_feed(&lane->parser, bytes, len);
        bytes += used;
        len -= used;
        if (lane->parser.complete) {
            transaction_reply(&lane->transaction, &lane->parser.reply);
            reply_start(&lane->parser);
        }
    }
}

/* Reads until nothing is left: libcurl or the TLS library may hold bytes that poll() cannot see. */
static bool read_replies(struct lane *lane)
{
    char bytes[LANE_READ];
    while (lane->transaction.phase != TRANSACTION_OVER) {
        size_t len = 0;
        CURLcode code = curl_easy_recv(lane->curl, bytes, sizeof bytes, &len);
        if (code == CURLE_AGAIN) {
            return true;
        }
        if (code != CURLE_OK || len == 0) {
            return false;
        }
        feed(lane, bytes, len);
    }
    return true;
}

static bool write_output(struct lane *lane)
{
    size_t turn = 0;
    lane->wants_write = false;
    while (lane->transaction.phase != TRANSACTION_OVER) {
        size_t len, sent = 0;
        const char *bytes = transaction_output(&lane->transaction, &len);
        if (len == 0) {
            return true;
        }
        /* A TLS library that returns "again" has already encrypted these bytes and sends them with
         * the next ones, or when the connection is closed. */
        if (lane->tls && transaction_output_is_dot(&lane->transaction)) {
            transaction_hand_dot(&lane->transaction);
        }
        CURLcode code = curl_easy_send(lane->curl, bytes, len, &sent);
        if (code != CURLE_OK && code != CURLE_AGAIN) {
            return false;
        }
        if (code == CURLE_AGAIN || turn > LANE_TURN) {
            transaction_sent(&lane->transaction, sent);
            lane->wants_write = true;
            return true;
        }
        transaction_sent(&lane->transaction, sent);
        turn += sent;
    }
    return true;
}

/* Sets a new deadline if the lane waits for something else than before, or the text has advanced.
 */
static void set_deadline(struct lane *lane, const struct lane_limits *limits, int64_t now_ms,
                         size_t content_before)
{
    enum stage stage;
    if (!transaction_awaits(&lane->transaction, &stage)) {
        lane->deadline_ms = 0;
        return;
    }
    bool moved = stage == STAGE_CONTENT && lane->transaction.content_at != content_before;
    size_t left = lane->transaction.awaited_count;
    if (lane->deadline_ms != 0 && stage == lane->awaited && left == lane->awaited_left && !moved) {
        return;
    }
    int64_t limit = stage == STAGE_DOT    ? limits->dot_ms
                    : stage == STAGE_QUIT ? limits->quit_ms
                                          : limits->reply_ms;
    lane->awaited = stage;
    lane->awaited_left = left;
    lane->deadline_ms = now_ms + limit;
}

void lane_work(struct lane *lane, bool readable, const struct lane_limits *limits, int64_t now_ms)
{
    if (lane->state != LANE_OPEN) {
        return;
    }
    size_t content_before = lane->transaction.content_at;
    bool alive = !readable || read_replies(lane);
    if (alive && !write_output(lane)) {
        /* The server may have sent a reply with the reason before it closed the connection. */
        alive = false;
        read_replies(lane);
    }
    if (!alive) {
        transaction_lost(&lane->transaction, OUTCOME_LOST, "the relay closed the connection");
    }
    if (lane->transaction.phase == TRANSACTION_OVER) {
        close_connection(lane, "the transaction is over");
        return;
    }
    set_deadline(lane, limits, now_ms, content_before);
}

void lane_check_deadline(struct lane *lane, int64_t now_ms)
{
    if (lane->state == LANE_OPEN && lane->deadline_ms != 0 && now_ms >= lane->deadline_ms) {
        lane_drop(lane, OUTCOME_TIMED_OUT, "the relay did not answer in time");
    }
}
