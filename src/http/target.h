/* Converts the target of a request line to a path. Whatever handles a link between a mail program
 * and this server (a proxy, a scanner, a library that joins addresses) may write it in more than
 * one way. */
#ifndef HTTP_TARGET_H
#define HTTP_TARGET_H

#include "base/arena.h"

/* `url` is a request's target without its query, decoded. An absolute form ("http://HOST/PATH", RFC
 * 9112 3.2.2) is split: its host replaces the Host header in `*host`, as the RFC requires;
 * otherwise `*host` is left alone. Empty and "." segments are removed ("//leave/T", "/./leave/T");
 * ".." stays and matches nothing. The path starts with '/'. Both are in the arena, or parts of
 * `url`. */
const char *target_path(struct arena *arena, const char *url, const char **host);

#endif
