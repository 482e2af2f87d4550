-- Lists of recalls are by when they were made.

CREATE INDEX recall_made ON recall (made, id);
