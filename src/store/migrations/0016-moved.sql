-- What of the tools that earlier issues told has changed since, as an issue tells it.
CREATE TABLE issue_move (
    issue_id INTEGER NOT NULL REFERENCES issue (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    slug TEXT NOT NULL,
    told_number INTEGER NOT NULL,
    told_week TEXT NOT NULL,
    told_at INTEGER NOT NULL,
    was TEXT NOT NULL,
    snapshot TEXT NOT NULL,
    PRIMARY KEY (issue_id, position)
) STRICT, WITHOUT ROWID;
