-- A tool is its name, a comparison without a slug of its own the pair of its tools; a slug is only
-- an address. Of those that read as if they were made here nobody knows whether the source gave
-- them: own_slug 2. Such a row is found by its slug, as before, and by its name, pair or title too.
ALTER TABLE tool ADD COLUMN own_slug INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tool ADD COLUMN name_key TEXT NOT NULL DEFAULT '';
UPDATE tool SET own_slug = iif(is_made_slug(slug, name), 2, 1), name_key = name_key_of(name);
CREATE INDEX tool_name ON tool (name_key, own_slug);

ALTER TABLE comparison ADD COLUMN own_slug INTEGER NOT NULL DEFAULT 0;
UPDATE comparison SET own_slug = iif(is_made_slug(slug, title), 2, 1);
DROP INDEX comparison_left;
CREATE INDEX comparison_pair ON comparison (left_tool, right_tool, own_slug);
CREATE INDEX comparison_title ON comparison (title) WHERE own_slug = 2;

CREATE TABLE tool_alias (
    name_key TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    tool_id INTEGER NOT NULL REFERENCES tool (id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX tool_alias_tool ON tool_alias (tool_id);

CREATE TABLE comparison_alias (
    slug TEXT PRIMARY KEY,
    comparison_id INTEGER NOT NULL REFERENCES comparison (id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX comparison_alias_comparison ON comparison_alias (comparison_id);

-- Each fact of a tool has its own age: what a later import leaves out keeps what is known, and so it
-- keeps who told it. All facts of today are as old as their tool.
ALTER TABLE tool ADD COLUMN told_by INTEGER NOT NULL DEFAULT 0;
CREATE TABLE tool_word (
    tool_id INTEGER NOT NULL REFERENCES tool (id) ON DELETE CASCADE,
    fact INTEGER NOT NULL,
    told_at INTEGER NOT NULL,
    told_by INTEGER NOT NULL,
    PRIMARY KEY (tool_id, fact)
) STRICT, WITHOUT ROWID;
