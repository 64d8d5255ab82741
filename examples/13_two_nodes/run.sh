#!/usr/bin/env bash
# A Redis and two nodes of the chat, with plain commands. Ctrl-C ends all three.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
redis_port=${REDIS_PORT:-6390}
data=$(mktemp -d)
cargo build --quiet --package hangup-examples --example 13_two_nodes

redis-server --port "$redis_port" --bind 127.0.0.1 --dir "$data" --save '' --appendonly yes --appendfsync always --loglevel warning &
redis=$!
REDIS_URL=redis://127.0.0.1:$redis_port/ LISTEN=127.0.0.1:${FIRST_PORT:-8001} \
    cargo run --quiet --package hangup-examples --example 13_two_nodes &
first=$!
REDIS_URL=redis://127.0.0.1:$redis_port/ LISTEN=127.0.0.1:${SECOND_PORT:-8002} \
    cargo run --quiet --package hangup-examples --example 13_two_nodes &
second=$!

trap 'kill "$redis" "$first" "$second" 2>/dev/null || true; wait || true; rm -rf "$data"' EXIT
trap 'exit 0' INT TERM
wait
