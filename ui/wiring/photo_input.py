"""A place for one photo that hands over the file as it came."""

from pathlib import Path
from urllib.parse import unquote

import gradio as gr
from gradio.data_classes import ImageData

from ui.errors import NotUploadedError, as_message
from ui.wiring.lending import is_upload

FILE_ROUTE = "/gradio_api/file="


class PhotoInput(gr.Image):
    """gr.Image without its decoding, which would lose depth, alpha and profile, and fails on HEIC.

    `models.pixels` reads the file, and says in a sentence what is wrong with one it cannot read.
    """

    is_template = True

    def preprocess(self, payload: ImageData | None) -> str | None:
        """Return the path of the uploaded file, untouched.

        Gradio checks paths only in payloads that call themselves its FileData; without this check, any
        script could have the server open whatever file it names.

        Raises gr.Error: the path is not an upload's.
        """
        if payload is None or payload.path is None:
            return None
        if not is_upload(payload.path):
            raise as_message(NotUploadedError(), "Patina")
        return payload.path

    async def async_move_resource_to_block_cache(self, url_or_file_path: str | Path | None) -> str | None:
        """Return where the file is kept; an upload may also be named by the address it is served at.

        MCP clients name it so. Gradio would fetch it from there, but from no server in a private network.
        """
        path = unquote(str(url_or_file_path).partition(FILE_ROUTE)[2])
        known = path if path and is_upload(path) else url_or_file_path
        return await super().async_move_resource_to_block_cache(known)
