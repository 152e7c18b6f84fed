"""What detectors judge, as pure values, and the folds that make them of statements."""
