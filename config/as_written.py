"""Template filters of the drawings: words stand as they were written, without English capitals."""

from django.template import Library

register = Library()


@register.filter
def title(words: str) -> str:
    """The words themselves, in place of Django's filter of that name: French writes no capital inside a title."""
    return words
