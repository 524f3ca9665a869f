"""What the pages say that the server writes itself: each text once, ready for another language.

Templates have this module as `texts`. Pages in TypeScript have theirs in the `texts.ts` of their
room; what an error of the API says is in its class.
"""

from __future__ import annotations

import math

from django.utils.html import format_html
from django.utils.safestring import SafeString

LANGUAGE = "en"

#: Titles of pages; "Patchbay" follows each.
WORKFLOWS = "Workflows"
TEMPLATES = "Templates"
RUNS = "Runs"
QUEUE = "Queue"
RUN = "Run"
HISTORY_OF = "History of {name}"
ASSETS = "Assets"
MODELS = "Models"
RUNNERS = "Runners"
SETTINGS = "Settings"
API = "API"
INVITATION = "Invitation"

# Logging in.
LOG_IN = "Log in"
NAME = "Name"
PASSWORD = "Password"
LINK_AT_THE_START = (
    "On a fresh start, the terminal shows a link that logs you in without a password."
)
WRONG = "The name or the password is wrong."
LINK_IS_USED = "This link has been used already or is older than 30 minutes."
LINK_WORKS_ONCE = "This link works once."
_FOR_A_NEW_LINK = "Start Patchbay again, or run {command}, for a new one."
_TOO_MANY_TRIES = "Too many tries. Try again in {minutes} minutes."
_LOG_IN_AS = "Log in as {name}"

# An invitation.
CREATE_YOUR_ACCOUNT = "Create your account"
CREATE_ACCOUNT = "Create account"
PASSWORD_RULE = "At least 12 characters, and none of the common ones."
NO_LONGER_VALID = "This invitation is no longer valid"
USED_OR_OLD = "It has been used already, or is older than 7 days."
_ASK_FOR_A_NEW_ONE = "Ask the sender for a new one. If the account is yours, {log_in}."
_TO_LOG_IN = "log in"

# A link to a shared workflow.
SHARED = "Shared workflow"
OPEN_SHARED = "Open the workflow"
LINK_IS_REVOKED = "This link is no longer valid"
ASK_WHO_SENT_IT = "Its sender can give you a new one."
WILL_BE_IN_THE_LIBRARY = "It will be in your library."
_SHARES = "{owner} shares \u201c{name}\u201d with you"
JOINS = {
    "view": "You can look at it and copy it.",
    "run": "You can look at it, copy it and run it.",
    "edit": "You can look at it, run it and change it.",
}

# Errors.
MALFORMED = "This request is malformed"
NO_ACCESS = "You have no access to this"
OUT_OF_DATE = "This form is out of date. Go back and try again"
NOTHING_HERE = "There is nothing here"
SERVER_FAILED = "Something went wrong on the server"
WHY_NOTHING = "The URL may be wrong, or the page belongs to another user or no longer exists."
_NOTHING_LOST = "Nothing you saved is lost. If it happens again, the log has more under {id}."
TO_WORKFLOWS = "Go to your workflows"

# Without scripts.
NOT_BUILT = "The frontend is not built"
_BUILD_IT = "Run {make}, or {npm} in {folder}, and reload this page."
NEEDS_JAVASCRIPT = "Patchbay's canvas needs JavaScript."
_DESCRIPTION_IS_AT = "This page needs JavaScript. The description itself is at {link}."


def for_a_new_link() -> SafeString:
    """Say how to get another login link."""
    return format_html(_FOR_A_NEW_LINK, command=_code("manage.py login_link"))


def too_many_tries(seconds: float) -> str:
    """Say when the next try to log in is allowed."""
    return _TOO_MANY_TRIES.format(minutes=math.ceil(seconds / 60))


def log_in_as(name: str) -> str:
    """Ask whether to log in as a user."""
    return _LOG_IN_AS.format(name=name)


def shares(owner: str, name: str) -> str:
    """Say who shares which workflow."""
    return _SHARES.format(owner=owner, name=name)


def ask_for_a_new_one(url: str) -> SafeString:
    """Say what to do about an invitation that is no longer valid."""
    return format_html(_ASK_FOR_A_NEW_ONE, log_in=_link(url, _TO_LOG_IN))


def nothing_lost(id: str) -> SafeString:
    """Say where the log has more about the request with this id."""
    return format_html(_NOTHING_LOST, id=_code(id))


def build_it() -> SafeString:
    """Say how the frontend is built."""
    npm = _code("npm ci && npm run build")
    return format_html(_BUILD_IT, make=_code("make run"), npm=npm, folder=_code("frontend"))


def description_is_at(url: str) -> SafeString:
    """Say where the API's description is for those without scripts."""
    return format_html(_DESCRIPTION_IS_AT, link=_link(url, url))


def _code(text: str) -> SafeString:
    return format_html("<code>{}</code>", text)


def _link(url: str, text: str) -> SafeString:
    return format_html('<a href="{}">{}</a>', url, text)
