# The locked requirements are of CPython 3.11 on x86-64 Linux, with PyTorch's CPU build. Where your package index has
# none of those, name one that does: docker build --build-arg PIP_EXTRA_INDEX_URL=...
FROM python:3.11-slim AS build
ARG PIP_EXTRA_INDEX_URL
WORKDIR /src
COPY requirements.lock .
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --require-hashes -r requirements.lock
COPY . .
RUN /venv/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.11-slim
COPY --from=build /venv /venv
RUN useradd --create-home --uid 10001 askive && install -d -o askive /data
USER askive
# All that is written is in /data, and for a moment in /tmp: run it with a read-only root (compose.yaml does).
ENV PATH=/venv/bin:$PATH ASKIVE_HOME=/data PYTHONDONTWRITEBYTECODE=1 HF_HUB_OFFLINE=1
VOLUME /data
EXPOSE 8000
HEALTHCHECK CMD python -c "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/healthz')"
CMD ["askive", "serve", "--host", "0.0.0.0"]
