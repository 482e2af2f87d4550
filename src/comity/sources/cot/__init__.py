"""Cursor on Target: events of TAK clients and sensors, as XML and as TAK protobuf (docs/formats/feed-cot.md)."""
