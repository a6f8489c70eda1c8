"""The seal of the certificates: an invisible PAdES certification signature, nothing may change after it."""
