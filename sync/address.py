"""A server's address as people type it."""

from urllib.parse import urlsplit

from sync.faults import Rejected


def checked_url(url: str) -> str:
    """An address as people type it, made whole. Raises Rejected("not-an-address") where it cannot be one."""
    text = url.strip()
    text = (text if "://" in text else f"https://{text}").rstrip("/")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise Rejected("not-an-address", {"address": url}) from error
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        raise Rejected("not-an-address", {"address": url})
    return text
