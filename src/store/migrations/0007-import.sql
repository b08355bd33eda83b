-- Imports have an id: whose people wait for its end, and whom it can be undone for.
CREATE TABLE import (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    verb TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    finished_at INTEGER,
    undone_at INTEGER,
    told INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX import_unfinished ON import (id) WHERE finished_at IS NULL;
CREATE TABLE import_file (
    import_id INTEGER NOT NULL REFERENCES import (id),
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    lines INTEGER NOT NULL DEFAULT 0,
    added INTEGER NOT NULL DEFAULT 0,
    already INTEGER NOT NULL DEFAULT 0,
    left_before INTEGER NOT NULL DEFAULT 0,
    taken_off INTEGER NOT NULL DEFAULT 0,
    suppressed INTEGER NOT NULL DEFAULT 0,
    bad INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (import_id, position)
) STRICT, WITHOUT ROWID;
ALTER TABLE subscriber ADD COLUMN import_id INTEGER REFERENCES import (id);
ALTER TABLE consent ADD COLUMN import_id INTEGER REFERENCES import (id);
