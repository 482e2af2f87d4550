"""What all rests on: canonical form, keys, clock, geodesy, the ledger's mathematics and the store."""
