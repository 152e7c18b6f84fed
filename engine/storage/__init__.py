"""The one SQLite file: the library, tables and migrations, opening and copying, the journal, who has the lease, who
is there."""
