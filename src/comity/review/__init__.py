"""People decide: the queue, the decision, and who may take it."""
