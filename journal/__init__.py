"""Who did what and when: threads, events, moves; append-only, hash-chained."""
