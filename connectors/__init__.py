"""How records come in: folder and HTTP sources, formats, mappings to signals and plan lines, the feeder process."""
