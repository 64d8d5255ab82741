// Runs the cases in a page of the server's own origin and gives what each socket's events said.
(async (cases) => {
  const LIMIT = 40000;

  const until = async (holds) => {
    while (!holds()) await new Promise((resume) => setTimeout(resume, 5));
  };

  const run = (test) =>
    new Promise((report) => {
      const seen = { opened: false, messages: [] };
      let over = false;
      const finish = () => {
        if (over) return;
        over = true;
        clearTimeout(timer);
        report(seen);
      };
      const timer = setTimeout(() => {
        seen.trouble = `no close event within ${LIMIT / 1000} s`;
        finish();
      }, LIMIT);

      const scheme = location.protocol === "https:" ? "wss" : "ws";
      const socket = new WebSocket(`${scheme}://${location.host}${test.path}`);
      socket.binaryType = "arraybuffer";
      socket.onopen = async () => {
        seen.opened = true;
        for (const [name, ...values] of test.script) {
          if (name === "text") socket.send(values[0]);
          else if (name === "long") socket.send("x".repeat(values[0]));
          else if (name === "binary") socket.send(new Uint8Array(values[0]));
          else if (name === "await") await until(() => over || seen.messages.length >= values[0]);
          else if (name === "close") socket.close(...values);
          else seen.trouble = `this client cannot do ${name}`;
        }
      };
      socket.onmessage = ({ data }) =>
        seen.messages.push(typeof data === "string" ? data : [...new Uint8Array(data)]);
      socket.onclose = ({ code, reason, wasClean }) => {
        seen.close = [code, reason];
        seen.clean = wasClean;
        finish();
      };
    });

  // A cookie holds for its case's path alone, and only while the case runs.
  const runWithCookie = async (test, cookie) => {
    const path = test.path.split("?")[0];
    document.cookie = `${cookie}; path=${path}`;
    const seen = await run(test);
    document.cookie = `${cookie.split("=")[0]}=; path=${path}; max-age=0`;
    return seen;
  };

  const cookieOf = (test) => (test.headers.find(([name]) => name === "cookie") || [])[1];
  const reports = await Promise.all(cases.map((test) => (cookieOf(test) ? null : run(test))));
  for (const [at, test] of cases.entries()) {
    reports[at] ??= await runWithCookie(test, cookieOf(test));
  }
  return reports;
})
