/* Random bytes from the kernel: the only source of randomness in the program. */
#ifndef BASE_RANDOM_H
#define BASE_RANDOM_H

#include <stddef.h>
#include <stdint.h>

/* Fills `bytes`; stops the process (exit code 71) if the kernel provides none. */
void random_bytes(void *bytes, size_t len);

/* A number from 0 to `bound` - 1, each equally likely; `bound` > 0. */
uint64_t random_below(uint64_t bound);

#endif
