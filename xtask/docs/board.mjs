// A board for the client: it saves out of order, and never what has the title "slow". `node board.mjs FOLDER-OF-WS`.
import { createRequire } from "node:module";

const { WebSocketServer } = createRequire(`${process.argv[2]}/`)("ws");
const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
server.on("listening", () => console.log(`http://127.0.0.1:${server.address().port}`));
server.on("connection", (socket) => {
  socket.on("message", (data) => {
    const command = JSON.parse(data);
    if (command.type !== "save" || command.title === "slow") return;
    const answer = () => socket.send(JSON.stringify({ type: "saved", id: command.id }));
    setTimeout(answer, command.id % 2 ? 20 : 0);
  });
});
process.stdin.on("end", () => process.exit(0)).resume();
