// Bun (uWebSockets): the same echo, refusal and fan-out as the other peers.

const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  fetch(request, server) {
    const { pathname } = new URL(request.url);
    if (server.upgrade(request, { data: { pathname } })) return;
    return new Response("this server speaks WebSocket only", { status: 426 });
  },
  websocket: {
    idleTimeout: 0,
    perMessageDeflate: false,
    open(socket) {
      if (socket.data.pathname === "/refused") socket.close(1008, "Session cookie missing");
      if (socket.data.pathname === "/fan") socket.subscribe("room");
      if (socket.data.pathname === "/silent") {
        socket.subscribe("room");
        socket.subscribe("filling");
      }
    },
    message(socket, message) {
      if (socket.data.pathname === "/fan") server.publish("room", message);
      else if (socket.data.pathname === "/silent") server.publish("filling", message);
      else socket.send(message);
    },
  },
});
console.log(`port ${server.port}`);
