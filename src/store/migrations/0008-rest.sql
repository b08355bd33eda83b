-- Relays that said one thing to everybody and are at rest (store/rest.h); attempts that ended so
-- are counted apart. What `weekly` said of an issue's sending is kept, so that it is said once.
ALTER TABLE issue ADD COLUMN said TEXT NOT NULL DEFAULT '';
ALTER TABLE delivery ADD COLUMN rests INTEGER NOT NULL DEFAULT 0;
ALTER TABLE outgoing ADD COLUMN rests INTEGER NOT NULL DEFAULT 0;
CREATE TABLE relay_rest (
    relay TEXT NOT NULL,
    queue INTEGER NOT NULL,
    began_at INTEGER NOT NULL,
    since INTEGER NOT NULL,
    until INTEGER NOT NULL,
    probes INTEGER NOT NULL,
    answers INTEGER NOT NULL,
    sentence TEXT NOT NULL,
    reply TEXT NOT NULL,
    remedy TEXT,
    PRIMARY KEY (relay, queue)
) STRICT, WITHOUT ROWID;
