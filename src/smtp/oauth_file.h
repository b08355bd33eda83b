/* The file that caches access tokens between runs. Private to oauth*.c. */
#ifndef SMTP_OAUTH_FILE_H
#define SMTP_OAUTH_FILE_H

#include "smtp/oauth.h"

/* The content of the file; strings in the arena, NULL if absent. */
struct oauth_kept {
    const char *access;
    int64_t expires_at;
    const char *refresh; /* the refresh token that the provider gave in return, */
    const char *source;  /* and the hash of the operator's refresh token that it replaces */
};

/* The path for these settings and this user, in the arena; NULL if nothing is to be kept. */
const char *oauth_file_path(const struct settings_oauth *settings, const char *user,
                            struct arena *arena);

/* Yields an empty struct if the file is missing or unusable: it is a cache, and a new token can be
 * fetched. */
void oauth_file_read(const char *path, struct arena *arena, struct oauth_kept *kept);

/* Logs a warning if the file cannot be written. */
void oauth_file_write(const char *path, const struct oauth_kept *kept);

/* Takes the lock and returns its descriptor, which releases it when closed; -1 if nothing is to be
 * kept, others held the lock for too long, or `stop` was set. Creates the folder; when run by root,
 * the folder is given to the owner of the database, who has to use it too. */
int oauth_file_lock(const struct settings_oauth *settings, const char *path,
                    const atomic_bool *stop);

#endif
