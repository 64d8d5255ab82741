// Firefox over WebDriver BiDi: the sockets live in a page of the server's origin. Arguments: the folder whose
// node_modules hold ws, the browser's program, and a folder for its profile.
import { spawn } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { SOCKETS, each } from "./orders.mjs";

const [modules, program, profile] = process.argv.slice(2);
const { WebSocket } = createRequire(`${modules}/`)("ws");

// No talk with anybody but the server; no waiting after a handshake that was refused; JSON as the page that it is.
const PREFERENCES = {
  "app.normandy.enabled": false,
  "app.update.disabledForTesting": true,
  "browser.safebrowsing.downloads.enabled": false,
  "browser.safebrowsing.malware.enabled": false,
  "browser.safebrowsing.phishing.enabled": false,
  "browser.shell.checkDefaultBrowser": false,
  "datareporting.policy.dataSubmissionEnabled": false,
  "devtools.jsonview.enabled": false,
  "network.captive-portal-service.enabled": false,
  "network.connectivity-service.enabled": false,
  "network.proxy.type": 0,
  "network.websocket.delay-failed-reconnects": false,
  "services.settings.server": "http://127.0.0.1:9/",
  "toolkit.telemetry.enabled": false,
};

rmSync(profile, { recursive: true, force: true });
mkdirSync(profile, { recursive: true });
const preference = ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`;
writeFileSync(`${profile}/user.js`, Object.entries(PREFERENCES).map(preference).join(""));

const flags = ["--headless", "--no-remote", "--profile", profile, "--remote-debugging-port", "0"];
const browser = spawn(program, flags, { stdio: ["ignore", "ignore", "pipe"] });
const address = await new Promise((resolve, reject) => {
  browser.on("exit", () => reject(new Error("Firefox has ended")));
  createInterface({ input: browser.stderr }).on("line", (line) => {
    process.stderr.write(`${line}\n`);
    const found = line.match(/WebDriver BiDi listening on (ws:\S+)/);
    if (found) resolve(found[1]);
  });
});

const connection = new WebSocket(`${address}/session`, { maxPayload: 1 << 28 });
await new Promise((resolve, reject) => connection.on("open", resolve).on("error", reject));
const waiting = new Map();
connection.on("message", (text) => {
  const answer = JSON.parse(text);
  waiting.get(answer.id)?.(answer);
});

let lastId = 0;
const call = async (method, params) => {
  const id = ++lastId;
  const answer = await new Promise((resolve) => {
    waiting.set(id, resolve);
    connection.send(JSON.stringify({ id, method, params }));
  });
  waiting.delete(id);
  if (answer.type === "error") throw new Error(`${method}: ${answer.error} ${answer.message}`);
  return answer.result;
};

await call("session.new", { capabilities: {} });
const { contexts } = await call("browsingContext.getTree", {});
const context = contexts[0].context;
let page;

await each(async (order) => {
  if (page !== order.address) {
    await call("browsingContext.navigate", { context, url: `http://${order.address}/disconnect/last`, wait: "complete" });
    page = order.address;
  }
  const expression = `(async () => JSON.stringify(await ${SOCKETS}(${JSON.stringify(order)})))()`;
  const answer = await call("script.evaluate", { expression, target: { context }, awaitPromise: true });
  if (answer.type !== "success") throw new Error(`the page's script failed: ${JSON.stringify(answer)}`);
  return JSON.parse(answer.result.value);
});
browser.kill("SIGKILL");
process.exit();
