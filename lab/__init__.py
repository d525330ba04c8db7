"""Where models are made and measured: degradations, metrics, benchmarks."""
