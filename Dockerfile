# The production image: no compiler, no embedded servers, no root.

FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/venv
COPY requirements/base.txt /tmp/base.txt
RUN /opt/venv/bin/pip install --require-hashes -r /tmp/base.txt
WORKDIR /app
COPY . .
# Collecting files needs settings but no servers; none of these values reaches the image's environment.
RUN SECRET_KEY="$(python -c 'import secrets; print(secrets.token_urlsafe(50))')" \
    DATABASE_URL=postgres://nobody@127.0.0.1:9/nowhere REDIS_URL=redis://127.0.0.1:9 \
    BASE_URL=https://build.invalid EMAIL_URL=dummy: \
    /opt/venv/bin/python manage.py collectstatic --noinput --verbosity 0 \
 && /opt/venv/bin/python -m compileall -q .

FROM python:3.11-slim-bookworm
RUN groupadd --system --gid 10001 homegrown \
 && useradd --system --uid 10001 --gid homegrown --home-dir /app --shell /usr/sbin/nologin homegrown \
 && install -d -o homegrown -g homegrown /app /data /data/media
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 DJANGO_SETTINGS_MODULE=config.settings \
    HOST=0.0.0.0 PORT=8000 MEDIA_ROOT=/data/media
WORKDIR /app
USER homegrown
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s \
  CMD ["python", "-m", "core.probe", "live"]
CMD ["granian", "--interface", "wsgi", "config.wsgi:application", "--host", "0.0.0.0", "--port", "8000", \
     "--workers", "2", "--blocking-threads", "1", "--respawn-failed-workers", "--no-ws"]
