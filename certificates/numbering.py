"""Label numbers, the stable interface: written and read here, computed on the floor where references live."""

from journal.numbering import InvalidNumber, format_number, parse_number

__all__ = ["InvalidNumber", "format_number", "parse_number"]
