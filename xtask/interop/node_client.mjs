// The WebSocket that Node.js itself has.
import { SOCKETS, each } from "./orders.mjs";

const sockets = (0, eval)(SOCKETS);

await each((order) =>
  sockets(order, (test) => new WebSocket(`ws://${order.address}${test.path}`, { headers: Object.fromEntries(test.headers) })),
);
process.exit();
