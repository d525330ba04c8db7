"""What is kept while people look, and after."""
