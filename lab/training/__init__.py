"""Where networks learn: one loop, a lesson for each kind of damage, and recipes that name what to do.

recipe      a TOML file → a checked `Recipe`
album       folders → photos in memory, some of them held out
lessons     what a network practises, and how its results are marked
loop        the training itself
checkpoint  what survives a kill
journal     the log, and its curves
diploma     the finished weights, and what is known of them
"""
