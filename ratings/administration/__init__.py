"""Who may look after the ratings, and what they may do: log-ins, flags, and forgetting a rater."""
