"""Pages about one letter, one file, one thread of exchanges, and the outbox of the demonstration."""
