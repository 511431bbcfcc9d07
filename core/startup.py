"""What must be true before a process may serve: plain functions, asked before Django exists."""

from collections.abc import Iterator, Mapping
from ipaddress import ip_address
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

SHORTEST_SECRET = 40
FEWEST_CHARACTERS = 10
PLACEHOLDERS = ("changeme", "change-me", "django-insecure", "secret-key", "example", "placeholder")

REQUIRED_IN_PRODUCTION = ("DATABASE_URL", "REDIS_URL", "BASE_URL", "EMAIL_URL")

MAIL_SCHEMES = ("submission", "smtp", "smtps", "console", "dummy", "memory", "file")

CACHE_DATABASE = 1
BROKER_DATABASE = 2


def start_problems(environ: Mapping[str, str]) -> Iterator[str]:
    """Why a process with this environment must not start; each text names the variable."""
    problem = secret_problem(environ.get("SECRET_KEY", ""))
    if problem:
        yield f"SECRET_KEY {problem}"
    for old in filter(None, environ.get("SECRET_KEY_FALLBACKS", "").split(",")):
        if problem := secret_problem(old):
            yield f"SECRET_KEY_FALLBACKS holds a key that {problem}"
    for name in REQUIRED_IN_PRODUCTION:
        if not environ.get(name):
            yield f"{name} is missing"
    yield from base_url_problems(environ)
    mail = environ.get("EMAIL_URL", "")
    if mail and mail.partition(":")[0] not in MAIL_SCHEMES:
        yield f"EMAIL_URL must begin with one of {', '.join(MAIL_SCHEMES)}"
    if environ.get("DEMO", "0") == "1":
        yield from demo_problems(environ)


def base_url_problems(environ: Mapping[str, str]) -> Iterator[str]:
    """Why people could not use this address, or not safely."""
    base_url = environ.get("BASE_URL", "")
    parts = urlsplit(base_url)
    if base_url and (parts.scheme not in {"http", "https"} or not parts.hostname):
        yield "BASE_URL must be an address such as https://homegrown.example.com"
    at_home = environ.get("HOMEGROWN_LOCAL") == "1" or is_loopback(parts.hostname or "")
    if parts.scheme == "http" and not at_home:
        yield "BASE_URL must begin with https:// unless only this machine uses it"


def secret_problem(key: str) -> str | None:
    """What is wrong with a secret key, or None."""
    if not key:
        return "is missing"
    if len(key) < SHORTEST_SECRET:
        return f"is shorter than {SHORTEST_SECRET} characters"
    if len(set(key)) < FEWEST_CHARACTERS or any(word in key.lower() for word in PLACEHOLDERS):
        return "looks like a placeholder; make one with `openssl rand -base64 48`"
    return None


def demo_problems(environ: Mapping[str, str]) -> Iterator[str]:
    """Why the demo, where anybody may sign in as anybody, must not be served."""
    if environ.get("HOMEGROWN_LOCAL") != "1":
        yield "DEMO=1 is refused with production settings"
    host = environ.get("HOST", "127.0.0.1")
    if not is_loopback(host):
        yield f"DEMO=1 is refused with HOST={host}: other machines could sign in as anybody"
    base_url = environ.get("BASE_URL", "http://127.0.0.1")
    if not is_loopback(urlsplit(base_url).hostname or ""):
        yield f"DEMO=1 is refused with the public BASE_URL {base_url}"


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a server bound to `host`."""
    if host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def cache_address(redis_url: str) -> str:
    """The address of the cache: its own logical database, so that it never meets the queue."""
    return at_database(redis_url, CACHE_DATABASE)


def broker_probe_address(redis_url: str) -> str:
    """The same database as `broker_address`, in the form that redis-py reads."""
    return at_database(redis_url, BROKER_DATABASE)


def broker_address(redis_url: str) -> str:
    """The address of the queue in the form that Celery reads."""
    parts = urlsplit(redis_url)
    if parts.scheme != "unix":
        return at_database(redis_url, BROKER_DATABASE)
    path = quote(unquote(parts.path))
    credentials = parts.netloc.partition("@")[0] + "@" if "@" in parts.netloc else ""
    return f"redis+socket://{credentials}{path}?virtual_host={BROKER_DATABASE}"


def at_database(redis_url: str, number: int) -> str:
    """The same server's address with the logical database `number`."""
    parts = urlsplit(redis_url)
    options = [(key, value) for key, value in parse_qsl(parts.query) if key != "db"]
    if parts.scheme == "unix":
        query = urlencode([*options, ("db", str(number))])
        return f"unix://{parts.netloc}{parts.path}?{query}"
    return parts._replace(path=f"/{number}", query=urlencode(options)).geturl()
