"""Opening the page of a request and acting there."""

from django.urls import reverse


def page_of(client, user, wish):
    client.force_login(user)
    return client.get(reverse("intake:request_detail", args=[wish.reference]))


def post(client, wish, action, **data):
    url = reverse(f"intake:request_{action}", args=[wish.reference])
    return client.post(url, data, follow=True)
