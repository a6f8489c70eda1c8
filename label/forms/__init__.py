"""Forms of the pages about an application, cut by subject."""
