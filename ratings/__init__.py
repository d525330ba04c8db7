"""Human judgement in, evidence out; knows nothing of the web or of models."""
