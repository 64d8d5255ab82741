"""aiohttp's client."""

import asyncio

import aiohttp

import orders

ENDS = (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSING, aiohttp.WSMsgType.CLOSED)


async def receive(socket, seen):
    """Takes note of one message; False at the end."""
    message = await socket.receive()
    if message.type in (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY):
        seen["messages"].append(orders.shown(message.data))
        return True
    if message.type is aiohttp.WSMsgType.CLOSE:
        seen["close"] = [message.data, message.extra or ""]
    elif message.type is aiohttp.WSMsgType.ERROR:
        seen["trouble"] = f"{type(message.data).__name__}: {message.data}"
    return message.type not in ENDS and message.type is not aiohttp.WSMsgType.ERROR


async def play(socket, script, seen):
    for name, *arguments in script:
        if name == "text":
            await socket.send_str(arguments[0])
        elif name == "binary":
            await socket.send_bytes(bytes(arguments[0]))
        elif name == "await":
            while len(seen["messages"]) < arguments[0] and await receive(socket, seen):
                pass
        elif name == "close":
            await socket.close(code=arguments[0], message=arguments[1].encode())
        else:
            raise ValueError(f"this client cannot do {name!r}")
    while await receive(socket, seen):
        pass
    # After a close of its own it keeps the code that came back, and drops the reason.
    seen.setdefault("close", [socket.close_code, ""])


async def run(session, order, case):
    seen = {"opened": False, "messages": []}
    try:
        async with asyncio.timeout(order["limit"]):
            socket = await session.ws_connect(
                f"ws://{order['address']}{case['path']}",
                headers=[tuple(pair) for pair in case["headers"]],
                compress=15 if order["deflate"] else 0,
                max_msg_size=0,
                timeout=aiohttp.ClientWSTimeout(ws_close=order["limit"]),
            )
            seen["opened"] = True
            await play(socket, case["script"], seen)
    except aiohttp.WSServerHandshakeError as refused:
        seen["status"] = refused.status
        seen["headers"] = [list(pair) for pair in refused.headers.items()]
    except Exception as error:
        seen["trouble"] = f"{type(error).__name__}: {error}"
    return seen


async def run_all(order):
    # A cookie that one case sends is no other case's.
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        return await asyncio.gather(*(run(session, order, case) for case in order["cases"]))


orders.each(lambda order: asyncio.run(run_all(order)))
