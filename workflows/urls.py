"""Addresses of this room, by the space in which they stand."""
