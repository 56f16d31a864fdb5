"""The connector `espocrm`: a note in the stream of the EspoCRM contact with that mail address.

After EspoCRM's documented REST API (docs.espocrm.com, "REST API", "API search parameters", "Stream"), with the key of an
API user that may read contacts and post to their stream. Not tried against a live EspoCRM.
"""

from __future__ import annotations

import json
from typing import Any, ClassVar, Final
from urllib.parse import quote, urlencode

from crmlink.crm.notes import keep_note
from crmlink.crm.port import CrmAccess, CrmUnreachableError
from crmlink.crm.web import CrmWeb
from crmlink.model.crm_event import CrmEvent

_RECENT: Final = 50
"""How many of the newest notes are looked through for one that stands there already."""


class EspoCrm:
    """A `Connector` to one EspoCRM. CRM_URL is the address one opens in a browser, CRM_KEY the API key."""

    name: ClassVar[str] = "espocrm"
    settings: ClassVar[tuple[str, ...]] = ("crm_url", "crm_key")

    def __init__(self, access: CrmAccess) -> None:
        self._access = access
        self._web = CrmWeb(access)
        self._root = f"{access.url.rstrip('/')}/api/v1"

    def deliver(self, event: CrmEvent) -> None:
        """Note it on the contact. Raises as the port says."""
        keep_note(self, event, language=self._access.language, zone=self._access.clock().tzinfo)

    def person(self, address: str) -> str | None:
        """The identifier of the contact with this address."""
        where = {"type": "equals", "attribute": "emailAddress", "value": address}
        query = {f"where[0][{name}]": value for name, value in where.items()}
        found = self._list(f"Contact?{urlencode({**query, 'select': 'id', 'maxSize': 1})}")
        return str(found[0]["id"]) if found else None

    def has_note(self, person: str, mark: str) -> bool:
        """Whether one of the newest notes holds these words."""
        notes = self._list(f"Contact/{quote(person, safe='')}/stream?maxSize={_RECENT}")
        return any(mark in str(note.get("post") or "") for note in notes)

    def add_note(self, person: str, text: str) -> None:
        """Post to the contact's stream."""
        note = {"type": "Post", "parentType": "Contact", "parentId": person, "post": text}
        body = json.dumps(note, ensure_ascii=False).encode()
        self._web.ask("POST", f"{self._root}/Note", {**self._login, "Content-Type": "application/json"}, body)

    def _list(self, query: str) -> list[dict[str, Any]]:
        """The records of a listing. Raises CrmUnreachableError for an answer that is none."""
        answer = self._web.ask("GET", f"{self._root}/{query}", {**self._login, "X-No-Total": "true"})
        document = answer.json(self._web.host)
        found = document.get("list") if isinstance(document, dict) else None
        if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
            raise CrmUnreachableError(f"The CRM at {self._web.host} does not answer as an EspoCRM does.")
        return found

    @property
    def _login(self) -> dict[str, str]:
        return {"X-Api-Key": self._access.key, "Accept": "application/json"}
