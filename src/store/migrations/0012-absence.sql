-- Relays that cannot be reached: store/absence.h.
CREATE TABLE relay_absence (
    relay TEXT PRIMARY KEY,
    since INTEGER NOT NULL,
    why TEXT NOT NULL
) STRICT, WITHOUT ROWID;
