"""The demonstration: invented people and structures who lived the last months with the real actions of the house.

Nothing here runs in production: `load` refuses. Every name, number and address is invented.
"""
