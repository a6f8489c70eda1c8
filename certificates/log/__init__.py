"""The public log: what happened to labels, as leaves of a tree that nobody can rewrite unseen (RFC 6962).

`tree` is the mathematics · `noting` what is to be logged · `sequencing` gives each fact its place · `checkpoints`
signs where the tree stands · `proofs` and `telling` what pages may show · `verifying` reads everything again ·
`exporting` and `verify_log` for an auditor who trusts nobody. Why so: docs/adr/0036-the-public-log.md.
"""
