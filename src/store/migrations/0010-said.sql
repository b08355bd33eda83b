-- Two sources that disagree about one comparison took turns with every import. What each of them said
-- last is kept now, and whose content stands.
ALTER TABLE comparison ADD COLUMN source_id INTEGER;
ALTER TABLE import_brought ADD COLUMN said TEXT NOT NULL DEFAULT '';
ALTER TABLE import_brought ADD COLUMN outdone INTEGER NOT NULL DEFAULT 0;
CREATE INDEX import_brought_comparison ON import_brought (comparison_id);
