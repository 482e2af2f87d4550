"""ULog: the flight logs of PX4 (docs/formats/feed-ulog.md)."""
