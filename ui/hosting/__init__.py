"""Where the page runs: GPUs that are lent for a call, networks prepared beside it."""
