/* Prints a candidate. */
#include "cmd/complete.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* `end` follows the candidate where more is to be typed. */
void complete_offer(const struct completing *completing, const char *text, const char *end,
                    const char *help)
{
    if (strncmp(text, completing->word, strlen(completing->word)) != 0) {
        return;
    }
    printf("%s%s%s\t", completing->before, text, end);
    for (const char *c = help; *c != '\0'; c++) {
        putchar(iscntrl((unsigned char)*c) ? ' ' : *c);
    }
    putchar('\n');
}
