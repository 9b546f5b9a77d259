"""Open data: for anybody's page and program, under a licence, and not for one reader alone."""

import json
import re
from datetime import timedelta

from lainaamo.core import clock
from lainaamo.core.reads import reader_at
from lainaamo.goods.models import Kind
from tests.api.conftest import Programs, told
from tests.make import Make
from tests.strict import Browser

OPEN = ("/kinds", "/kinds.csv", "/sites", "/openapi.json")
BLOCK = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)


def test_pages_of_others_may_read_what_needs_no_token(program: Programs, skis: Kind) -> None:
    for path in (*OPEN, f"/kinds/{skis.id}/availability", "/kinds?limit=nonsense"):
        answer = program(None).ask("GET", path, Origin="https://other.example")
        assert answer.headers["Access-Control-Allow-Origin"] == "*", path
        assert 'rel="license"' in answer.headers["Link"]
        assert "Access-Control-Allow-Credentials" not in answer.headers


def test_pages_of_others_may_read_and_send_nothing_else(program: Programs) -> None:
    mine = program("administrator")
    for method, path in (("GET", "/me"), ("GET", "/loans"), ("POST", "/reservations")):
        answer = mine.ask(method, path, {} if method == "POST" else None)
        assert "Access-Control-Allow-Origin" not in answer.headers, path


def test_the_document_names_the_licence(program: Programs) -> None:
    assert program(None).get("/openapi.json")["info"]["license"]["name"] == "CC BY 4.0"


def test_one_reader_does_not_take_the_house_from_the_others(program: Programs) -> None:
    stranger, known = program(None), program("resident")
    assert {stranger.ask("GET", "/sites").status_code for _ in range(300)} == {200}
    no = stranger.ask("GET", "/sites")
    assert (told(no)["refusal"], no.headers["Retry-After"]) == ("too_many_tries", "60")
    assert known.ask("GET", "/sites").status_code == 200
    with clock.at(clock.now() + timedelta(minutes=1)):
        assert stranger.ask("GET", "/sites").status_code == 200


def test_a_household_is_one_reader() -> None:
    assert reader_at("2001:db8:1:2::1") == reader_at("2001:db8:1:2:ffff::9")
    assert reader_at("2001:db8:1:2::1") != reader_at("2001:db8:1:3::1")
    assert reader_at("192.0.2.1") != reader_at("192.0.2.2")
    assert reader_at("nonsense") == reader_at(None)


def test_a_kinds_page_tells_search_engines_what_it_is(browser: Browser, make: Make) -> None:
    kind = make.kind("</script><script>alert(1)</script>")
    make.item(kind)
    page = browser.get(f"/valineet/{kind.id}").text
    (block,) = BLOCK.findall(page)
    product = json.loads(block)
    assert (product["@type"], product["name"]) == ("Product", kind.name)
    offer = product["offers"]
    assert (offer["availability"], offer["price"]) == ("https://schema.org/InStock", "0")
    assert offer["inventoryLevel"]["value"] == 1
