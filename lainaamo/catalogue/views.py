"""Screens."""

from flask import Blueprint

bp = Blueprint("catalogue", __name__)
PAGES: dict[str, str] = {}
