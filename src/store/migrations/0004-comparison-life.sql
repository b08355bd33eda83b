-- Comparisons are withdrawn, dated by an editor, and left out for good; sources are known by name.
-- What an editor left out of a draft and what stands in no issue since stays out: before, it came
-- back with the next draft, each week anew.
ALTER TABLE comparison ADD COLUMN source_date INTEGER;
ALTER TABLE comparison ADD COLUMN editor_dated INTEGER NOT NULL DEFAULT 0;
ALTER TABLE comparison ADD COLUMN withdrawn_at INTEGER;
ALTER TABLE comparison ADD COLUMN withdrawn_by TEXT CHECK (
    withdrawn_by = 'editor' OR withdrawn_by = 'source' OR withdrawn_by = 'absent');
ALTER TABLE comparison ADD COLUMN left_out_at INTEGER;
UPDATE comparison SET left_out_at = (
    SELECT max(i.built_at) FROM issue_left_out o JOIN issue i ON i.id = o.issue_id
    WHERE o.comparison_id = comparison.id)
WHERE NOT EXISTS (SELECT 1 FROM issue_item t WHERE t.comparison_id = comparison.id);
DROP TABLE issue_left_out;
CREATE TABLE import_source (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;
CREATE TABLE import_brought (
    source_id INTEGER NOT NULL REFERENCES import_source (id),
    comparison_id INTEGER NOT NULL REFERENCES comparison (id),
    PRIMARY KEY (source_id, comparison_id)
) STRICT, WITHOUT ROWID;
