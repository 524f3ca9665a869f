"""What one call of a node pays with: the key it shows, what it reserves and what it has cost."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from workflows import database
from workflows.billing.ledger import Spent
from workflows.billing.prices import usual_usd
from workflows.engine.credentials import Key, credential_headers
from workflows.engine.spending import Hold
from workflows.failpoints import failpoint
from workflows.graph import credentials
from workflows.graph.work import LONGEST_MODEL, of_calls
from workflows.journal import events
from workflows.types import JsonObject

if TYPE_CHECKING:
    from workflows.engine.run import ActiveRun
    from workflows.graph.plan import PlannedNode
    from workflows.nodes.context import Charged


@dataclass(slots=True)
class Payment:
    """Pays for one call of a node, with the `arguments` it has."""

    run: ActiveRun
    node: PlannedNode
    arguments: JsonObject = field(default_factory=dict)
    _key: Key | None = None
    _holds: list[Hold] = field(default_factory=list)

    async def credential(self, url: str, field: str) -> dict[str, str] | None:
        """Return the header that shows the credential of one of the node's fields to `url`."""
        run, data = self.run, self.node.data
        chosen = data.get(field)
        declared = {port.name: port for port in self.node.node_type.inputs}
        port = credentials.resolved(self.node.node_type, declared[field], data)
        if run.scope.own and not port.provider and chosen in (None, ""):
            return None
        shown = await database.read(
            credential_headers,
            run.payer_id,
            run.scope,
            self.node.id,
            port,
            chosen,
            url,
            run.secrets,
        )
        if shown is None:
            return None
        headers, key = shown
        # The first key of a call is the one that pays; further ones only look something up.
        self._key = self._key or key
        return headers

    async def spend(self, model: str) -> None:
        """Reserve what a call may cost within the caps of its run and of the key that it uses."""
        if self._holds:
            return
        usd, spending = self._usual(model), self.run.host.spending
        if self.run.money is not None:
            self._holds.append(await spending.hold_of_run(self.run.money, usd))
        if self.run.allowed is not None:
            self._holds.append(await spending.hold_of_user(self.run.allowed, usd))
        if self._key is not None:
            hold = await spending.hold(self._key, usd)
            self._holds += [] if hold is None else [hold]

    async def charged(self, charged: Charged) -> None:
        """Note what a call has cost, in the journal and in the ledger at once."""
        key, usd = self._key, charged.usd
        event = events.Charged(
            self.node.id,
            charged.model,
            None if usd is None else float(usd),
            dict(charged.usage),
            charged.request_id or uuid.uuid4().hex,
        )
        spent = Spent(
            self.run.payer_id,
            self.node.id,
            event.call,
            charged.model[:LONGEST_MODEL],
            usd,
            None if usd is not None else self._usual(charged.model),
            event.usage,
            key.id if key else "",
            key.name if key else "",
        )
        self.run.journal.append(event, charge=spent)
        # The money is gone, whatever becomes of us now.
        await self.run.journal.flush()
        failpoint("step.charged")

    def release(self) -> None:
        """Give back what is reserved; the call is over."""
        for hold in self._holds:
            self.run.host.spending.release(hold)
        self._holds = []

    def _usual(self, model: str) -> Decimal:
        rows = of_calls(self.node.node_type, [self.arguments])
        return usual_usd(self.node.type, model, sum(row.amount for row in rows))
