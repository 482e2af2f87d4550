"""Who matches: documents, names and lists. What matches is a question for a named person, never an answer."""
