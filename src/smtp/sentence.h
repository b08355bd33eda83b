/*
 * Normalises a server's reply text so that equal meanings compare equal.
 *
 * Servers put addresses, host names, numbers and ids into their replies. With these masked, a
 * thousand replies of one meaning become one text, and can be counted.
 */
#ifndef SMTP_SENTENCE_H
#define SMTP_SENTENCE_H

enum { SENTENCE_MAX = 160 };

/* `text` is a reply with its codes; `address` is the recipient of the transaction. A word that
 * contains a digit, '@', an inner dot, '=', or the address's local part or domain becomes '*', and
 * several such words in a row become one; letters become lower case. At most SENTENCE_MAX bytes,
 * cut at a word. */
void sentence_mask(const char *text, const char *address, char out[SENTENCE_MAX + 1]);

#endif
