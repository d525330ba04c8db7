"""Human judgement in, evidence out; knows nothing of the web or of models.

__main__                      python -m ratings
sharing/, integrity/          what leaves a database and comes back; what should never be in it
boards/, leaderboard          how models stand: by blind votes, by informal opinion
administration/               log-ins, flags, forgetting a rater
studies/, marks/, arena/      how people are asked: studies, regions they paint, blind pairs
filters                       which answers are looked at
pairing, simulation/          which pair to show next; raters of known truth
statistics/                   arrays in, estimates with intervals out
store, stimuli                results and ratings of them; the pictures that are judged
answer, judging, tombstones   what one may answer; how pictures were looked at; who was forgotten
identified, rows, records     one row for the same thing; rows ↔ the frozen records that others get
schema, migrations/, tables/  the newest tables, and how a database comes to them
database, together            one URL → connections; small writers that share a transaction
raters, settings, errors      pseudonyms; what the environment says; what can go wrong
amounts                       numbers of things in words

What stands further down never imports what stands further up.
"""
