"""MAVLink: telemetry of unmanned vehicles, and the traffic that they hear (docs/formats/feed-mavlink.md)."""
