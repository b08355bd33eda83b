-- Whose fault a refusal is (smtp/refusal.h) stands in the ledger. What an older program counted
-- against readers for refusals of their copies is looked at again: nobody else refuses a copy that
-- no server took, so an event about it is told by the row.
ALTER TABLE delivery ADD COLUMN fault TEXT;
ALTER TABLE outgoing ADD COLUMN fault TEXT;
UPDATE bounce_event SET scored = 3 WHERE scored = 1 AND EXISTS (SELECT 1 FROM delivery d
    WHERE d.issue_id = bounce_event.issue_id AND d.subscriber_id = bounce_event.subscriber_id
    AND (d.state = 'refused' OR d.state = 'gave_up') AND d.code IS NOT NULL);
CREATE INDEX bounce_event_review ON bounce_event (id) WHERE scored = 3;
