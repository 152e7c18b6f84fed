"""What is true: model, schema, store, ingest, baseline, detection, rank, lifecycle, journal, and the Desk as its
door."""

__version__ = "0.1.0"
