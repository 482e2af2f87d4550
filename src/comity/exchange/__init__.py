"""What leaves and enters: cards, sealed envelopes, receipts, delivery, and bundles that prove a release."""
