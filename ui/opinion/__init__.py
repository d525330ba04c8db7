"""What people think of a result: the five grades under it, and the leaderboard made of them."""
