// ---------------------------------------------------------------- the client

/** The address of an endpoint. */
export type Channel = keyof Channels;
/** What the client may send to an endpoint. */
export type Sent<C extends Channel> = Channels[C]["send"];
/** What an endpoint sends. */
export type Received<C extends Channel> = Channels[C]["receive"];
/** The messages that are answered by one with the same correlation id. */
export type Asked<C extends Channel> = Channels[C]["ask"];
/** The answers to them. */
export type Answer<C extends Channel> = Channels[C]["answer"];
/** The codes that a connection to an endpoint can end with, and 1005 and 1006, which the client's side finds. */
export type CloseCode<C extends Channel> = Channels[C]["close"] | 1005 | 1006;

/** Whether to come back: never, at once, or with a delay that grows. */
export type Retry = "never" | "now" | "backoff";

/** How one connection ended. */
export interface Ending<C extends Channel> {
  readonly code: CloseCode<C>;
  readonly reason: string;
  /** Whether the closing handshake was completed. */
  readonly clean: boolean;
  /** Who ended it: `close()` here, a Close frame of the server, or neither. */
  readonly by: "client" | "server" | "network";
  /** Whether it was ever open. */
  readonly opened: boolean;
  readonly retry: Retry;
  /** In how many milliseconds the client connects again; `null` if this is the end. */
  readonly again: number | null;
}

/** Bounds of the reconnection. Times are in milliseconds. */
export interface Reconnection {
  /** The first delay is between half of this and the whole. Default: 500. */
  first: number;
  /** No delay is longer. Default: 30,000. */
  longest: number;
  /** So many attempts in a row are the end, unless a message came or it was open for `longest`. Default: 10. */
  attempts: number;
}

/** What the client needs of a WebSocket: those of browsers, Node.js, Deno, Bun and the package `ws` have it. */
export interface Socket {
  binaryType: string;
  readonly protocol: string;
  readonly readyState: number;
  onopen: ((event: any) => void) | null;
  onmessage: ((event: any) => void) | null;
  onclose: ((event: any) => void) | null;
  onerror: ((event: any) => void) | null;
  send(data: any): void;
  close(code?: number, reason?: string): void;
}

type Part<K extends string, T> = {} extends T ? { [P in K]?: T } : { [P in K]: T };

export type Options<C extends Channel> = Part<"path", Channels[C]["path"]> &
  Part<"query", Channels[C]["query"]> & {
    /** The root of the app, such as `https://example.com/prefix`. */
    base: string | URL;
    /** The subprotocols to offer, the favourite first. */
    subprotocols?: readonly Channels[C]["subprotocol"][];
    /** `false`: the first end is the last. */
    reconnect?: false | Partial<Reconnection>;
    /** Makes the socket. Default: `new WebSocket(..)`. With the package `ws` it can set headers and cookies. */
    open?: (url: string, subprotocols: string[]) => Socket;
    /** How many messages wait for a reader at most; the oldest are dropped. Default: 1,000. */
    queue?: number;
  };

/** The connection has ended for good, or is not open. */
export class NotConnected extends Error {
  constructor(message: string) {
    super(message);
    this.name = "NotConnected";
  }
}

interface Listeners<C extends Channel> {
  /** Open, for the first time or again. */
  open: (connection: Connection<C>) => void;
  message: (message: Received<C>) => void;
  /** A message that is not JSON, where the endpoint speaks JSON. */
  unreadable: (data: string | Uint8Array) => void;
  /** An end; `again` says whether there is another try. */
  close: (ending: Ending<C>) => void;
}

/** Connects to an endpoint, and again, as its close codes say. */
export function connect<C extends Channel>(channel: C, options: Options<C>): Connection<C> {
  return new Connection(channel, options);
}

export class Connection<C extends Channel> implements AsyncIterable<Received<C>> {
  /** How it ended, at last. */
  readonly closed: Promise<Ending<C>>;
  /** Messages that were dropped because nobody read them. */
  dropped = 0;

