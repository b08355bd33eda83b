/*
 * A server's sentence in one form, whoever it was said to.
 *
 * Servers put addresses, host names, numbers and ids into their replies. With these masked, a
 * thousand replies of one meaning are one text, and can be counted.
 */
#ifndef SMTP_SENTENCE_H
#define SMTP_SENTENCE_H

enum { SENTENCE_MAX = 160 };

/* `text` is a reply's, codes and all; `address` whose transaction it answers. Words that hold a
 * digit, an '@', a dot or '=' within, or the address's local part or domain, become '*', several
 * such words one; letters become lower case. At most SENTENCE_MAX bytes, cut at a word. */
void sentence_mask(const char *text, const char *address, char out[SENTENCE_MAX + 1]);

#endif
