// Mistakes in the use of the client, one a line: the compiler refuses each, or it complains of the comment before it.
import { connect, type Answer, type CloseCode, type Ending } from "./client.js";

const base = "https://example.com";
const socket = connect("/board/ws", { base, query: { name: "ann" } });

// @ts-expect-error There is no such endpoint.
connect("/bord/ws", { base });
// @ts-expect-error The base is missing.
connect("/echo", {});
// @ts-expect-error The query is missing.
connect("/board/ws", { base });
// @ts-expect-error The name is missing.
connect("/board/ws", { base, query: {} });
// @ts-expect-error The name is a text.
connect("/board/ws", { base, query: { name: 1 } });
// @ts-expect-error There is no such parameter.
connect("/board/ws", { base, query: { name: "ann", nick: "a" } });
// @ts-expect-error The endpoint has no parameters.
connect("/done/ws", { base, query: { x: 1 } });
// @ts-expect-error The path parameter is missing.
connect("/items/{item_id}/ws", { base });
// @ts-expect-error The number is a number.
connect("/params/{n}/ws", { base, path: { n: "1" }, query: { limit: 5, tags: [] } });
// @ts-expect-error The list is a list.
connect("/params/{n}/ws", { base, path: { n: 1 }, query: { limit: 5, tags: "a" } });

// @ts-expect-error There is no such command.
socket.send({ type: "shout", text: "x" });
// @ts-expect-error The text is missing.
socket.send({ type: "say" });
// @ts-expect-error The text is a text.
socket.send({ type: "say", text: 1 });
// @ts-expect-error There is no such field.
socket.send({ type: "say", text: "x", loud: true });
// @ts-expect-error The endpoint speaks JSON.
socket.send("text");
// @ts-expect-error What the server sends is not what it takes.
socket.send({ type: "said", who: "ann", text: "x" });
// @ts-expect-error A command without a correlation id has no answer.
void socket.request({ type: "say", text: "x" });
// @ts-expect-error The endpoint has no correlation ids.
void connect("/json/ws", { base }).request({ name: "ball", price: 1 });
// @ts-expect-error The endpoint takes no objects.
connect("/echo", { base }).send({});

export async function received(): Promise<void> {
  for await (const event of socket) {
    // @ts-expect-error Only `said` has a text.
    void event.text;
    // @ts-expect-error There is no such event.
    if (event.type === "shouted") return;
    if (event.type === "moved") {
      // @ts-expect-error It is a number.
      void event.x.length;
    }
  }
}

export function ended(ending: Ending<"/board/ws">): void {
  // @ts-expect-error The endpoint never ends with it.
  if (ending.code === 4999) return;
  // @ts-expect-error Nor does it say so.
  if (ending.retry === "later") return;
}

// @ts-expect-error It is no code of this endpoint.
export const code: CloseCode<"/echo"> = 4001;
// @ts-expect-error An answer has the correlation id.
export const answer: Answer<"/board/ws"> = { type: "said", who: "ann", text: "x" };
// @ts-expect-error The options are numbers.
connect("/echo", { base, reconnect: { attempts: "3" } });
// @ts-expect-error There is no such event of a connection.
socket.on("closed", () => {});
