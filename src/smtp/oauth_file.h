/* The file in which tokens are kept from run to run. Private to oauth*.c. */
#ifndef SMTP_OAUTH_FILE_H
#define SMTP_OAUTH_FILE_H

#include "smtp/oauth.h"

/* What is kept; texts in the arena, NULL: not there. */
struct oauth_kept {
    const char *access;
    int64_t expires_at;
    const char *refresh; /* what the provider gave in place of the operator's refresh token, */
    const char *source;  /* and the hash of the operator's it replaces */
};

/* The file of these settings and this user, in the arena; NULL: nothing is kept. */
const char *oauth_file_path(const struct settings_oauth *settings, const char *user,
                            struct arena *arena);

/* Empty where there is none, or none that can be used: it is a copy, and can be asked for anew. */
void oauth_file_read(const char *path, struct arena *arena, struct oauth_kept *kept);

/* Where it cannot be kept that is logged. */
void oauth_file_write(const char *path, const struct oauth_kept *kept);

/* Alone until it is closed; -1 where nothing is kept, or others have been at it for too long, or
 * `stop` was set. Makes the folder; made by root it belongs to the owner of the database, who is to
 * use it too. */
int oauth_file_lock(const struct settings_oauth *settings, const char *path,
                    const atomic_bool *stop);

#endif
