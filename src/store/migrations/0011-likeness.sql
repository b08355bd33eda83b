-- Tools by what makes their names look alike, and comparisons by their address: store/alike.h.
CREATE TABLE tool_likeness (
    key INTEGER NOT NULL,
    tool_id INTEGER NOT NULL,
    PRIMARY KEY (key, tool_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX comparison_url ON comparison (url) WHERE url IS NOT NULL;
INSERT OR IGNORE INTO tool_likeness (key, tool_id)
    SELECT likeness_of_name(name, which), id
    FROM tool, (SELECT 0 AS which UNION ALL SELECT 1 UNION ALL SELECT 2)
    WHERE likeness_of_name(name, which) <> 0;
INSERT OR IGNORE INTO tool_likeness (key, tool_id)
    SELECT likeness_of_quotes(quotes), tool_id
    FROM (SELECT tool_id, group_concat(quote || char(10), '') AS quotes
        FROM (SELECT tool_id, quote FROM review ORDER BY tool_id, position) GROUP BY tool_id)
    WHERE likeness_of_quotes(quotes) <> 0;
