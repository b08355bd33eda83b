/*
 * libcurl's own SMTP upload as a peer: the same message to N recipients over T threads, each with
 * one handle that is reused.
 *
 *   curl_upload URL FILE COUNT THREADS
 */
#include <curl/curl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct {
    const char *url;
    char *message;
    size_t len;
    long count;
    long threads;
} job;

struct reader {
    size_t at;
};

static size_t give(char *out, size_t size, size_t count, void *context)
{
    struct reader *reader = context;
    size_t room = size * count;
    size_t left = job.len - reader->at;
    size_t len = left < room ? left : room;
    memcpy(out, job.message + reader->at, len);
    reader->at += len;
    return len;
}

static void *lane(void *context)
{
    long number = (long)(size_t)context;
    CURL *curl = curl_easy_init();
    curl_easy_setopt(curl, CURLOPT_URL, job.url);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, give);
    curl_easy_setopt(curl, CURLOPT_MAIL_FROM, "<bounces@example.org>");
    for (long i = number; i < job.count; i += job.threads) {
        char to[64];
        struct reader reader = {0};
        snprintf(to, sizeof to, "<reader%ld@example.org>", i);
        struct curl_slist *recipients = curl_slist_append(NULL, to);
        curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients);
        curl_easy_setopt(curl, CURLOPT_READDATA, &reader);
        CURLcode code = curl_easy_perform(curl);
        curl_slist_free_all(recipients);
        if (code != CURLE_OK) {
            fprintf(stderr, "curl_upload: %s\n", curl_easy_strerror(code));
            exit(1);
        }
    }
    curl_easy_cleanup(curl);
    return NULL;
}

int main(int argc, char **argv)
{
    if (argc != 5) {
        fprintf(stderr, "usage: curl_upload URL FILE COUNT THREADS\n");
        return 64;
    }
    FILE *in = fopen(argv[2], "rb");
    if (in == NULL || fseek(in, 0, SEEK_END) != 0) {
        perror(argv[2]);
        return 66;
    }
    job.url = argv[1];
    job.len = (size_t)ftell(in);
    job.message = malloc(job.len);
    job.count = strtol(argv[3], NULL, 10);
    job.threads = strtol(argv[4], NULL, 10);
    rewind(in);
    if (job.message == NULL || job.threads < 1 || job.threads > 256 ||
        fread(job.message, 1, job.len, in) != job.len) {
        return 66;
    }
    fclose(in);
    curl_global_init(CURL_GLOBAL_ALL);
    pthread_t threads[256];
    for (long i = 0; i < job.threads; i++) {
        pthread_create(&threads[i], NULL, lane, (void *)(size_t)i);
    }
    for (long i = 0; i < job.threads; i++) {
        pthread_join(threads[i], NULL);
    }
    free(job.message);
    curl_global_cleanup();
    return 0;
}
