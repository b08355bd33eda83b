-- What reviews expect by a date, as an issue puts it on record or asks whether it was right.
CREATE TABLE issue_prediction (
    issue_id INTEGER NOT NULL REFERENCES issue (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    comparison_id INTEGER NOT NULL REFERENCES comparison (id),
    slug TEXT NOT NULL,
    url TEXT,
    tool TEXT NOT NULL,
    category TEXT NOT NULL,
    reviewer TEXT,
    sentence TEXT NOT NULL,
    said_at INTEGER NOT NULL,
    due INTEGER NOT NULL,
    told_number INTEGER NOT NULL DEFAULT 0,
    told_week TEXT NOT NULL DEFAULT '',
    told_at INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (issue_id, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX issue_prediction_sentence ON issue_prediction (sentence);
