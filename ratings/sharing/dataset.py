"""A dataset repository on the Hugging Face Hub: read a revision of it, add a commit to it.

Whatever goes wrong becomes one sentence. The token is the Hub client's own: HF_TOKEN, or that of
`hf auth login`.
"""

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ratings.errors import DatasetError

if TYPE_CHECKING:
    from huggingface_hub import HfApi

PATIENCE = 60.0
"""Seconds without a byte; the Hub's client itself would wait without end."""

_MOVED = 412


@dataclass(frozen=True, slots=True)
class Dataset:
    """The dataset `repo`, "owner/name". `endpoint` None is the Hub itself.

    Methods ask the Hub once or a few times, and raise DatasetError.
    """

    repo: str
    endpoint: str | None = None

    def head(self) -> str | None:
        """Return the newest revision, 40 hex digits; None if there is no such dataset."""
        from huggingface_hub.errors import RepositoryNotFoundError

        with self._explained() as api:
            try:
                return api.dataset_info(self.repo, timeout=PATIENCE).sha
            except RepositoryNotFoundError as error:
                if error.response.status_code != 404:
                    raise
                return None

    def make(self) -> str:
        """Make the dataset if it is not there; return its newest revision."""
        with self._explained() as api:
            api.create_repo(self.repo, repo_type="dataset", exist_ok=True)
        revision = self.head()
        if revision is None:
            raise DatasetError(f"{self._hub} made '{self.repo}', and does not show it. Try again later.")
        return revision

    def files(self, revision: str) -> tuple[str, ...]:
        """Return the names of the files at `revision`, in alphabetical order."""
        with self._explained() as api:
            return tuple(sorted(api.list_repo_files(self.repo, repo_type="dataset", revision=revision)))

    def fetch(self, file: str, revision: str, folder: Path) -> Path:
        """Bring a file into `folder`, and return where it is."""
        with self._explained() as api:
            return Path(
                api.hf_hub_download(self.repo, file, repo_type="dataset", revision=revision, local_dir=folder)
            )

    def commit(
        self,
        message: str,
        added: Mapping[str, bytes | Path],
        *,
        parent: str,
        removed: Sequence[str] = (),
    ) -> str:
        """Add and remove files in one commit upon `parent`; return the new revision.

        Raises DatasetError: `moved` if `parent` is not the newest revision any more; nothing is changed then.
        """
        from huggingface_hub import CommitOperationAdd, CommitOperationDelete

        operations = [
            *(CommitOperationDelete(name, is_folder=False) for name in removed),
            *(CommitOperationAdd(name, content) for name, content in added.items()),
        ]
        with self._explained() as api:
            done = api.create_commit(
                self.repo, operations, commit_message=message, repo_type="dataset", parent_commit=parent
            )
            return done.oid

    @property
    def _hub(self) -> str:
        return self.endpoint or "the Hugging Face Hub"

    @contextmanager
    def _explained(self) -> "Generator[HfApi]":
        import httpx2
        from huggingface_hub import HfApi, get_session
        from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError, OfflineModeIsEnabled
        from huggingface_hub.utils import disable_progress_bars

        disable_progress_bars()
        get_session().timeout = PATIENCE
        try:
            yield HfApi(endpoint=self.endpoint)
        except OfflineModeIsEnabled as error:
            raise DatasetError("Offline mode is on. Unset HF_HUB_OFFLINE to share ratings.") from error
        except HfHubHTTPError as error:
            raise self._refused(error.response.status_code, error.server_message) from error
        except (httpx2.HTTPError, LocalEntryNotFoundError, OSError) as error:
            raise DatasetError(
                f"{self._hub} cannot be reached, or broke off ({type(error).__name__}). Check the network "
                "(and HF_ENDPOINT, if set)."
            ) from error
        except (ValueError, RuntimeError, KeyError) as error:  # what the client makes of a strange answer
            reason = str(error).partition("\n")[0][:200]
            raise DatasetError(f"{self._hub} answers strangely about '{self.repo}': {reason}") from error

    def _refused(self, status: int, said: str | None) -> DatasetError:
        owner = self.repo.partition("/")[0]
        sentences = {
            401: f"{self._hub} does not know the token (401). Set HF_TOKEN to one that may write.",
            403: f"{self._hub} does not let the token write to '{self.repo}' (403). Use a token with the "
            f"right to write, of an account that may publish as '{owner}'.",
            404: f"{self._hub} has no dataset '{self.repo}', or a file of it is gone (404). Check "
            "PATINA_RATINGS_REPO.",
            _MOVED: f"Somebody else wrote to '{self.repo}' at the same moment (412).",
            413: f"{self._hub} finds the file too large (413).",
            429: f"{self._hub} had too many requests (429).",
        }
        other = f"{self._hub} has a fault of its own ({status}{f': {said}' if said else ''})."
        return DatasetError(sentences.get(status, other), moved=status == _MOVED)
