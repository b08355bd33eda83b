/* Rules on links and images. */
#include <string.h>
#include <strings.h>

#include "check/rules.h"

static const char *const shorteners[] = {
    "bit.ly",  "tinyurl.com", "t.co",    "goo.gl", "ow.ly",   "is.gd",       "buff.ly",
    "cutt.ly", "rebrand.ly",  "rb.gy",   "t.ly",   "tiny.cc", "shorturl.at", "bl.ink",
    "lnkd.in", "dlvr.it",     "soo.gd",  "s.id",   "v.gd",    "x.gd",        "short.io",
    "adf.ly",  "trib.al",     "amzn.to", "git.io", "wp.me",   "fb.me"};

static const char *const empty_words[] = {
    "click here", "click", "here", "this",       "link",         "this link", "more",   "read more",
    "learn more", "go",    "url",  "read more…", "read more...", "continue",  "details"};

static bool is_among(const char *text, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strcasecmp(text, list[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* Whether a text among the variables is a URL of that host. */
static bool data_names_host(struct checking *checking, const struct value *value, const char *host)
{
    if (value == NULL) {
        return false;
    }
    if (value->kind == VALUE_TEXT) {
        const char *found = check_host(checking->arena, value->text);
        return found != NULL && strcmp(found, host) == 0;
    }
    for (const struct value *v = value->first; v != NULL; v = v->next) {
        if (data_names_host(checking, v, host)) {
            return true;
        }
    }
    return false;
}

/* "example.org" allows news.example.org too. */
static bool host_is_below(const char *host, const char *allowed)
{
    size_t len = strlen(host), tail = strlen(allowed);
    return tail > 0 && len >= tail && strcasecmp(host + len - tail, allowed) == 0 &&
           (len == tail || host[len - tail - 1] == '.');
}

static bool host_is_allowed(struct checking *checking, const char *host)
{
    for (const char *const *h = checking->input->hosts; h != NULL && *h != NULL; h++) {
        if (host_is_below(host, *h)) {
            return true;
        }
    }
    return data_names_host(checking, checking->input->variables, host);
}

static bool has_scheme(const char *url, const char *scheme)
{
    return strncasecmp(url, scheme, strlen(scheme)) == 0;
}

static bool starts_with_scheme(const char *url)
{
    size_t len = strspn(url, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+.-");
    return len > 0 && url[len] == ':';
}

/* Checks the address of a link or an image by the rules for both. */
static void inspect_address(struct checking *checking, const struct node *node, const char *url)
{
    const char *quote = check_quote(checking->arena, url);
    const char *host = check_host(checking->arena, url);
    if (host != NULL && host[0] != '\0') {
        if (has_scheme(url, "http:")) {
            check_note_node(checking, RULE_LINK_INSECURE, node, "%s is not https", quote);
        }
        if (is_among(host, shorteners, sizeof shorteners / sizeof shorteners[0])) {
            check_note_node(checking, RULE_LINK_SHORTENER, node,
                            "%s is a shortener; link to the page itself", host);
        } else if (!host_is_allowed(checking, host)) {
            check_note_node(checking, RULE_LINK_HOST, node,
                            "%s leads to %s, which neither the site's data nor check.allowed_hosts "
                            "names",
                            quote, host);
        }
    } else if (has_scheme(url, "mailto:") || has_scheme(url, "tel:")) {
        return;
    } else if (starts_with_scheme(url)) {
        check_note_node(checking, RULE_LINK_SCHEME, node, "%s is neither https nor mailto", quote);
    } else {
        check_note_node(checking, RULE_LINK_RELATIVE, node, "%s is not a whole address", quote);
    }
}

static char *link_words(struct checking *checking, const struct node *link)
{
    char *words = node_text(checking->arena, link);
    const struct node *end = node_after(link);
    for (const struct node *n = link->follow; n != NULL && n != end; n = n->follow) {
        const char *alt = node_is(n, "img") ? node_attribute(n, "alt") : NULL;
        words = alt != NULL ? arena_format(checking->arena, "%s%s", words, alt) : words;
    }
    return words;
}

static void inspect_link(struct checking *checking, const struct node *link)
{
    const char *href = node_attribute(link, "href");
    const char *words = link_words(checking, link);
    if (href == NULL || href[strspn(href, " ")] == '\0' || strcmp(href, "#") == 0) {
        check_note_node(checking, RULE_LINK_EMPTY, link, "the link \"%s\" leads nowhere",
                        check_quote(checking->arena, words));
        return;
    }
    inspect_address(checking, link, href);
    if (words[0] == '\0' && node_attribute(link, "aria-label") == NULL) {
        check_note_node(checking, RULE_LINK_EMPTY, link, "the link to %s has no words",
                        check_quote(checking->arena, href));
    } else if (is_among(words, empty_words, sizeof empty_words / sizeof empty_words[0]) ||
               (strstr(words, "://") != NULL && strchr(words, ' ') == NULL)) {
        check_note_node(checking, RULE_LINK_TEXT, link,
                        "the link \"%s\" does not say what is there",
                        check_quote(checking->arena, words));
    }
}

void rules_link(struct checking *checking)
{
    for (const struct node *n = checking->document; n != NULL; n = n->follow) {
        if (node_is(n, "a")) {
            inspect_link(checking, n);
        }
    }
}

static bool is_number(const char *text)
{
    return text != NULL && text[0] != '\0' && strspn(text, "0123456789") == strlen(text);
}

static bool has_ending(const char *url, const char *ending)
{
    size_t path = strcspn(url, "?#"), len = strlen(ending);
    return path >= len && strncasecmp(url + path - len, ending, len) == 0;
}

static void inspect_image(struct checking *checking, const struct node *image)
{
    const char *src = node_attribute(image, "src");
    const char *quote = check_quote(checking->arena, src != NULL ? src : "");
    if (node_attribute(image, "alt") == NULL) {
        check_note_node(checking, RULE_IMAGE_ALT, image, "the image %s has no alt text", quote);
    }
    if (!is_number(node_attribute(image, "width")) || !is_number(node_attribute(image, "height"))) {
        check_note_node(checking, RULE_IMAGE_SIZE, image,
                        "the image %s lacks a width or height in pixels", quote);
    }
    if (src == NULL || src[0] == '\0') {
        check_note_node(checking, RULE_LINK_EMPTY, image, "an image has no address");
        return;
    }
    if (has_ending(src, ".svg") || has_ending(src, ".webp") || has_ending(src, ".avif")) {
        check_note_node(checking, RULE_IMAGE_FORMAT, image, "the image %s is not PNG, JPEG or GIF",
                        quote);
    }
    inspect_address(checking, image, src);
}

void rules_image(struct checking *checking)
{
    for (const struct node *n = checking->document; n != NULL; n = n->follow) {
        if (node_is(n, "img")) {
            inspect_image(checking, n);
        }
    }
}
