"""The sample world: a mid-size pump maker, its plan, four weeks of signals, and what its desk did about them.

`python -m tests.sample_world FILE` builds it through the Desk's own door, byte for byte the same every time. Company,
people and figures are invented.
"""
