// Runs cases over the WebSocket interface of browsers and gives what each socket's events said; `connect` makes the
// socket, `notes` adds what this client shows besides. A page's own: in its origin, with its cookies.
(async ({ limit, cases }, connect, notes) => {
  const until = async (holds) => {
    while (!holds()) await new Promise((resume) => setTimeout(resume, 5));
  };

  const fromPage = (test) => {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    return new WebSocket(`${scheme}://${location.host}${test.path}`);
  };

  const play = async (socket, test, seen, isOver) => {
    for (const [name, ...values] of test.script) {
      if (name === "text") socket.send(values[0]);
      else if (name === "binary") socket.send(new Uint8Array(values[0]));
      else if (name === "await") await until(() => isOver() || seen.messages.length >= values[0]);
      else if (name === "close") socket.close(...values);
      else seen.trouble = `this client cannot do ${name}`;
    }
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
        seen.trouble = `no close event within ${limit} s`;
        finish();
      }, limit * 1000);

      const socket = (connect ?? fromPage)(test);
      socket.binaryType = "arraybuffer";
      socket.onopen = () => {
        seen.opened = true;
        play(socket, test, seen, () => over).catch((error) => (seen.trouble = String(error)));
      };
      // Not every client has a close event for a handshake that has failed.
      socket.onerror = ({ message, error }) => {
        seen.error = String(message || error || "an error without words");
        if (!seen.opened) setTimeout(finish, 500);
      };
      socket.onmessage = ({ data }) =>
        seen.messages.push(typeof data === "string" ? data : [...new Uint8Array(data)]);
      socket.onclose = ({ code, reason, wasClean }) => {
        Object.assign(seen, { close: [code, reason], clean: wasClean }, notes?.(socket, reason));
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

  const cookieOf = (test) => (connect ? undefined : (test.headers.find(([name]) => name === "cookie") || [])[1]);
  const reports = await Promise.all(cases.map((test) => (cookieOf(test) ? null : run(test))));
  for (const [at, test] of cases.entries()) {
    reports[at] ??= await runWithCookie(test, cookieOf(test));
  }
  return reports;
})
