"""The Chinese page's middleware, run over small apps."""

import json

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import HTMLResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from ui.looks.language import LanguagePages

HTML = '<!doctype html><html lang="en"><head><title>é</title></head><body lang="en">…</body></html>'


def streamed(_request: object) -> Response:
    return StreamingResponse(iter([HTML[:20], HTML[20:]]), media_type="text/html")


@pytest.fixture(params=["at once", "streamed"])
def client(request):
    whole = streamed if request.param == "streamed" else lambda _request: HTMLResponse(HTML)
    routes = [Route(path, whole) for path in ("/", "/zh", "/zh/more", "/zhang")]
    app = Starlette(routes=routes, middleware=[Middleware(LanguagePages, languages={"/zh": "zh-CN"})])
    return TestClient(app)


def test_the_page_says_its_language_and_gradio_is_told(client):
    html = client.get("/zh").text
    assert '<html lang="zh-CN">' in html
    assert html.index('{get:()=>"zh-CN"}') < html.index("<title>é</title>")
    assert html.count("<script>") == 1
    assert '<body lang="en">' in html, "only the document's own language is changed"


def test_the_length_of_the_rewritten_page_is_right(client):
    response = client.get("/zh")
    assert int(response.headers["content-length"]) == len(response.content)
    assert response.headers.get_list("content-length") == [response.headers["content-length"]]


@pytest.mark.parametrize("path", ["/", "/zh/more", "/zhang"])
def test_other_pages_are_left_alone(client, path):
    assert client.get(path).text == HTML


def test_a_packed_page_is_passed_on_whole():
    packing = Starlette(
        routes=[Route("/zh", lambda _request: HTMLResponse(HTML * 100))],
        middleware=[
            Middleware(LanguagePages, languages={"/zh": "zh-CN"}),
            Middleware(GZipMiddleware, minimum_size=10),
        ],
    )
    response = TestClient(packing).get("/zh", headers={"Accept-Encoding": "gzip"})
    assert response.headers["content-encoding"] == "gzip"
    assert response.text == HTML * 100


def test_status_and_headers_of_the_page_stay():
    app = Starlette(
        routes=[Route("/zh", lambda _request: HTMLResponse(HTML, 418, headers={"X-Kept": "yes"}))],
        middleware=[Middleware(LanguagePages, languages={"/zh": "zh-CN"})],
    )
    response = TestClient(app).get("/zh")
    assert (response.status_code, response.headers["x-kept"]) == (418, "yes")


def test_the_code_is_written_as_a_script_literal():
    app = Starlette(
        routes=[Route("/zh", lambda _request: HTMLResponse(HTML))],
        middleware=[Middleware(LanguagePages, languages={"/zh": 'a"b'})],
    )
    assert json.dumps('a"b') in TestClient(app).get("/zh").text
