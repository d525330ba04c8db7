"""`python app.py --mcp` as an MCP client meets it. Tools look and restore; they never judge."""

import asyncio
import base64
from typing import Any

import httpx
import pytest

pytest.importorskip("mcp", reason="The Python package mcp is not installed: pip install 'mcp<2'.")
from gradio_client import Client
from gradio_client.exceptions import AppError
from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client
from mcp.types import CallToolResult

from models import pixels, registry


@pytest.fixture(scope="module")
def tools(own_server):
    return own_server("--mcp")


def ask(server, question) -> Any:
    """Open a session, let `question(session)` ask, close it."""

    async def session() -> Any:
        async with (
            streamable_http_client(f"{server.url}/gradio_api/mcp/") as (read, write, _),
            ClientSession(read, write) as client,
        ):
            await client.initialize()
            return await question(client)

    return asyncio.run(session())


def call(server, tool: str, **arguments: object) -> CallToolResult:
    return ask(server, lambda client: client.call_tool(tool, arguments))


def said(answer: CallToolResult) -> str:
    return "\n".join(getattr(part, "text", "") for part in answer.content)


def test_the_tools_are_the_api_without_votes(tools):
    listed = ask(tools, lambda client: client.list_tools()).tools
    assert {tool.name for tool in listed} == {
        "models",
        "restore",
        "generate",
        "compare",
        "leaderboard",
        "health",
    }
    assert all(tool.description for tool in listed)
    restore = next(tool for tool in listed if tool.name == "restore")
    assert restore.inputSchema["properties"]["settings"]["type"] == "object"
    assert set(restore.inputSchema["required"]) == {"image", "model"}


def test_a_vote_cannot_be_cast_by_naming_the_tool_either(tools):
    vote = {"result_token": "x", "grade": 5, "defects": [], "comment": ""}
    answer = call(tools, "rate", **vote)
    assert answer.isError
    assert "Unknown tool" in said(answer)
    assert "rate" not in httpx.get(f"{tools.url}/gradio_api/mcp/schema").json()


def test_scripts_may_still_rate_beside_mcp(tools):
    with pytest.raises(AppError, match="not known here"):
        Client(tools.url, verbose=False).predict("made-up", 4, [], "", api_name="/rate")


def test_models_are_listed(tools):
    answer = call(tools, "models")
    assert not answer.isError
    assert all(card.id in said(answer) for card in registry.cards())


def test_a_photo_named_by_its_uploads_address_is_restored(tools, noisy):
    sent = httpx.post(f"{tools.url}/gradio_api/upload", files={"files": ("photo.png", noisy.read_bytes())})
    address = f"{tools.url}/gradio_api/file={sent.json()[0]}"
    answer = call(tools, "restore", image=address, model="denoise-median", settings={"size": 5})
    assert not answer.isError
    assert "'size': 5" in said(answer)
    assert "result_token" in said(answer)


def test_a_photo_within_the_call_is_restored_and_its_result_can_be_fetched(tools, noisy, tmp_path):
    data = "data:image/png;base64," + base64.b64encode(noisy.read_bytes()).decode()
    answer = call(tools, "restore", image=data, model="denoise-median")
    address = said(answer).split("'url': '")[1].split("'")[0]
    result = tmp_path / "result.png"
    result.write_bytes(httpx.get(address).content)
    assert pixels.open(result).size == (60, 80)
    assert pixels.open(result).sha256 in said(answer)


@pytest.mark.parametrize(
    ("tool", "arguments", "sentence"),
    [
        ("restore", {"image": "/etc/passwd", "model": "denoise-median"}, "provide a url"),
        ("restore", {"image": "data:image/png;base64,AAAA", "model": "denoise-median"}, "Expected a picture"),
        ("restore", {"image": "data:image/png;base64,AAAA", "model": "denoise-medain"}, "denoise-median"),
        ("restore", {"image": "data:image/png;base64,AAAA", "model": "x", "settings": [1]}, "not of type"),
        ("leaderboard", {"task": "rust"}, "Expected a task"),
    ],
)
def test_a_wrong_call_is_answered_in_a_sentence(tools, tool, arguments, sentence):
    answer = call(tools, tool, **arguments)
    assert answer.isError
    assert sentence in said(answer)
    assert "Traceback" not in said(answer)
