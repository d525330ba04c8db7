"""Methods that need no training, one a file: a plain function, then its card."""
