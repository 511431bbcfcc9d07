"""Several at once tell the same people: one mail a day, every notice once, nothing lost."""

import datetime as dt

import pytest
from django.db import transaction

from core.locks import retry_on_deadlock
from core.mail import claim_due, rewrite_mail
from core.models import OutboundMail
from intake.models import News, Notice
from intake.services.steps import record_step, record_steps
from tests.factories.accounts import UserFactory
from tests.factories.intake import NOW, RequestFactory, VoiceFactory
from tests.intake.test_news import text_of
from tests.portfolio.test_races import at_once

pytestmark = pytest.mark.django_db(transaction=True)
LONG_AGO = dt.datetime(2020, 1, 6, 12, 0, tzinfo=dt.UTC)


def test_ten_at_once_write_one_mail_a_person():
    users = [UserFactory() for _ in range(3)]
    requests = [RequestFactory() for _ in range(2)]
    for request in requests:
        for user in users:
            VoiceFactory(request=request, user=user)
    manager = UserFactory()

    def job(number):
        def tell():
            with transaction.atomic():
                record_steps(
                    requests=requests if number % 2 else requests[::-1],
                    kind="answered", by=manager, now=NOW, text=f"words{number}.",
                )  # fmt: skip

        return retry_on_deadlock(tell)

    assert at_once(*(job(number) for number in range(10))) == [None] * 10
    mails = list(OutboundMail.objects.filter(kind="intake.news"))
    assert sorted(mail.recipient for mail in mails) == sorted(user.email for user in users)
    assert News.objects.count() == 3
    assert Notice.objects.count() == 3 * 2 * 10
    for mail in mails:
        assert all(f"words{number}." in text_of(mail) for number in range(10))


def test_telling_and_sending_at_once_loses_nothing():
    """Whatever was told before the mail was claimed stands in it; all else in the next."""
    voice = VoiceFactory()
    manager = UserFactory()
    for turn in range(8):
        now = LONG_AGO + turn * dt.timedelta(days=2)
        first = record_step(request=voice.request, kind="asked", by=manager, now=now, text="first.")

        def tell(now=now, turn=turn):
            with transaction.atomic():
                record_step(
                    request=voice.request, kind="answered", by=manager, now=now, text=f"t{turn}."
                )

        results = at_once(tell, lambda: claim_due(limit=50))
        assert results[0] is None, results
        notice = Notice.objects.select_related("news__mail").get(step__text=f"t{turn}.")
        assert f"t{turn}." in text_of(notice.news.mail)
        claimed = [mail for mail in results[1] if mail.recipient == voice.user.email]
        before = Notice.objects.get(step=first)
        for mail in claimed:
            sent = OutboundMail.objects.get(pk=mail.pk)
            assert bytes(sent.raw) == bytes(mail.raw)
        if notice.news_id != before.news_id:
            assert notice.news.day > before.news.day
        claim_due(limit=50)
        OutboundMail.objects.filter(state="sending").update(state="sent", leased_until=None)


def test_a_mail_on_its_way_keeps_its_bytes():
    voice = VoiceFactory()
    record_step(request=voice.request, kind="asked", by=UserFactory(), now=LONG_AGO, text="first.")
    (mail,) = claim_due(limit=5)
    with transaction.atomic():
        assert not rewrite_mail(mail_id=mail.pk, subject="S", text="T", html="<p>H</p>", now=NOW)
    assert bytes(OutboundMail.objects.get(pk=mail.pk).raw) == bytes(mail.raw)
