"""Mail on its way out: composed once, kept as a row, sent as the same bytes however often it takes.

A row goes queued → sending (under a lease by the database's clock) → sent, bounced, failed or
unsure; unsure ones are asked about before anything is sent again. No transaction is open while the
mail server is spoken to.
"""

from core.mail import probe_logs, probe_mailbox  # noqa: F401  # register themselves
from core.mail.addresses import (
    is_reachable,
    new_message_id,
    sender_name,
    single_line,
    validate_recipient,
)
from core.mail.again import send_again
from core.mail.claiming import claim_due
from core.mail.composing import MailFile, compose
from core.mail.outcomes import record_outcome
from core.mail.probes import Probe, ProbeKind, register_probe
from core.mail.queueing import NewMail, queue_mail, queue_many, rewrite_mail, withdraw
from core.mail.sending import RUN_SECONDS, send_due
from core.mail.switch import SendingState, pause_sending, resume_sending, sending_state

__all__ = [
    "RUN_SECONDS",
    "MailFile",
    "NewMail",
    "Probe",
    "ProbeKind",
    "SendingState",
    "claim_due",
    "compose",
    "is_reachable",
    "new_message_id",
    "pause_sending",
    "queue_mail",
    "queue_many",
    "record_outcome",
    "register_probe",
    "resume_sending",
    "rewrite_mail",
    "send_again",
    "send_due",
    "sender_name",
    "sending_state",
    "single_line",
    "validate_recipient",
    "withdraw",
]
