"""Python's websockets."""

import asyncio
import ssl

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

import orders


async def play(websocket, script, messages):
    for name, *arguments in script:
        if name == "text":
            await websocket.send(arguments[0])
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
        async with asyncio.timeout(order["limit"]):
            websocket = await connect(
                f"{scheme}://{order['address']}{case['path']}",
                additional_headers=[tuple(pair) for pair in case["headers"]],
                compression="deflate" if order["deflate"] else None,
                proxy=None,
                max_size=None,
                close_timeout=order["limit"],
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
    seen["messages"] = [orders.shown(message) for message in messages]
    return seen


async def run_all(order):
    return await asyncio.gather(*(run(order, case) for case in order["cases"]))


orders.each(lambda order: asyncio.run(run_all(order)))
