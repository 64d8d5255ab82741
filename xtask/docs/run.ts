// The client at work, the same in Node.js and in Chromium. `control` stops, kills and starts the tour at `restarted`.
import { connect, errorsOf, NotConnected, retryOf, type Channel, type Connection, type Ending } from "./client.js";

interface Addresses {
  tour: string;
  restarted: string;
  board: string;
  control: string;
}

function must(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(what);
}
function equal(found: unknown, expected: unknown, what: string): void {
  const [a, b] = [JSON.stringify(found), JSON.stringify(expected)];
  must(a === b, `${what}: ${a}, and not ${b}`);
}
async function next<C extends Channel>(socket: Connection<C>, event: "close"): Promise<Ending<C>> {
  return new Promise((resolve) => {
    const off = socket.on(event, (ending) => (off(), resolve(ending)));
  });
}

const cases: Record<string, (at: Addresses) => Promise<void>> = {
  async "text and bytes come back as they were sent"({ tour }) {
    const socket = await connect("/echo", { base: tour }).ready();
    const messages = socket[Symbol.asyncIterator]();
    socket.send("grüße");
    equal((await messages.next()).value, "grüße", "the text");
    socket.send(new Uint8Array([0, 1, 255]));
    equal([...((await messages.next()).value as Uint8Array)], [0, 1, 255], "the bytes");
    socket.close(3001, "done");
    const ending = await socket.closed;
    equal([ending.code as number, ending.by, ending.retry, ending.again], [3001, "client", "never", null], "the end");
    equal((await messages.next()).done, true, "the messages end");
    must(socket.state === "closed", "the state is closed");
  },

  async "parameters go where they belong"({ tour }) {
    const socket = connect("/items/{item_id}/ws", { base: `${tour}/`, path: { item_id: "a b&c" } });
    const ending = await socket.closed;
    equal([ending.code, ending.reason], [1008, "Session cookie missing"], "a browser sends no cookie here");
    const query = connect("/validation/ws", { base: tour, query: { q: 42 } });
    for await (const text of query) equal(text, "Query param q is: 42", "the text");
    equal((await query.closed).code, 1000, "the code");
  },

  async "an invalid message is final, and its errors can be read"({ tour }) {
    const socket = await connect("/board/ws", { base: tour, query: { name: "ann" } }).ready();
    socket.send({ type: "say", text: "hello" });
    equal((await socket[Symbol.asyncIterator]().next()).value, { type: "said", who: "ann", text: "hello" }, "the answer");
    socket.send({ type: "say", text: 5 } as never);
    const ending = await socket.closed;
    equal([ending.code, ending.by, ending.retry, ending.again], [1008, "server", "never", null], "the end");
    equal(errorsOf(ending.reason)?.errors[0]?.type, "string_type", "the error");
    equal(errorsOf("kicked"), null, "a reason that is none");
  },

  async "4001 is final"({ tour }) {
    let opened = 0;
    const socket = connect("/close/ws", { base: tour, query: { code: 4001, reason: "kicked" }, reconnect: { first: 1 } });
    socket.on("open", () => opened++);
    const ending = await socket.closed;
    equal([ending.code, ending.reason, ending.retry, ending.again], [4001, "kicked", "never", null], "the end");
    await new Promise((resume) => setTimeout(resume, 100));
    equal(opened, 1, "how often it was opened");
  },

  async "a refusal for now is tried again with jitter, and not for ever"({ tour }) {
    const socket = connect("/early-close/ws", { base: tour, query: { code: 1013 }, reconnect: { first: 40, longest: 60, attempts: 4 } });
    const delays: number[] = [];
    socket.on("close", ({ again }) => again !== null && delays.push(again));
    const ending = await socket.closed;
    equal([ending.code, ending.retry, ending.again], [1013, "backoff", null], "the end");
    equal(delays.length, 4, "the tries");
    delays.forEach((delay, at) => {
      const most = Math.min(60, 40 * 2 ** at);
      must(delay >= Math.floor(most / 2) && delay <= most, `the delay ${at} is ${delay}`);
    });
    const first = () => {
      const one = connect("/early-close/ws", { base: tour, query: { code: 1012 }, reconnect: { first: 5000, attempts: 1 } });
      return next(one, "close").then(({ again }) => (one.close(), again));
    };
    const spread = new Set(await Promise.all(Array.from({ length: 8 }, first)));
    must(spread.size > 3, `clients that were cut off together come back together: ${[...spread]}`);
  },

  async "a refusal for good is not"({ tour }) {
    const socket = connect("/silent/ws", { base: tour, reconnect: false });
    equal((await socket.closed).again, null, "the end");
    const forbidden = connect("/early-close/ws", { base: tour, query: { code: 3003, reason: "no" } });
    equal((await forbidden.closed).retry, "never", "the retry");
    equal(retryOf("/early-close/ws", 1012), "backoff", "a restart");
    equal(retryOf("/early-close/ws", 4321), "never", "an unknown code");
  },

  async "a drain with 1012 is survived"({ restarted, control }) {
    const socket = await connect("/echo", { base: restarted, reconnect: { first: 400, longest: 800, attempts: 100 } }).ready();
    const messages = socket[Symbol.asyncIterator]();
    socket.send("before");
    equal((await messages.next()).value, "before", "the first");
    const ending = next(socket, "close");
    const drained = fetch(`${control}/drain`);
    const { code, retry, again, clean } = await ending;
    equal([code, retry, clean], [1012, "backoff", true], "the end");
    must(again !== null && again >= 200 && again <= 400, `comes back after ${again} ms`);
    try {
      socket.send("lost");
      must(false, "a message was sent into nothing");
    } catch (error) {
      must(error instanceof NotConnected, "it says that it is not connected");
    }
    await drained;
    await socket.ready();
    socket.send("after");
    equal((await messages.next()).value, "after", "the second, by the same reader");
    socket.close();
    equal((await socket.closed).by, "client", "who closed");
  },

  async "an outage is survived"({ restarted, control }) {
    const socket = await connect("/echo", { base: restarted, reconnect: { first: 50, longest: 200, attempts: 100 } }).ready();
    const ending = next(socket, "close");
    await fetch(`${control}/kill`);
    const { code, by, retry } = await ending;
    equal([code, by, retry], [1006, "network", "backoff"], "the end");
    await fetch(`${control}/start`);
    await socket.ready();
    socket.send("again");
    equal((await socket[Symbol.asyncIterator]().next()).value, "again", "the message");
    socket.close();
    await socket.closed;
  },

  async "answers find their questions"({ board }) {
    const socket = await connect("/board/ws", { base: board, query: { name: "ann" } }).ready();
    const ids = Array.from({ length: 20 }, (_, at) => at + 1);
    const answers = await Promise.all(ids.map((id) => socket.request({ type: "save", id, title: "A plan" })));
    equal(answers.map((answer) => answer.id), ids, "the ids");
    const twice = [socket.request({ type: "save", id: 99, title: "slow" }, { timeout: 50 }), socket.request({ type: "save", id: 99, title: "slow" })];
    const [late, again] = await Promise.allSettled(twice);
    must(late?.status === "rejected" && late.reason instanceof NotConnected, "no answer in time");
    must(again?.status === "rejected" && again.reason instanceof TypeError, "an id that waits already");
    const cut = socket.request({ type: "save", id: 100, title: "slow" });
    socket.close();
    const [lost] = await Promise.allSettled([cut]);
    must(lost?.status === "rejected" && lost.reason instanceof NotConnected, "the end rejects what waits");
  },
};

/** Runs all cases, one after the other, and gives what failed. */
export async function run(at: Addresses): Promise<{ passed: string[]; failed: string[] }> {
  const [passed, failed]: [string[], string[]] = [[], []];
  for (const [name, check] of Object.entries(cases)) {
    try {
      await Promise.race([check(at), new Promise((_, reject) => setTimeout(() => reject(new Error("it takes too long")), 20000))]);
      passed.push(name);
    } catch (error) {
      failed.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return { passed, failed };
}
