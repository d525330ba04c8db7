"""A few files → one commit in a repository on the Hub; what goes wrong becomes a sentence."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from lab.errors import PublishError

_REPO = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Pushed:
    """Where the files are now: `revision` is the commit, 40 hexadecimal digits."""

    repo: str
    revision: str
    address: str


def check_repo(repo: str) -> str:
    """Return `repo` if it can name a repository: "owner/name".

    Raises PublishError.
    """
    if not _REPO.fullmatch(repo) or ".." in repo or "--" in repo or repo.endswith(".git"):
        raise PublishError(f"REPO must be OWNER/NAME, as in someone/denoise-small; got '{repo}'.")
    return repo


def push(
    repo: str, files: Mapping[str, bytes], *, message: str, private: bool, endpoint: str | None = None
) -> Pushed:
    """Make `repo` if it is not there, and add `files` (name → content) to it in one commit.

    The token is the Hub client's own: HF_TOKEN, or that of `hf auth login`. `private` counts for a repository
    that is made now. `endpoint` None is the Hub itself.

    Raises PublishError: no token, not allowed, out of reach, not taken.
    """
    import httpx2
    from huggingface_hub import CommitOperationAdd, HfApi, get_token
    from huggingface_hub.errors import HfHubHTTPError, OfflineModeIsEnabled

    hub = endpoint or "the Hugging Face Hub"
    if get_token() is None:
        raise PublishError(
            f"{hub} must know who you are to take '{repo}'. Set HF_TOKEN to a token that may write, or run "
            "`hf auth login`, then try again."
        )
    api = HfApi(endpoint=endpoint)
    try:
        made = api.create_repo(repo, private=private or None, exist_ok=True)
        additions = [CommitOperationAdd(name, content) for name, content in files.items()]
        commit = api.create_commit(made.repo_id, additions, commit_message=message)
    except OfflineModeIsEnabled as error:
        raise PublishError("Offline mode is on. Unset HF_HUB_OFFLINE, then try again.") from error
    except HfHubHTTPError as error:
        raise PublishError(_refused(hub, repo, error.response.status_code, error.server_message)) from error
    except (httpx2.HTTPError, OSError) as error:
        raise PublishError(
            f"{hub} cannot be reached, or broke off ({type(error).__name__}). Check the network (and "
            "HF_ENDPOINT, if set), then run the same command again."
        ) from error
    except (ValueError, RuntimeError, KeyError) as error:  # what the client makes of a strange answer
        reason = str(error).partition("\n")[0][:200]
        raise PublishError(f"{hub} did not take '{repo}': {reason} Try again later.") from error
    return Pushed(made.repo_id, commit.oid, str(commit.commit_url))


def _refused(hub: str, repo: str, status: int, said: str | None) -> str:
    owner = repo.partition("/")[0]
    sentences = {
        401: f"{hub} does not know your token (401). Make a new one that may write, and set HF_TOKEN to it.",
        403: f"{hub} does not let your token write to '{repo}' (403). Use a token with the right to write, "
        f"of an account that may publish as '{owner}'.",
        404: f"{hub} has no owner '{owner}', or does not show it to your token (404). Check REPO.",
        413: f"{hub} finds the files too large (413).",
        429: f"{hub} had too many requests (429). Wait some minutes, then run the same command again.",
    }
    other = f"{hub} did not take '{repo}' ({status}{': ' + said if said else ''}). Try again later."
    return sentences.get(status, other)
