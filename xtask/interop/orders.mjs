// Orders on standard input, one a line, and for each a line with its reports: what all clients on Node.js share.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

/** The function that runs an order over the WebSocket interface of browsers, as source text. */
export const SOCKETS = readFileSync(new URL("sockets.js", import.meta.url), "utf8").trim();

export async function each(run) {
  for await (const line of createInterface({ input: process.stdin })) {
    process.stdout.write(`${JSON.stringify(await run(JSON.parse(line)))}\n`);
  }
}
