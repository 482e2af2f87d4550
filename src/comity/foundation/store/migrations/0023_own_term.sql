-- Alerts have a term, which runs from when they were raised or later.

CREATE INDEX alert_raised ON alert (raised);
