-- What an editor has written for an issue.
CREATE TABLE issue_word (
    issue_id INTEGER NOT NULL REFERENCES issue (id) ON DELETE CASCADE,
    kind INTEGER NOT NULL CHECK (kind BETWEEN 0 AND 6),
    about TEXT NOT NULL,
    text TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (issue_id, kind, about)
) STRICT, WITHOUT ROWID;
