"""Screens."""

from flask import Blueprint

bp = Blueprint("lending", __name__)
