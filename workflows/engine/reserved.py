"""What is about to be spent: amounts reserved by key (an account, a stored key) while calls run.

Whether there is room is judged under one lock per key, so that calls side by side cannot take the
same room. Where engines share a database, what the others have reserved counts too: each writes its
sum by key into a row, which counts for as long as the process lives.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal

from django.db import connection, transaction
from django.db.models import Sum

from workflows import database
from workflows.errors import PatchbayError
from workflows.models import Reservation, Worker

#: An engine elsewhere releases a moment after the ledger has what a call has cost.
TRIES, PAUSE_SECONDS = 3, 0.2

#: Gets what is reserved already; raises PatchbayError when there is no room. For a thread.
Judge = Callable[[Decimal], None]


class Reserved:
    """The amounts that the calls of one engine have reserved."""

    def __init__(self) -> None:
        self.amounts: defaultdict[str, Decimal] = defaultdict(Decimal)
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    def lock(self, key: str) -> asyncio.Lock:
        """Return the lock under which room is judged and taken."""
        return self._locks[key]

    async def take(self, key: str, amount: Decimal, judge: Judge) -> None:
        """Reserve an amount if `judge` lets it; raises what that raises."""
        async with self.lock(key):
            await self._judge(key, amount, judge)
            self.amounts[key] += amount

    def release(self, key: str, amount: Decimal) -> None:
        """Reserve it no longer."""
        self.amounts[key] -= amount
        if not self.amounts[key]:
            del self.amounts[key]

    async def _judge(self, key: str, amount: Decimal, judge: Judge) -> None:
        await database.read(judge, self.amounts[key])


class SharedReserved(Reserved):
    """Those of an engine among others, by the name of its process."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name

    def release(self, key: str, amount: Decimal) -> None:
        """Reserve it no longer, and report that without waiting."""
        super().release(key, amount)
        database.start(self._write, key)

    async def _judge(self, key: str, amount: Decimal, judge: Judge) -> None:
        for left in reversed(range(TRIES)):
            try:
                return await database.read(self._judge_all, key, amount, judge)
            except PatchbayError:
                if not left or not await database.read(self._elsewhere, key):
                    raise
            await asyncio.sleep(PAUSE_SECONDS)

    def _judge_all(self, key: str, amount: Decimal, judge: Judge) -> None:
        with transaction.atomic():
            _hold(key)
            mine = self.amounts.get(key, Decimal(0))
            judge(mine + self._elsewhere(key))
            self._put(key, mine + amount)

    def _write(self, key: str) -> None:
        with transaction.atomic():
            # Under the lock, so that of two writes the later one has the newer sum.
            _hold(key)
            self._put(key, self.amounts.get(key, Decimal(0)))

    def _put(self, key: str, amount: Decimal) -> None:
        rows = Reservation.objects.filter(worker=self._name, key=key)
        if not amount:
            rows.delete()
        elif not rows.update(amount=amount):
            Reservation.objects.create(worker=self._name, key=key, amount=amount)

    def _elsewhere(self, key: str) -> Decimal:
        alive = Worker.objects.values("name")
        rows = Reservation.objects.filter(key=key, worker__in=alive).exclude(worker=self._name)
        found: Decimal | None = rows.aggregate(total=Sum("amount"))["total"]
        return found or Decimal(0)


def _hold(key: str) -> None:
    digest = hashlib.sha256(f"reserved:{key}".encode()).digest()
    with connection.cursor() as cursor:
        number = int.from_bytes(digest[:8], "big", signed=True)
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])
