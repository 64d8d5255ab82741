// faye-websocket; the first argument is the folder whose node_modules hold it.
import { createRequire } from "node:module";
import { SOCKETS, each } from "./orders.mjs";

const require = createRequire(`${process.argv[2]}/`);
const { Client } = require("faye-websocket");
const deflate = require("permessage-deflate");
const sockets = (0, eval)(SOCKETS);

const connectTo = (order) => (test) => {
  const extensions = order.deflate ? [deflate] : [];
  const options = { headers: Object.fromEntries(test.headers), extensions };
  const socket = new Client(`ws://${order.address}${test.path}`, [], options);
  // It takes bytes as a Buffer alone.
  const send = socket.send.bind(socket);
  socket.send = (data) => send(typeof data === "string" ? data : Buffer.from(data));
  return socket;
};

// A handshake that was refused ends with a reason of its own, which names the status.
const notes = (socket, reason) => {
  const refused = reason.match(/Unexpected response code: (\d+)/);
  return refused ? { status: Number(refused[1]), close: null } : {};
};

await each((order) => sockets(order, connectTo(order), notes));
process.exit();
