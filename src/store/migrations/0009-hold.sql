-- What keeps everything from being sent, and what keeps one issue (store/hold.h, issue_pause()).
CREATE TABLE hold (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    since INTEGER NOT NULL,
    until INTEGER,
    everything INTEGER NOT NULL,
    who TEXT NOT NULL,
    reason TEXT NOT NULL,
    told INTEGER NOT NULL DEFAULT 0
) STRICT;
ALTER TABLE issue ADD COLUMN paused_at INTEGER;
ALTER TABLE issue ADD COLUMN pause_told INTEGER NOT NULL DEFAULT 0;
