"""The Leaderboard tab: who is better by blind votes, how sure that is, and what stands behind it."""
