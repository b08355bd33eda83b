-- How far this database has sent, as a file outside of its folder witnesses it (deliver/guard.h).
-- One row. A database that comes from version 1 is known from its first sending on.
CREATE TABLE epoch (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    newsletter TEXT NOT NULL,
    machine TEXT NOT NULL,
    inode INTEGER NOT NULL,
    count INTEGER NOT NULL
) STRICT;
INSERT INTO epoch VALUES (1, lower(hex(randomblob(16))), '', 0, 0);
