"""The identifier of the request being served, so that events of one request can be told together."""

from contextvars import ContextVar

current_request_id: ContextVar[str] = ContextVar("current_request_id", default="")
