"""What each structure lived, step by step, with the real actions; a step already done is not done again."""

from desks.demonstration.story.paths import live

__all__ = ["live"]
