"""The tables as the newest migration leaves them, in SQL that SQLite and PostgreSQL share.

    opinion
        results        a picture, by what it is: the same model, settings and pixels are one row
        makings        each time a result was made: the token it was dealt under, what may differ between runs
        ratings        a person's opinion of one result; `current` falls when the person answers again

    comparison
        contestants    what boards rank: a model, a version of its method, its weights
        stimuli        a making as it is shown to be judged: the very PNG, of which contestant
        deals          a blind pair that was put before someone, and the token it may be answered with, once
        votes          the answers to deals; one that was taken back stays as history
        tallies        by pair of contestants, how the votes that count came out: kept with every vote
        standings      the last full count of a board, with its intervals

    study
        studies        what an administrator asks, in which order, of whom
        sittings       one person's way through a study
        judgements     each answer in a sitting

    region
        marks          regions that a person painted on a picture: defects, rust

    housekeeping
        forgotten      raters who asked to be forgotten: their rows never come back, whatever file is read
        datasets       which dataset is read back into this database, and whether that is done
        failed_logins  when somebody gave a wrong administrator's password, and from which known browser
        ended_sessions administrators' sessions that were logged out before they expired

Times are text, UTC, ISO 8601 with microseconds: both databases keep and sort them alike. What can be
published has a `uid` that is the same in every database, a `revision` that rises when it changes, and
`published`, which falls then. What does not count has a `flag` and the `reason`. A study of revision 0 is
known from its answers alone: a file had them, and not what it asked.
"""

from ratings.tables.columns import metadata
from ratings.tables.comparison import contestants, deals, standings, stimuli, tallies, votes
from ratings.tables.housekeeping import datasets, ended_sessions, failed_logins, forgotten
from ratings.tables.opinion import makings, ratings, results
from ratings.tables.region import marks
from ratings.tables.study import judgements, sittings, studies

__all__ = [
    "SCHEMA",
    "VERSION_TABLE",
    "contestants",
    "datasets",
    "deals",
    "ended_sessions",
    "failed_logins",
    "forgotten",
    "judgements",
    "makings",
    "marks",
    "metadata",
    "ratings",
    "results",
    "sittings",
    "standings",
    "stimuli",
    "studies",
    "tallies",
    "votes",
]

SCHEMA = "0004"
"""The newest migration's revision. A test holds it against ratings/migrations."""

VERSION_TABLE = "ratings_schema"
"""Where Alembic keeps a database's revision; its own name, so that the database can be shared."""
