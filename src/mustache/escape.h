/* Escaping of output: for HTML text and attributes (in double or single quotes), and for URLs. */
#ifndef MUSTACHE_ESCAPE_H
#define MUSTACHE_ESCAPE_H

#include "base/buf.h"

/* Replaces & < > " ' by the entities that the Mustache specification requires (&amp; &lt; &gt;
 * &quot; &#39;). */
void escape_html(struct buf *out, const char *text, size_t len);

/* Appends text that is XML already, with U+FFFD for each character that XML forbids: older versions
 * stored such characters, and templates may contain them. */
void escape_xml_forbidden(struct buf *out, const char *xml, size_t len);

/* Percent-encodes all but the unreserved characters of RFC 3986, for one path segment or query
 * value. */
void escape_url_part(struct buf *out, const char *text, size_t len);

#endif
