"""What people do with the charter: its versions, and the signatures of structures."""

from charter.actions.identity import check_identity
from charter.actions.signatures import (
    ask_to_sign,
    record_paper_signature,
    request_signing_code,
    sign_charter,
)
from charter.actions.versions import (
    abandon_charter,
    adopt_charter,
    archive_charter,
    enter_into_force,
    load_charter,
    prepare_version,
)

__all__ = [
    "abandon_charter",
    "adopt_charter",
    "archive_charter",
    "ask_to_sign",
    "check_identity",
    "enter_into_force",
    "load_charter",
    "prepare_version",
    "record_paper_signature",
    "request_signing_code",
    "sign_charter",
]
