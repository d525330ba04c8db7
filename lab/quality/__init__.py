"""How well each method restores: damage of known kind, seed and truth, and figures with intervals.

    photos          folders → clean photos, scenes with depth, cut-outs, or pairs
    case            one damaged photo with its truth; a trial is a kind of damage
    denoise, dehaze, derust   the trials of each task
    unseen_camera   a camera that no network has learnt from
    harmless        rust-coloured photos without rust
    listing         a list of photos: file names, a line each
    contestants     doing nothing, every method that can run here, comparisons, and ceilings
    ceilings        what one would reach who knew a part of the truth
    ffdnet          a denoiser from elsewhere, where its weights are installed
    figures         one result against its truth → numbers, by stratum
    report          all of it → what `--json` writes
    aims            what networks should reach, held against what they do
    quoted          published figures, on other photos
    markdown, plot  a report for people
    tried           architectures that were tried: trainings with their figures and times
    page            docs/quality.md from `lab/results`

`python -m lab bench TASK --data FOLDER` runs it; `python -m lab.quality` writes the page anew.
"""
