"""The archive of movements: Parquet files by day and cell, asked through DuckDB (docs/formats/archive.md)."""
