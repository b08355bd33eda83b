-- The subject of a copy by topics, which tells of the story that stands first in it.
ALTER TABLE issue_variant ADD COLUMN subject TEXT NOT NULL DEFAULT '';
