"""The look of the house: words of the states, typography tags, form rendering, navigation."""
