"""The credential: what a certificate says as data that anybody checks without asking us (Open Badges 3.0, VC 2.0)."""
