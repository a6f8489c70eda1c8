"""Pages about one application: public, draft, filing, follow-up, office, paper."""
