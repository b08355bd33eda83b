-- Shares may come with the number of those who decided, and tools with a short name.
ALTER TABLE tool ADD COLUMN panel_size INTEGER;
ALTER TABLE tool ADD COLUMN community_votes INTEGER;
ALTER TABLE tool ADD COLUMN short_name TEXT;
-- Nobody has told these yet: FACT_PANEL_SIZE, FACT_COMMUNITY_VOTES, FACT_SHORT_NAME.
INSERT INTO tool_word (tool_id, fact, told_at, told_by)
    SELECT id, fact, 0, 0
    FROM tool, (SELECT 11 AS fact UNION ALL SELECT 12 UNION ALL SELECT 13);
-- Each source left them out: three words of twelve characters more behind the eleven of each tool,
-- which stand behind the four of the comparison.
UPDATE import_brought SET said = substr(said, 1, 15 * 12) || pad || substr(said, 15 * 12 + 1, 11 * 12)
    || pad || substr(said, 26 * 12 + 1)
    FROM (SELECT '-           -           -           ' AS pad)
    WHERE length(said) >= 26 * 12;
