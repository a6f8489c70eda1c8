"""How a member is written to: by post or online, and at which address."""

from __future__ import annotations

from accounts.models import User


def is_on_paper(user: User) -> bool:
    """Whether letters and documents go by post: the person's choice, or no e-mail."""
    return user.preferred_channel == User.Channel.POST or not user.mailbox


def home_of(member: User) -> list[str]:
    """The lines of the postal address of a member; none when it is not known."""
    place = f"{member.postal_code} {member.city}".strip()
    return [line for line in (*member.address.splitlines(), place) if line]