  readonly #channel: C;
  readonly #url: string;
  readonly #subprotocols: string[];
  readonly #open: (url: string, subprotocols: string[]) => Socket;
  readonly #bounds: Reconnection | null;
  readonly #capacity: number;
  readonly #listeners: { [K in keyof Listeners<C>]: Set<Listeners<C>[K]> } = {
    open: new Set(),
    message: new Set(),
    unreadable: new Set(),
    close: new Set(),
  };
  readonly #asked = new Map<string, { resolve: (answer: Answer<C>) => void; reject: (error: Error) => void }>();
  #resolveClosed: (ending: Ending<C>) => void = () => {};
  #socket: Socket | null = null;
  #isOpen = false;
  #ending: Ending<C> | null = null;
  #asksToClose = false;
  #failures = 0;
  #openedAt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #queue: Received<C>[] = [];
  #readers: ((result: IteratorResult<Received<C>, undefined>) => void)[] = [];

  constructor(channel: C, options: Options<C>) {
    this.#channel = channel;
    this.#url = urlOf(channel, options);
    this.#subprotocols = [...(options.subprotocols ?? [])];
    this.#open = options.open ?? openWebSocket;
    this.#bounds = options.reconnect === false ? null : { first: 500, longest: 30000, attempts: 10, ...options.reconnect };
    this.#capacity = Math.max(1, options.queue ?? 1000);
    this.closed = new Promise((resolve) => (this.#resolveClosed = resolve));
    this.#connect();
  }

  /** Open, between two tries, or at its end. */
  get state(): "connecting" | "open" | "waiting" | "closed" {
    if (this.#ending) return "closed";
    if (this.#isOpen) return "open";
    return this.#timer === undefined ? "connecting" : "waiting";
  }

  /** The subprotocol that the server chose; empty without one. */
  get subprotocol(): string {
    return this.#socket?.protocol ?? "";
  }

  /** Calls the listener until the function that is returned is called. */
  on<K extends keyof Listeners<C>>(name: K, listener: Listeners<C>[K]): () => void {
    this.#listeners[name].add(listener);
    return () => void this.#listeners[name].delete(listener);
  }

  /** Resolves when it is open, now or after further tries; rejects at its end. */
  ready(): Promise<this> {
    if (this.#isOpen) return Promise.resolve(this);
    if (this.#ending) return Promise.reject(this.#over());
    return new Promise((resolve, reject) => {
      const off = this.on("open", () => (off(), resolve(this)));
      void this.closed.then(() => (off(), reject(this.#over())));
    });
  }

  /** Sends a message. Throws `NotConnected` while it is not open: nothing is queued. */
  send(message: Sent<C>): void {
    if (!this.#isOpen || !this.#socket) throw this.#ending ? this.#over() : new NotConnected("the connection is not open");
    this.#socket.send(FORMS[this.#channel][0] === "json" ? JSON.stringify(message) : message);
  }

  /** Sends a message and waits for the answer with the same correlation id. */
  request(message: Asked<C>, options: { timeout?: number } = {}): Promise<Answer<C>> {
    const id = at(message, FORMS[this.#channel][2]);
    if (id === undefined || id === null) return Promise.reject(new TypeError("the message has no correlation id"));
    const key = String(id);
    if (this.#asked.has(key)) return Promise.reject(new TypeError(`the correlation id ${key} waits for its answer already`));
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#asked.delete(key);
        reject(new NotConnected(`no answer to ${key} in time`));
      }, options.timeout ?? 30000);
      const done = () => (clearTimeout(timer), this.#asked.delete(key));
      this.#asked.set(key, {
        resolve: (answer) => (done(), resolve(answer)),
        reject: (error) => (done(), reject(error)),
      });
      try {
        this.send(message);
      } catch (error) {
        done();
        reject(error);
      }
    });
  }

  /** Ends it for good: code 1000, or one from 3000 to 4999. */
  close(code = 1000, reason = ""): void {
    if (this.#ending || this.#asksToClose) return;
    this.#asksToClose = true;
    if (this.#timer !== undefined || !this.#socket) {
      clearTimeout(this.#timer);
      this.#timer = undefined;
      this.#finish({ code: 1006 as CloseCode<C>, reason: "", clean: false, by: "client", opened: false, retry: "never", again: null });
    } else {
      this.#socket.close(code, reason);
    }
  }

  /** The messages as they come, across reconnections, until the end. */
  [Symbol.asyncIterator](): AsyncIterator<Received<C>, undefined> {
    return {
      next: () => {
        const message = this.#queue.shift();
        if (message !== undefined) return Promise.resolve({ value: message, done: false });
        if (this.#ending) return Promise.resolve({ value: undefined, done: true });
        return new Promise((resolve) => this.#readers.push(resolve));
      },
      return: () => Promise.resolve({ value: undefined, done: true }),
    };
  }

  #connect(): void {
    this.#timer = undefined;
    let opened = false;
    let over = false;
    const end = (code: number, reason: string, clean: boolean) => {
      if (over) return;
      over = true;
      this.#ended(code, reason, clean, opened);
    };
    let socket: Socket;
    try {
      socket = this.#open(this.#url, this.#subprotocols);
    } catch (error) {
      end(1006, String(error), false);
      return;
    }
    this.#socket = socket;
    socket.binaryType = "arraybuffer";
    socket.onopen = () => {
      opened = true;
      this.#openedAt = Date.now();
      this.#isOpen = true;
      this.#tell("open", this);
    };
    socket.onmessage = (event: { data: unknown }) => this.#message(event.data);
    // What follows an error is the close event, which says more.
    socket.onerror = () => {};
    socket.onclose = (event: { code: number; reason?: unknown; wasClean?: boolean }) =>
      end(event.code, String(event.reason ?? ""), event.wasClean ?? event.code !== 1006);
  }

  #message(data: unknown): void {
    // A server that lets clients in and closes at once has not recovered: the first message is the sign.
    this.#failures = 0;
    const raw = typeof data === "string" ? data : new Uint8Array(data as ArrayBuffer);
    let message = raw as Received<C>;
    if (FORMS[this.#channel][1] === "json") {
      try {
        message = JSON.parse(typeof raw === "string" ? raw : new TextDecoder().decode(raw)) as Received<C>;
      } catch {
        this.#tell("unreadable", raw);
        return;
      }
      const id = at(message, FORMS[this.#channel][3]);
      if (id !== undefined && id !== null) this.#asked.get(String(id))?.resolve(message as Answer<C>);
    }
    this.#tell("message", message);
    const reader = this.#readers.shift();
    if (reader) return reader({ value: message, done: false });
    this.#queue.push(message);
    if (this.#queue.length > this.#capacity) {
      this.#queue.shift();
      // Whoever listens to `message` has had it.
      if (this.#listeners.message.size === 0) this.dropped++;
    }
  }

  #ended(code: number, reason: string, clean: boolean, opened: boolean): void {
    this.#isOpen = false;
    this.#socket = null;
    // Nor has one failed that was open for long and had nothing to say.
    if (opened && this.#bounds && Date.now() - this.#openedAt >= this.#bounds.longest) this.#failures = 0;
    for (const { reject } of [...this.#asked.values()]) reject(new NotConnected(`the connection ended with ${code}`));
    const retry = this.#asksToClose ? "never" : retryOf(this.#channel, code, reason);
    const again = this.#delay(retry);
    const by = this.#asksToClose ? "client" : clean ? "server" : "network";
    const ending: Ending<C> = { code: code as CloseCode<C>, reason, clean, by, opened, retry, again };
    if (again === null) {
      this.#finish(ending);
      return;
    }
    this.#failures++;
    this.#timer = setTimeout(() => this.#connect(), again);
    this.#tell("close", ending);
  }

  /** The delay until the next try, with jitter: after a restart not all clients come at the same time. */
  #delay(retry: Retry): number | null {
    const bounds = this.#bounds;
    if (retry === "never" || bounds === null || this.#failures >= bounds.attempts) return null;
    if (retry === "now" && this.#failures === 0) return Math.round(Math.random() * Math.min(250, bounds.longest));
    const most = Math.min(bounds.longest, bounds.first * 2 ** this.#failures);
    return Math.round(most / 2 + (Math.random() * most) / 2);
  }

  #finish(ending: Ending<C>): void {
    this.#ending = ending;
    this.#tell("close", ending);
    this.#resolveClosed(ending);
    for (const reader of this.#readers.splice(0)) reader({ value: undefined, done: true });
  }

  #over(): NotConnected {
    return new NotConnected(`the connection has ended with ${this.#ending?.code}: ${this.#ending?.reason}`);
  }

  #tell<K extends keyof Listeners<C>>(name: K, ...values: Parameters<Listeners<C>[K]>): void {
    for (const listener of [...this.#listeners[name]]) (listener as (...values: unknown[]) => void)(...values);
  }
}

/** One error of a validation, as it stands in the reason of a Close frame. */
export interface ReasonError {
  type: string;
  loc?: (string | number)[];
  msg?: string;
  input?: unknown;
  ctx?: Record<string, unknown>;
}

/** The errors that a reason holds, and how many more did not fit; `null` if it holds none. */
export function errorsOf(reason: string): { errors: ReasonError[]; more: number } | null {
  try {
    const list: unknown = JSON.parse(reason);
    if (!Array.isArray(list) || list.length === 0) return null;
    const last = list[list.length - 1] as { more?: number; type?: string };
    const more = typeof last?.more === "number" && last.type === undefined ? last.more : 0;
    const errors = (more > 0 ? list.slice(0, -1) : list) as ReasonError[];
    return errors.every((error) => typeof error?.type === "string") ? { errors, more } : null;
  } catch {
    return null;
  }
}

/** Whether to come back after a code: what the document says, else what the code means. */
export function retryOf(channel: Channel, code: number, reason = ""): Retry {
  const rows = CLOSES[channel].filter((row) => row[0] === code);
  const row = rows.find((one) => one[1] === reason) ?? rows.find((one) => one[1] === null);
  // Some reasons are documented, and this is another one: the careful answer.
  const known = row ?? (rows.some((one) => one[2] === "never") ? undefined : rows[0]);
  if (known) return known[2];
  if (rows.length > 0) return "never";
  return [1001, 1006, 1011, 1012, 1013, 1014, 3008].includes(code) ? "backoff" : "never";
}

function at(value: unknown, path: readonly string[] | null): unknown {
  if (path === null) return undefined;
  return path.reduce<unknown>((inner, key) => (inner as Record<string, unknown> | null | undefined)?.[key], value);
}

function openWebSocket(url: string, subprotocols: string[]): Socket {
  const { WebSocket } = globalThis as unknown as { WebSocket?: new (url: string, subprotocols: string[]) => Socket };
  if (!WebSocket) throw new TypeError("there is no WebSocket here: give the option `open`");
  return new WebSocket(url, subprotocols);
}

type Scalar = string | number | boolean | null | undefined;

function urlOf(channel: string, options: { base: string | URL; path?: object; query?: object }): string {
  const url = new URL(options.base);
  url.protocol = url.protocol.replace(/^http/, "ws");
  const given = (options.path ?? {}) as Record<string, Scalar>;
  const path = channel.replace(/\{(\*?)([^}]+)\}/g, (_, star: string, name: string) => {
    const text = String(given[name] ?? "");
    return star ? text.split("/").map(encodeURIComponent).join("/") : encodeURIComponent(text);
  });
  url.pathname = url.pathname.replace(/\/+$/, "") + path;
  url.hash = "";
  for (const [name, value] of Object.entries((options.query ?? {}) as Record<string, Scalar | readonly Scalar[]>)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined && one !== null) url.searchParams.append(name, String(one));
    }
  }
  return url.href;
}
