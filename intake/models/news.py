"""What is told to the people behind a request: at most one mail a person and day."""

from __future__ import annotations

from django.db import models

from core.models import OutboundMail
from intake.models.requests import RequestStep, Voice


class News(models.Model):
    """The one mail of a person's day (in their own time zone) about what became of their requests.

    `recipient` is the e-mail address in lower case. Until the mail is claimed to be sent, further
    notices of the day are written into it; afterwards they wait for the next day's.
    """

    recipient = models.CharField(max_length=254)
    day = models.DateField()
    mail = models.ForeignKey(OutboundMail, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name_plural = "news"
        constraints = [
            models.UniqueConstraint(fields=["recipient", "day"], name="intake_news_once_a_day"),
        ]

    def __str__(self) -> str:
        return f"News of {self.day}"


class Notice(models.Model):
    """One step that somebody behind a request is told, in one mail, once."""

    news = models.ForeignKey(News, on_delete=models.CASCADE, related_name="notices")
    voice = models.ForeignKey(Voice, on_delete=models.CASCADE, related_name="notices")
    step = models.ForeignKey(RequestStep, on_delete=models.CASCADE, related_name="notices")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["voice", "step"], name="intake_notice_once"),
        ]

    def __str__(self) -> str:
        return f"{self.step_id} to {self.voice_id}"
