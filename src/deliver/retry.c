#include "deliver/retry.h"

int64_t retry_delay(int64_t attempts, int64_t chance)
{
    int64_t delay = RETRY_FIRST;
    for (int64_t i = 0; i < attempts && delay < RETRY_LONGEST; i++) {
        delay *= 2;
    }
    delay = delay > RETRY_LONGEST ? RETRY_LONGEST : delay;
    /* From 80 % to 120 %. */
    return delay * (800 + chance * 400 / 999) / 1000;
}

int64_t retry_at(int64_t now, int64_t attempts, int64_t first_at, int64_t max_age, int64_t chance)
{
    int64_t last = (first_at > 0 ? first_at : now) + max_age;
    if (now >= last) {
        return 0;
    }
    int64_t next = now + retry_delay(attempts, chance);
    return next < last ? next : last;
}
