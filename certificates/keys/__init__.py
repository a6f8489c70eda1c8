"""The keys of the certificates: four roles that are never shared (docs/runbook.md).

The seal of the PDF, the signature of credentials and that of the public log each have a key; the time-stamps are
somebody else's.
"""
