"""The floor: the least that Flask and a template can do for a page like ours, with no database."""

from flask import Flask, render_template

from lainaamo.app import create_app
from lainaamo.core.web import needs
from lainaamo.people.access import Right

ROWS = tuple(
    {
        "id": n,
        "code": f"TK{n:05}",
        "name": "sininen polkupyörä 26 tuumaa",
        "group": {"name": "Pyöräily"},
        "place": {"name": "Varasto A-01"},
        "state": "vapaa",
        "condition": 3,
    }
    for n in range(24)
)
FRAME = """<!doctype html><html lang="fi"><head><meta charset="utf-8">
<title>{% block title %}{% endblock %}</title>
<link rel="stylesheet" href="{{ url_for('static', filename='app.css') }}"></head><body>
<nav><a href="{{ url_for('hello') }}">Tavarat</a> <a href="{{ url_for('rows') }}">Haku</a></nav>
<main>{% block main %}{% endblock %}</main></body></html>"""
PAGE = """{% extends frame %}{% block title %}Tavarat{% endblock %}
{% block main %}<h1>Tavarat</h1><ul class="cards">{% for row in rows %}
<li><a href="{{ url_for('thing', number=row.id) }}"><h2>{{ row.name }}</h2></a>
<p>{{ row.group.name }} · {{ row.place.name }}</p>
<p class="{{ row.state }}">{{ row.state }} · kunto {{ row.condition }}/5 · {{ row.code }}</p></li>
{% endfor %}</ul>{% endblock %}"""


def create_floor() -> Flask:
    """Return the bare application: `/hello` is one word, `/rows` a page of 24 rows."""
    app = Flask("floor")
    frame, page = app.jinja_env.from_string(FRAME), app.jinja_env.from_string(PAGE)
    app.add_url_rule("/hello", "hello", lambda: "hello")
    app.add_url_rule("/rows", "rows", lambda: render_template(page, frame=frame, rows=ROWS))
    app.add_url_rule("/things/<int:number>", "thing", str)
    return app


def create_ours() -> Flask:
    """Return our application with one page more: one word, through everything that each page is."""
    app = create_app()
    app.add_url_rule("/bench/hello", "bench_hello", needs(Right.LOOK)(lambda: "hello"))
    return app
