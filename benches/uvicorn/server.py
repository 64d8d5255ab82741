"""FastAPI on uvicorn: the same echo and refusal as the other peers."""

import socket

import uvicorn
from fastapi import FastAPI, WebSocket, WebSocketDisconnect, WebSocketException

app = FastAPI()


@app.websocket("/echo")
async def echo(websocket: WebSocket):
    await websocket.accept()
    try:
        while True:
            message = await websocket.receive()
            if message["type"] != "websocket.receive":
                return
            if (text := message.get("text")) is not None:
                await websocket.send_text(text)
            else:
                await websocket.send_bytes(message["bytes"])
    except WebSocketDisconnect:
        pass


@app.websocket("/refused")
async def refused(websocket: WebSocket):
    await websocket.accept()
    raise WebSocketException(1008, "Session cookie missing")


listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
print("port", listener.getsockname()[1], flush=True)
config = uvicorn.Config(app, log_level="error", ws_per_message_deflate=False, ws_ping_interval=None)
uvicorn.Server(config).run(sockets=[listener])
