"""Models as a person chooses them: which can run here, what can be set, how they work; and the Models tab."""
