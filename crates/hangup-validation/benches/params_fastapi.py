"""The same parameters through FastAPI, for the ratio to `cargo bench -p hangup-validation --bench params`.

python3 -m venv venv && venv/bin/pip install fastapi && venv/bin/python crates/hangup-validation/benches/params_fastapi.py
"""

import asyncio
import time
from contextlib import AsyncExitStack
from typing import Annotated
from uuid import UUID

import fastapi
from fastapi import Cookie, FastAPI, Header, Query, WebSocket
from fastapi.dependencies.utils import get_dependant, solve_dependencies

ROUNDS, CALLS = 15, 2000


async def params(
    websocket: WebSocket,
    n: int,
    limit: Annotated[int, Query(ge=1, le=100)],
    tags: Annotated[list[str], Query()],
    x_token: Annotated[str, Header(min_length=3)],
    session: Annotated[UUID, Cookie()],
): ...


def scope(n, query, token, session):
    headers = [(b"x-token", token), (b"cookie", b"session=" + session)]
    return {
        "type": "websocket", "path": f"/params/{n}/ws", "path_params": {"n": n}, "query_string": query,
        "headers": headers, "app": FastAPI(), "fastapi_inner_astack": AsyncExitStack(),
        "fastapi_function_astack": AsyncExitStack(),
    }


async def median(scope, wrong):
    dependant = get_dependant(path="/params/{n}/ws", call=params)
    times = []
    for _ in range(ROUNDS):
        begun = time.perf_counter_ns()
        for _ in range(CALLS):
            websocket = WebSocket(scope, None, None)
            solved = await solve_dependencies(
                request=websocket, dependant=dependant, async_exit_stack=scope["fastapi_inner_astack"],
                embed_body_fields=False,
            )
        times.append((time.perf_counter_ns() - begun) / CALLS / 1000)
        assert len(solved.errors) == wrong, solved.errors
    return sorted(times)[ROUNDS // 2]


async def main():
    good = scope("7", b"limit=5&tags=a&tags=b", b"abcdef", b"6f1c2a4e-8a0f-4b55-9d0c-2f6f0d3c5b1a")
    bad = scope("x", b"limit=1000&tags=a", b"ab", b"nonsense")
    print(f"FastAPI {fastapi.__version__}: good case {await median(good, 0):.1f} us, "
          f"four errors {await median(bad, 4):.1f} us (medians of {ROUNDS} rounds)")


asyncio.run(main())
