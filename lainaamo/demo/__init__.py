"""A municipality at work, made up whole: for looking round, showing and learning."""

from lainaamo.demo.loader import load
from lainaamo.demo.sign_ins import SignInLine

__all__ = ["SignInLine", "load"]
