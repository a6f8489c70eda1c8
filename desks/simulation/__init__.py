"""Years of the label lived day by day by simulated people, through the real actions: it sizes the committee."""
