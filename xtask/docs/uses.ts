// Every endpoint of the tour, used as its types allow: this file compiles.
import { connect, errorsOf, type Answer, type Channel, type CloseCode, type Connection, type Ending, type Received, type Sent } from "./client.js";

const base = "https://example.com/prefix";

export async function board(): Promise<number> {
  const socket = connect("/board/ws", { base, query: { name: "ann" } });
  socket.send({ type: "say", text: "hello" });
  socket.send({ type: "move", x: 1 });
  socket.send({ type: "move", x: 1, y: 2 });
  const answer: Answer<"/board/ws"> = await socket.request({ type: "save", id: 1, title: "A plan" });
  if (answer.type === "saved") return answer.id;
  for await (const event of socket) {
    // The tag tells the variants apart, and the last branch proves that none was forgotten.
    switch (event.type) {
      case "said":
        return event.who.length + event.text.length;
      case "moved":
        return event.x + event.y;
      case "saved":
        return event.id;
      case "invalid":
        return event.errors.length;
      default: {
        const none: never = event;
        return none;
      }
    }
  }
  return final(await socket.closed);
}

function final(ending: Ending<"/board/ws">): number {
  switch (ending.code) {
    case 1001:
      return 1;
    case 1008:
      return errorsOf(ending.reason)?.errors.length ?? 0;
    default:
      return ending.again ?? 0;
  }
}

export function others(): void {
  connect("/board-lenient/ws", { base, query: { name: "ann" } }).send({ type: "say", text: "x" });
  connect("/items/{item_id}/ws", { base, path: { item_id: "foo" } }).send("text");
  connect("/validation/ws", { base, query: { q: 1 } });
  connect("/validation-custom/ws", { base, query: { q: 1 } });
  connect("/validation-logged/ws", { base, query: { q: 1 } });
  connect("/exception/ws", { base });
  connect("/custom-exception/ws", { base: new URL(base) });
  connect("/custom-exception-early/ws", { base });
  connect("/http-error/ws", { base, query: { accept: true } });
  connect("/unhandled/ws", { base, query: {} });
  connect("/panic/ws", { base });
  connect("/handler-fails/ws", { base });
  connect("/handler-sends/ws", { base });
  connect("/source/ws", { base });
  connect("/close/ws", { base, query: { code: 4000, reason: "bye" } });
  connect("/early-close/ws", { base, query: { code: 4000 } });
  connect("/silent/ws", { base });
  connect("/done/ws", { base });
  connect("/disconnect/ws", { base });
  connect("/json/ws", { base }).send(JSON.stringify({ name: "ball", price: 2.5 }));
  connect("/params/{n}/ws", { base, path: { n: 1 }, query: { limit: 5, tags: ["a", "b"] } });
  connect("/echo", { base, subprotocols: ["a"], reconnect: { attempts: 3 } }).send(new Uint8Array(3));
  connect("/expires/ws", { base, query: { seconds: 3 }, reconnect: false });
  connect("/draining/ws", { base });
  connect("/ticks/ws", { base }).on("message", (tick) => (typeof tick === "string" ? tick.length : tick.byteLength));
  connect("/rooms/{room}/ws", { base, path: { room: "lobby" }, query: { name: "ann" } }).send("hello");
  connect("/slow-accept/ws", { base, query: { seconds: 0.5 } });
}

/** Code that is written for any endpoint. */
export function counted<C extends Channel>(socket: Connection<C>, first: Sent<C>, seen: (message: Received<C>) => void): Promise<Ending<C>> {
  socket.on("message", seen);
  socket.on("open", () => socket.send(first));
  return socket.closed;
}

export const stopped: CloseCode<"/board/ws"> = 1001;
export const kicked: CloseCode<"/rooms/{room}/ws"> = 4001;
