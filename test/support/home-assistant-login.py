"""
A rehearsal of the login of Home Assistant, with Python's own folding and libcrypt's bcrypt, as each generation of its
Core does it. Reads one JSON document a line: {version, provider, auth, typed, password}; writes one answer a line:
{opens, person}, `person` being the id of whom the login becomes, null for a new one.

`version` is a release ("2026.9.3") or the name of a generation, where the release is not known.
"""

import base64
import ctypes
import json
import sys

libcrypt = ctypes.CDLL("libcrypt.so.1")
libcrypt.crypt.restype = ctypes.c_char_p


def bcrypt_accepts(password, stored):
    hashed = base64.b64decode(stored)
    return libcrypt.crypt(password.encode()[:72], hashed) == hashed


def generation_of(version):
    if version[0].isalpha():
        return version
    release = tuple(int(part) for part in version.split(".")[:2])
    if release >= (2026, 10):
        return "always-folded"
    if release >= (2024, 7):
        return "folded-if-all-are-normal"
    if release >= (0, 88):
        return "folded-unless-ambiguous"
    return "exact"


def folded(name):
    return name.strip().casefold()


def is_letter_by_letter(generation, names):
    if generation == "exact":
        return True
    if generation == "folded-unless-ambiguous":
        seen = set()
        for name in names:
            if name.casefold() in seen or name != name.strip():
                return True
            seen.add(name.casefold())
        return False
    if generation == "folded-if-all-are-normal":
        return any(folded(name) != name for name in names)
    return False


def credentials_of(auth):
    """Held by their users, and walked user by user."""
    held = {user["id"]: [] for user in auth["users"]}
    for credential in auth["credentials"]:
        held[credential["user_id"]].append(credential)
    for user_id, credentials in held.items():
        for credential in credentials:
            if credential["auth_provider_type"] == "homeassistant" and credential["auth_provider_id"] is None:
                yield user_id, credential["data"]["username"]


def login(version, provider, auth, typed, password):
    users = provider["users"]
    exactly = is_letter_by_letter(generation_of(version), [user["username"] for user in users])
    form = (lambda name: name) if exactly else folded
    found = None
    for user in users:
        if form(user["username"]) == form(typed):
            found = user
    opens = found is not None and bcrypt_accepts(password, found["password"])
    person = next((user_id for user_id, name in credentials_of(auth) if form(name) == form(typed)), None)
    return {"opens": opens, "person": person}


for line in sys.stdin:
    print(json.dumps(login(**json.loads(line))))
