"""KLV: what an unmanned aircraft tells with its video, MISB ST 0601 (docs/formats/feed-klv.md)."""
