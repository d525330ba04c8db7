"""Where models are made and measured: degradations, metrics, training, benchmarks."""
