"""Calls that leave out an endpoint's last values."""

from collections.abc import Sequence
from typing import Any

import gradio as gr
from gradio.block_function import BlockFunction


class LenientBlocks(gr.Blocks):
    """gr.Blocks whose handlers get None for the values that a call leaves out at the end.

    So an endpoint may learn a new last parameter, and plain HTTP calls written before still work. Gradio's
    own clients fill in defaults; without this, a bare call that does not would fail without a sentence.
    """

    async def preprocess_data(
        self,
        block_fn: BlockFunction,
        inputs: Sequence[Any],
        state: Any,
        explicit_call: bool = False,  # noqa: FBT001, FBT002 # as Gradio calls it
    ) -> list[Any]:
        """Return what the handler is called with."""
        left_out = len(block_fn.inputs) - len(inputs)
        return await super().preprocess_data(block_fn, [*inputs, *[None] * left_out], state, explicit_call)
