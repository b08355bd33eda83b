/* Turns the target of a request line into a path. Whatever handles a link between a mail program
 * and this server (a proxy, a scanner, a library that joins addresses) may write it in more than
 * one way. */
#ifndef HTTP_TARGET_H
#define HTTP_TARGET_H

#include "base/arena.h"

/* `url` is a request's target without its query, decoded. An absolute form ("http://HOST/PATH", RFC
 * 9112 3.2.2) loses its front, which goes into *host in place of the Host header, as the RFC wants;
 * *host is left alone otherwise. Empty and "." segments fall away ("//leave/T", "/./leave/T"); ".."
 * stays and matches nothing. The path starts with '/'. Both are in the arena, or parts of `url`. */
const char *target_path(struct arena *arena, const char *url, const char **host);

#endif
