"""Connections to the mail server as rows: all workers together never hold more than allowed."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.conf import settings
from django.db import connection

from core.models import MailLane

TAKE = """
INSERT INTO core_maillane (number, holder, leased_until)
SELECT lane, %(holder)s, clock_timestamp() + make_interval(secs => %(lease)s)
FROM generate_series(1, %(most)s) AS lane
WHERE NOT EXISTS (
    SELECT FROM core_maillane WHERE number = lane AND leased_until > clock_timestamp()
)
ORDER BY lane LIMIT %(wanted)s
ON CONFLICT (number) DO UPDATE SET holder = excluded.holder, leased_until = excluded.leased_until
    WHERE core_maillane.leased_until <= clock_timestamp()
RETURNING number
"""
KEEP = """
UPDATE core_maillane SET leased_until = clock_timestamp() + make_interval(secs => %s)
WHERE holder = %s
"""


@dataclass(frozen=True, slots=True)
class Lanes:
    """What one run holds."""

    holder: uuid.UUID
    count: int

    def keep(self) -> None:
        """Hold them for another lease."""
        with connection.cursor() as cursor:
            cursor.execute(KEEP, [settings.MAIL_LEASE_SECONDS, self.holder])

    def release(self) -> None:
        """Let others have them."""
        MailLane.objects.filter(holder=self.holder).delete()


def take_lanes(*, wanted: int) -> Lanes:
    """As many of `MAIL_CONNECTIONS` as are free, at most `wanted`; perhaps none."""
    holder = uuid.uuid4()
    with connection.cursor() as cursor:
        cursor.execute(
            TAKE,
            {
                "holder": holder,
                "lease": settings.MAIL_LEASE_SECONDS,
                "most": settings.MAIL_CONNECTIONS,
                "wanted": min(wanted, settings.MAIL_CONNECTIONS),
            },
        )
        return Lanes(holder, len(cursor.fetchall()))
