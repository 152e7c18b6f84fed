"""What offplan's speed is measured with: `make bench`, or `make bench ONLY=name`.

Each benchmark measures the product through its public doors and its floor or peer in the same run, round by round in
turn, and yields results whose ratio is the median of the ratios inside the rounds. The floors are the scripts of
`../shared/bench`; a benchmark that needs one says so where the folder is missing.
"""
