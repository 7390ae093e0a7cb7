# syntax=docker/dockerfile:1
# Two stages: the first installs from the hash-locked file, the second holds the result and nothing of the source tree.
ARG BASE_IMAGE=docker.io/library/python:3.12-slim-bookworm

FROM ${BASE_IMAGE} AS build
WORKDIR /src
COPY requirements/runtime.lock requirements/
RUN python3 -m venv /opt/amends \
 && /opt/amends/bin/python -m pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements/runtime.lock
COPY pyproject.toml README.md LICENSE CHANGELOG.md ./
COPY daemon daemon
RUN /opt/amends/bin/python -m pip install --no-cache-dir --disable-pip-version-check --no-deps --no-build-isolation .

FROM ${BASE_IMAGE}
COPY --from=build /opt/amends /opt/amends
COPY config/amends.example.yaml /usr/share/amends/
# Fixed numbers, so that whoever mounts a volume or a secret knows whom to let in.
RUN groupadd --gid 10001 amends \
 && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /var/lib/amends --shell /usr/sbin/nologin amends \
 && install -d -o amends -g amends -m 0700 /var/lib/amends \
 && install -d /etc/amends
ENV PATH=/opt/amends/bin:$PATH PYTHONUNBUFFERED=1 STATE_DIRECTORY=/var/lib/amends
USER amends
VOLUME /var/lib/amends
EXPOSE 8484
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
  CMD ["python3", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8484/readyz', timeout=4)"]
ENTRYPOINT ["amends"]
CMD ["run", "-c", "/etc/amends/amends.yaml"]
