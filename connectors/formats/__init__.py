"""Bytes to records: one module per format, all giving blocks of rows under one header, and a Refusal per bad record.

What concerns a whole file (encoding, header, size) raises BadInput; what concerns one record is a Refusal, and the rest
goes on. Nothing here knows what a column means: that is connectors.mapping.compiled.
"""
