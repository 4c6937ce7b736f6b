# Achilles as a server. Everything is fetched while the image is built; the container fetches nothing.
FROM docker.io/library/python:3.11-slim
RUN useradd --system --uid 10001 --create-home --home-dir /var/lib/achilles achilles
WORKDIR /opt/achilles
COPY requirements.lock .
RUN python -m venv .venv && .venv/bin/pip install --no-cache-dir --require-hashes -r requirements.lock
COPY . .
# Hatchling, which builds our own package, is not needed at run time: a path file does what --editable does.
RUN echo /opt/achilles > "$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/achilles.pth"
USER achilles
# Compiled ahead into the folder that becomes the volume: the code itself is read only at run time.
ENV NUMBA_CACHE_DIR=/var/lib/achilles/numba
RUN .venv/bin/python -m analytics.cli warm
VOLUME /var/lib/achilles
EXPOSE 8501
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD [".venv/bin/python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8501/ready', timeout=4)"]
STOPSIGNAL SIGTERM
ENTRYPOINT [".venv/bin/python", "-m", "analytics.cli"]
CMD ["serve", "--settings", "/etc/achilles/achilles-server.toml"]
