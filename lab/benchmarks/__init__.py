"""How fast Patina is and how much memory it takes: one benchmark a file.

    file_to_file    one photo from file to file, against plain OpenCV
    web_request     the same photo through a running server, against file to file
    large_photos    every method's peak memory from 6 to 48 megapixels
    start           from `python app.py` to the first page
    gallery         every method's seconds per megapixel on every example
    engines         the engine chosen on a CPU, against plain torch
    tiling_cost     a network in tiles, against the whole photo at once
    runner_overhead what the runner adds to bare inference
    many_requests   eight requests at once for two networks, against one after another
    voting          fifty people in the Arena of a running server: from click to next pair
    storing_votes   votes a second on SQLite and PostgreSQL, each on the disk before it is acknowledged
    leaderboard     a board of a million votes, kept and counted anew
    network_memory  a photo of 100 megapixels through a network
    gpu             a network on a GPU, against plain torch there

`python -m lab.benchmarks` runs them, writes what they measured to `lab/results/`, and `docs/benchmarks.md`
from that. `page.BENCHMARKS` lists them.
"""
