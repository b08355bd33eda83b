-- Where subject, preheader and headline of an issue come from.
ALTER TABLE issue ADD COLUMN derivation TEXT NOT NULL DEFAULT '';
