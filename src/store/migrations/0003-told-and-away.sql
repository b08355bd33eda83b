-- What weekly has said of an issue, and which rows wait only for the relay, as columns: both were
-- read from the words of a summary and of a reply. The lease of weekly never refused anybody.
ALTER TABLE issue ADD COLUMN told TEXT NOT NULL DEFAULT ''
    CHECK (told = '' OR told = 'waits' OR told = 'held' OR told = 'stale');
ALTER TABLE delivery ADD COLUMN away INTEGER NOT NULL DEFAULT 0;
ALTER TABLE outgoing ADD COLUMN away INTEGER NOT NULL DEFAULT 0;
UPDATE delivery SET away = 1
    WHERE state = 'deferred' AND code IS NULL AND substr(reply, 1, 12) = 'relay away: ';
UPDATE outgoing SET away = 1
    WHERE state = 'deferred' AND code IS NULL AND substr(reply, 1, 12) = 'relay away: ';
DROP TABLE lease;
