"""The Arena: two results of the same input, unnamed, and a person who says which is better."""
