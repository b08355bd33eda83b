-- What new relays were given on each day of their warm-up: store/warmth.h.
CREATE TABLE relay_day (
    relay TEXT NOT NULL,
    day INTEGER NOT NULL,
    sent INTEGER NOT NULL,
    PRIMARY KEY (relay, day)
) STRICT, WITHOUT ROWID;
