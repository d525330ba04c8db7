"""Answers: what does not count and why; leave a rater or an answer out, or take it in again."""

import gradio as gr

from ratings.administration import flags
from ratings.administration.flags import Kind
from ratings.administration.forgetting import find_rater
from ratings.administration.suspicious import suspects
from ui.administration.tables import changed, flag_counts, sentence, suspected
from ui.keeping.office import Office
from ui.wiring.admission import Admission
from ui.wiring.events import HIDDEN
from ui.words import Words


class AnswersSection:
    """The components of the section, and what they do; `read` fills `overview`."""

    def __init__(self, admission: Admission, office: Office, words: Words) -> None:
        self._database = office.store.database
        self._secret = office.secret
        self._words = words
        gr.Markdown(words("administration.flags_help"), elem_classes="small")
        refresh = gr.Button(words("leaderboard.refresh"), size="sm", elem_classes="refresh")
        self.overview = gr.HTML()
        refresh.click(admission.guarded(self.read), admission.session, self.overview, **HIDDEN)
        self._suspects(admission)
        self._raters(admission)
        self._one_answer(admission)

    def read(self) -> str:
        """Return how many answers have which flag, and how many were taken back or replaced."""
        return flag_counts(flags.counts(self._database), flags.history(self._database), self._words)

    def look(self) -> str:
        """Return the raters whose answers look as if given blindly."""
        return suspected(suspects(self._database), self._words)

    def exclude(self, named: str, reason: str) -> tuple[str, str]:
        """Leave out all answers of a rater; return what changed, and the overview."""
        numbers = flags.exclude(self._database, find_rater(self._secret, named), reason)
        return changed(numbers, self._words), self.read()

    def include(self, named: str) -> tuple[str, str]:
        """Take in again what was left out of a rater's; return what changed, and the overview."""
        numbers = flags.include(self._database, find_rater(self._secret, named))
        return changed(numbers, self._words), self.read()

    def exclude_answer(self, kind: str, uid: str, reason: str) -> tuple[str, str]:
        """Leave out one answer; return what changed, and the overview."""
        done = flags.exclude_answer(self._database, Kind(kind), uid.strip(), reason)
        return self._told(done=done), self.read()

    def include_answer(self, kind: str, uid: str) -> tuple[str, str]:
        """Take one answer in again; return what changed, and the overview."""
        return self._told(done=flags.include_answer(self._database, Kind(kind), uid.strip())), self.read()

    def _told(self, *, done: bool) -> str:
        return sentence(self._words("administration.answer_changed" if done else "administration.no_answer"))

    def _suspects(self, admission: Admission) -> None:
        words = self._words
        gr.Markdown(f"### {words('administration.suspects_title')}")
        gr.Markdown(words("administration.suspects_help"), elem_classes="small")
        look = gr.Button(words("administration.suspects_look"), size="sm", elem_classes="refresh")
        found = gr.HTML()
        look.click(admission.guarded(self.look), admission.session, found, **HIDDEN)

    def _raters(self, admission: Admission) -> None:
        words = self._words
        gr.Markdown(f"### {words('administration.rater_title')}")
        rater = gr.Textbox(label=words("administration.rater"), max_lines=1, elem_id="administration-rater")
        reason = gr.Textbox(
            label=words("administration.reason"),
            info=words("administration.reason_help"),
            max_length=flags.REASON_LIMIT,
            max_lines=1,
        )
        with gr.Row():
            out = gr.Button(words("administration.exclude"), variant="primary")
            back = gr.Button(words("administration.include"))
        told = gr.HTML()
        shown = [told, self.overview]
        out.click(admission.guarded(self.exclude), [admission.session, rater, reason], shown, **HIDDEN)
        back.click(admission.guarded(self.include), [admission.session, rater], shown, **HIDDEN)

    def _one_answer(self, admission: Admission) -> None:
        words = self._words
        with gr.Accordion(words("administration.one_title"), open=False):
            kinds = [(words(f"administration.{kind}"), str(kind)) for kind in Kind]
            kind = gr.Radio(kinds, value=str(Kind.VOTE), label=words("administration.kind"))
            uid = gr.Textbox(
                label=words("administration.uid"), info=words("administration.uid_help"), max_lines=1
            )
            reason = gr.Textbox(
                label=words("administration.reason"), max_length=flags.REASON_LIMIT, max_lines=1
            )
            with gr.Row():
                out = gr.Button(words("administration.exclude"))
                back = gr.Button(words("administration.include"))
            told = gr.HTML()
        one, shown = [admission.session, kind, uid], [told, self.overview]
        out.click(admission.guarded(self.exclude_answer), [*one, reason], shown, **HIDDEN)
        back.click(admission.guarded(self.include_answer), one, shown, **HIDDEN)
