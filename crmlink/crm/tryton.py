"""The connector `tryton`: a note on the Tryton party that has that mail address (JSON-RPC, Tryton 8, module party).

CRM_URL ends with the name of the database (`https://tryton.example/ours`), CRM_USER and CRM_KEY are the login and
password of a user that may read parties and write notes. Tried against trytond 8.2.
"""

from __future__ import annotations

import base64
import json
from typing import Any, ClassVar

from crmlink.crm.notes import keep_note
from crmlink.crm.port import CrmAccess, CrmUnreachableError
from crmlink.crm.web import CrmWeb
from crmlink.model.crm_event import CrmEvent


class Tryton:
    """A `Connector` to one database of one Tryton server."""

    name: ClassVar[str] = "tryton"
    settings: ClassVar[tuple[str, ...]] = ("crm_url", "crm_user", "crm_key")

    def __init__(self, access: CrmAccess) -> None:
        self._access = access
        self._web = CrmWeb(access)
        self._url = f"{access.url.rstrip('/')}/rpc/"

    def deliver(self, event: CrmEvent) -> None:
        """Note it on the party. Raises as the port says."""
        keep_note(self, event, language=self._access.language, zone=self._access.clock().tzinfo)

    def person(self, address: str) -> str | None:
        """The number of the party that can be reached at this address."""
        wanted = [["type", "=", "email"], ["value", "ilike", _literal(address)]]
        found = self._call("party.contact_mechanism.search_read", wanted, 0, 1, None, ["party"])
        return str(int(found[0]["party"])) if found else None

    def has_note(self, person: str, mark: str) -> bool:
        """Whether a note on the party holds these words."""
        wanted = [["resource", "=", f"party.party,{person}"], ["message", "like", f"%{_literal(mark)}%"]]
        return bool(self._call("ir.note.search_count", wanted))

    def add_note(self, person: str, text: str) -> None:
        """Write a note on the party."""
        self._call("ir.note.create", [{"resource": f"party.party,{person}", "message": text}])

    def _call(self, method: str, *parameters: Any) -> Any:
        """Call a method of a model. Raises CrmUnreachableError for an error inside Tryton."""
        request = {"id": 1, "method": f"model.{method}", "params": [*parameters, {}]}
        login = base64.b64encode(f"{self._access.user}:{self._access.key}".encode()).decode()
        headers = {"Content-Type": "application/json", "Authorization": f"Basic {login}"}
        answer = self._web.ask("POST", self._url, headers, json.dumps(request).encode()).json(self._web.host)
        if not isinstance(answer, dict) or "result" not in answer:
            said = f"Tryton at {self._web.host} could not do {method}."
            raise CrmUnreachableError(said, hint="Check that the module party is active and what this user may do.")
        return answer["result"]


def _literal(text: str) -> str:
    r"""The text for a pattern of LIKE, where % and _ stand for others and \ makes them plain."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
