"""Reading facts out of the store, whole chunks at a time: one module per family of subjects.

Each module answers with Cases: a subject, its facts, and the key of the work list that it was found under. What the
facts mean is engine.facts.subjects', whether they are a deviation is engine.detect's.
"""
