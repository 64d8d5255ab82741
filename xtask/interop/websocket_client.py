"""The package websocket-client: one thread a case."""

import struct
from concurrent.futures import ThreadPoolExecutor

import websocket

import orders

AT_A_TIME = 8


def receive(socket, seen):
    """Takes note of one message; False at the end."""
    opcode, data = socket.recv_data()
    if opcode == websocket.ABNF.OPCODE_TEXT:
        seen["messages"].append(data.decode())
    elif opcode == websocket.ABNF.OPCODE_BINARY:
        seen["messages"].append(list(data))
    elif opcode == websocket.ABNF.OPCODE_CLOSE:
        code = struct.unpack("!H", data[:2])[0] if len(data) >= 2 else 1005
        seen["close"] = [code, data[2:].decode()]
        return False
    return True


def play(socket, script, seen):
    for name, *arguments in script:
        if name == "text":
            socket.send(arguments[0])
        elif name == "binary":
            socket.send_binary(bytes(arguments[0]))
        elif name == "await":
            while len(seen["messages"]) < arguments[0] and receive(socket, seen):
                pass
        elif name == "close":
            # Its close() waits for the answer and keeps nothing of it.
            socket.send_close(arguments[0], arguments[1].encode())
        else:
            raise ValueError(f"this client cannot do {name!r}")
    while receive(socket, seen):
        pass


def run(order, case):
    seen = {"opened": False, "messages": []}
    socket = websocket.WebSocket()
    try:
        socket.settimeout(order["limit"])
        socket.connect(
            f"ws://{order['address']}{case['path']}",
            header=[f"{name}: {value}" for name, value in case["headers"]],
            suppress_origin=True,
        )
        seen["opened"] = True
        play(socket, case["script"], seen)
    except websocket.WebSocketBadStatusException as refused:
        seen["status"] = refused.status_code
        seen["headers"] = [list(pair) for pair in (refused.resp_headers or {}).items()]
        seen["body"] = (refused.resp_body or b"").decode("utf-8", "replace")
    except Exception as error:
        seen["trouble"] = f"{type(error).__name__}: {error}"
    finally:
        socket.shutdown()
    return seen


def run_all(order):
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        return list(pool.map(lambda case: run(order, case), order["cases"]))


orders.each(run_all)
