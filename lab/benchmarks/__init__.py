"""How fast Patina is and how much memory it takes: one benchmark a file.

    file_to_file    one photo from file to file, against plain OpenCV
    web_request     the same photo through a running server, against file to file
    large_photos    every method's peak memory from 6 to 48 megapixels
    start           from `python app.py` to the first page
    gallery         every method's seconds per megapixel on every example

`python -m lab.benchmarks` runs them, writes what they measured to `lab/results/`, and `docs/benchmarks.md`
from that. `page.BENCHMARKS` lists them.
"""
