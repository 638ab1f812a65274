FROM docker.io/library/rust:1.95-slim-bookworm AS build
WORKDIR /build

# The dependencies by themselves, over empty sources: this layer stays until Cargo.lock changes.
COPY Cargo.toml Cargo.lock ./
RUN mkdir -p src tests/it benches \
    && touch src/lib.rs tests/it/main.rs \
    && for main in src/main.rs benches/commands.rs benches/find.rs benches/large.rs benches/read.rs benches/serve.rs benches/watch.rs; do echo 'fn main() {}' > "$main"; done \
    && cargo build --release --locked --bin notes

COPY src src
# The program prints them.
COPY completions completions
# What --version says.
ARG NOTES_COMMIT
# Cargo goes by the times of files, and those copied may be older than what was built above.
RUN find src -name '*.rs' -exec touch {} + \
    && cargo build --release --locked --bin notes


FROM docker.io/library/debian:bookworm-slim
# For rediss:// URLs.
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --gid 10001 notes \
    && useradd --uid 10001 --gid 10001 --create-home --home-dir /home/notes notes

COPY --from=build /build/target/release/notes /usr/local/bin/notes
COPY LICENSE /usr/share/doc/notes/

USER 10001:10001
WORKDIR /home/notes
EXPOSE 5000

# Asks the Redis of this container's own environment, which is the one that serve uses. It exits with
# more than 1 where Redis is away; to Docker 1 is the only code that means unhealthy.
HEALTHCHECK --interval=10s --timeout=6s --start-period=10s --retries=3 \
    CMD ["sh", "-c", "notes --timeout 4 health >/dev/null || exit 1"]

STOPSIGNAL SIGTERM
ENTRYPOINT ["notes"]
CMD ["serve", "--host", "0.0.0.0"]
