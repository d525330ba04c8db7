"""What leaves this database and comes back: every answer as one flat row, in files and in a dataset."""
