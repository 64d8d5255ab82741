"""Runs the cases on standard input with Python's websockets and prints what each saw, as JSON."""

import asyncio
import json
import ssl
import sys

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

LIMIT = 30


async def play(websocket, script, messages):
    for name, *arguments in script:
        if name == "text":
            await websocket.send(arguments[0])
        elif name == "long":
            await websocket.send("x" * arguments[0])
        elif name == "binary":
            await websocket.send(bytes(arguments[0]))
        elif name == "await":
            while len(messages) < arguments[0]:
                messages.append(await websocket.recv())
        elif name == "close":
            await websocket.close(*arguments)
        else:
            raise ValueError(f"this client cannot do {name!r}")
    while True:
        messages.append(await websocket.recv())


async def run(order, case):
    options = {}
    if order["trusted"]:
        options["ssl"] = ssl.create_default_context(cafile=order["trusted"])
    if order["from"]:
        options["local_addr"] = (order["from"], 0)
    scheme = "wss" if order["trusted"] else "ws"
    seen = {"opened": False}
    messages = []
    try:
        async with asyncio.timeout(LIMIT):
            websocket = await connect(
                f"{scheme}://{order['address']}{case['path']}",
                additional_headers=[tuple(pair) for pair in case["headers"]],
                proxy=None,
                max_size=None,
                close_timeout=LIMIT,
                **options,
            )
            seen["opened"] = True
            try:
                await play(websocket, case["script"], messages)
            except ConnectionClosed:
                pass
            await websocket.wait_closed()
            seen["close"] = [websocket.close_code, websocket.close_reason]
    except InvalidStatus as refused:
        response = refused.response
        seen["status"] = response.status_code
        seen["headers"] = [list(pair) for pair in response.headers.raw_items()]
        seen["body"] = (response.body or b"").decode("utf-8", "replace")
    except Exception as error:
        seen["trouble"] = f"{type(error).__name__}: {error}"
    seen["messages"] = [message if isinstance(message, str) else list(message) for message in messages]
    return seen


async def main():
    order = json.load(sys.stdin)
    reports = await asyncio.gather(*(run(order, case) for case in order["cases"]))
    json.dump(reports, sys.stdout)


asyncio.run(main())
