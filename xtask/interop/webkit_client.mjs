// WebKitGTK over WebDriver: the sockets live in a page of the server's origin.
import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { SOCKETS, each } from "./orders.mjs";

const LIMIT = 140_000;

const port = await new Promise((resolve) => {
  const server = createServer().listen(0, "127.0.0.1", () => {
    const { port } = server.address();
    server.close(() => resolve(port));
  });
});

const driver = spawn("xvfb-run", ["--auto-servernum", "WebKitWebDriver", `--port=${port}`, "--host=127.0.0.1"], {
  stdio: ["ignore", "ignore", "inherit"],
  env: { ...process.env, NO_AT_BRIDGE: "1", LIBGL_ALWAYS_SOFTWARE: "1", WEBKIT_DISABLE_DMABUF_RENDERER: "1" },
});
driver.on("exit", () => process.exit(1));

const call = async (method, path, body) => {
  const options = { method, body: body && JSON.stringify(body), signal: AbortSignal.timeout(LIMIT) };
  const response = await fetch(`http://127.0.0.1:${port}${path}`, options);
  const { value } = await response.json();
  if (!response.ok) throw new Error(`${path}: ${JSON.stringify(value)}`);
  return value;
};

for (let tries = 0; ; tries++) {
  const ready = await call("GET", "/status").catch(() => undefined);
  if (ready) break;
  if (tries === 200) throw new Error("WebKitWebDriver does not listen");
  await new Promise((resume) => setTimeout(resume, 50));
}

// The driver's own choice of a browser is the MiniBrowser that comes with the engine.
const { sessionId } = await call("POST", "/session", { capabilities: {} });
const session = `/session/${sessionId}`;
await call("POST", `${session}/timeouts`, { script: LIMIT });
let page;

await each(async (order) => {
  if (page !== order.address) {
    await call("POST", `${session}/url`, { url: `http://${order.address}/disconnect/last` });
    page = order.address;
  }
  const script = `const [order, done] = arguments; (${SOCKETS})(order).then((reports) => done(JSON.stringify(reports)));`;
  return JSON.parse(await call("POST", `${session}/execute/async`, { script, args: [order] }));
});
await call("DELETE", session).catch(() => undefined);
process.exit();
