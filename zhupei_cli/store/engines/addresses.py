"""Addresses of databases as they may be printed: without their passwords."""

import re
from typing import Final
from urllib.parse import unquote

from sqlalchemy import exc, make_url

#: The password in an address that cannot be read.
_PASSWORD: Final = re.compile(r"((?:^|:/*|/)[^:/@]*):[^/].*@", re.DOTALL)
#: Where a port belongs a password may stand, the rest of the address forgotten.
_UNFINISHED: Final = re.compile(r"(://[^:/?]*):(?!\d+(?:[/?]|$))[^/?]*")
#: Passwords among the options behind the question mark, or in the words of libpq: password=… sslpassword=…
_OPTION: Final = re.compile(r"(\w*(?:password|passwd)\s*=\s*)('[^']*'|[^\s&]*)", re.IGNORECASE)


def shown_url(url: str) -> str:
    """Return `url` as it may be printed: without its password, also where it is no URL."""
    try:
        parsed = make_url(url)
    except (exc.ArgumentError, ValueError):
        parsed = None
    if parsed is None or (parsed.host and "@" in f"{parsed.host}{parsed.database}"):
        # An @ or a slash in the password: what follows it was taken for the host, or the database's name.
        found = _PASSWORD.sub(r"\1:***@", url)
        if "@" not in url:
            found = _UNFINISHED.sub(r"\1:***", found)
        return _OPTION.sub(r"\1***", found)
    text = _OPTION.sub(r"\1***", parsed.render_as_string(hide_password=True))
    # A file's name stays readable: SQLAlchemy writes 招收 in percent signs.
    return text if parsed.host else unquote(text)
