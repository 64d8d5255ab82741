// The page of an app: the reference of its endpoints, and a console to try them. No libraries, one file.
"use strict";

// ---------------------------------------------------------------- bounds

const LOG_LIMIT = 10000; // messages of a session
const LOG_BYTES = 32 * 1024 * 1024; // characters or bytes that a session keeps
const CHECK_LIMIT = 256 * 1024; // longer messages are not checked against their schema
const SHOW_LIMIT = 200000; // characters of one message that are shown
const PRETTY_LIMIT = 2 * 1024 * 1024; // longer messages are shown as they came
const SESSIONS = 8;
const HISTORY = 50;
const SAVED = 50;
const ROW = 28; // pixels, as in the style sheet

// ---------------------------------------------------------------- elements

const $ = (id) => document.getElementById(id);

function h(tag, properties, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "class") element.className = value;
    else if (name in element && !name.includes("-") && typeof value !== "string") element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(9).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

const icons = {
  up: "M8 13V3M4 7l4-4 4 4",
  down: "M8 3v10M4 9l4 4 4-4",
  dot: "M8 7v2",
  copy: "M6 5V2h8v8h-3M2 5h9v9H2z",
  close: "M4 4l8 8M12 4l-8 8",
};
function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", icons[name]);
  svg.append(path);
  return svg;
}

function say(text) {
  $("said").textContent = text;
}

function copyButton(text, label = "Copy") {
  const button = h("button", { type: "button", class: "quiet small" }, label);
  button.addEventListener("click", async () => {
    const copied = await copy(typeof text === "function" ? text() : text);
    button.textContent = copied ? "Copied" : "Not copied";
    say(button.textContent);
    setTimeout(() => (button.textContent = label), 1500);
  });
  return button;
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Without TLS there is no clipboard interface.
    const area = h("textarea", { class: "unseen" });
    area.value = text;
    document.body.append(area);
    area.select();
    const copied = document.execCommand("copy");
    area.remove();
    return copied;
  }
}

// Storage may be switched off; then nothing is kept.
function load(store, key, otherwise) {
  try {
    return JSON.parse(store().getItem(key)) ?? otherwise;
  } catch {
    return otherwise;
  }
}
function keep(store, key, value) {
  try {
    store().setItem(key, JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}
const local = () => localStorage;
const tab = () => sessionStorage;

const plural = (count, one, many = `${one}s`) => `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
const bytesOf = (text) => new TextEncoder().encode(text).length;
const size = (bytes) =>
  bytes < 1024 ? `${bytes} B` : bytes < 1048576 ? `${(bytes / 1024).toFixed(1)} KiB` : `${(bytes / 1048576).toFixed(1)} MiB`;
const span = (ms) => (ms < 1000 ? `${Math.round(ms)} ms` : ms < 60000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.floor(ms / 60000)} min ${Math.round((ms % 60000) / 1000)} s`);

// ---------------------------------------------------------------- where the app is

// The page stands at `docs` below the root of the app, which a proxy may have put below a prefix.
const docsPath = document.documentElement.dataset.docs;
const base = document.documentElement.dataset.base;
const root = (() => {
  const path = location.pathname.replace(/\/+$/, "");
  const end = docsPath.replace(/\/+$/, "");
  return path.endsWith(end) ? path.slice(0, path.length - end.length) : "";
})();
const storageKey = (...words) => ["hangup", root, ...words].join(" ");

// ---------------------------------------------------------------- JSON Schema

let whole = {}; // the document, which references lead into

function resolve(schema) {
  for (let steps = 0; steps < 32 && schema && typeof schema === "object" && typeof schema.$ref === "string"; steps++) {
    const { $ref, ...beside } = schema;
    const found = pointer($ref);
    if (found === undefined) return {};
    schema = typeof found === "object" && found !== null ? { ...found, ...beside } : found;
  }
  return schema ?? {};
}
function pointer(reference) {
  if (!reference.startsWith("#")) return undefined;
  return reference
    .slice(1)
    .split("/")
    .filter(Boolean)
    .reduce((at, part) => at?.[decodeURIComponent(part).replace(/~1/g, "/").replace(/~0/g, "~")], whole);
}

const kindOf = (value) =>
  value === null ? "null" : Array.isArray(value) ? "array" : typeof value === "number" && Number.isInteger(value) ? "integer" : typeof value;
const article = (type) => (/^[aeio]/.test(type) ? `an ${type}` : `a ${type}`);
const same = (a, b) => {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || !a || !b || Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && same(a[key], b[key]));
};
const shown = (value) => {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
};

const FORMATS = {
  date: /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/,
  time: /^\d\d:\d\d(:\d\d(\.\d+)?)?(z|[+-]\d\d:?\d\d)?$/i,
  "date-time": /^\d{4}-\d\d-\d\d[t ]\d\d:\d\d(:\d\d(\.\d+)?)?(z|[+-]\d\d:?\d\d)?$/i,
  uuid: /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i,
  email: /^[^\s@]+@[^\s@]+\.[^\s@]+$/,
  uri: /^[a-z][a-z0-9+.-]*:\S+$/i,
  ipv4: /^((25[0-5]|2[0-4]\d|1?\d?\d)(\.(?!$)|$)){4}$/,
  ipv6: /^[0-9a-f:]+(:\d+\.\d+\.\d+\.\d+)?$/i,
  duration: /^[-+]?P(?=.)(\d+[YMWD])*(T(\d+(\.\d+)?[HMS])+)?$/,
};

const patterns = new Map();
function matches(pattern, text) {
  if (!patterns.has(pattern)) {
    let compiled = null;
    try {
      compiled = new RegExp(pattern, "u");
    } catch {
      // A pattern of another dialect: the server alone can tell.
    }
    patterns.set(pattern, compiled);
  }
  return patterns.get(pattern)?.test(text) ?? true;
}

// What is wrong with a value: [{ at: [..], text }]. At most `CHECK_ERRORS` of them.
const CHECK_ERRORS = 20;
function check(schema, value, at = [], found = [], depth = 0) {
  if (found.length >= CHECK_ERRORS || depth > 64) return found;
  if (schema === true) return found;
  if (schema === false) return wrong(found, at, "must not be here");
  schema = resolve(schema);
  if (typeof schema === "boolean") return check(schema, value, at, found, depth + 1);
  const kind = kindOf(value);
  if (schema.type !== undefined) {
    const types = [].concat(schema.type);
    if (!types.some((type) => type === kind || (type === "number" && kind === "integer"))) {
      return wrong(found, at, `must be ${types.map((type) => (type === "null" ? "null" : article(type))).join(" or ")}, and is ${kind === "null" ? "null" : article(kind)}`);
    }
  }
  if ("const" in schema && !same(schema.const, value)) wrong(found, at, `must be ${shown(schema.const)}`);
  if (Array.isArray(schema.enum) && !schema.enum.some((one) => same(one, value))) wrong(found, at, `must be one of ${schema.enum.map(shown).join(", ")}`);
  for (const part of schema.allOf ?? []) check(part, value, at, found, depth + 1);
  checkChoice(schema, value, at, found, depth);
  if (schema.not !== undefined && check(schema.not, value, at, [], depth + 1).length === 0) wrong(found, at, "is a value that is excluded");
  if (schema.if !== undefined) {
    const branch = check(schema.if, value, at, [], depth + 1).length === 0 ? schema.then : schema.else;
    if (branch !== undefined) check(branch, value, at, found, depth + 1);
  }
  if (kind === "string") checkText(schema, value, at, found);
  else if (kind === "integer" || kind === "number") checkNumber(schema, value, at, found);
  else if (kind === "array") checkArray(schema, value, at, found, depth);
  else if (kind === "object") checkObject(schema, value, at, found, depth);
  return found;
}
function wrong(found, at, text) {
  if (found.length < CHECK_ERRORS) found.push({ at, text });
  return found;
}

// Of several schemas the one that the value's tag names is told of, so that not every branch complains.
function checkChoice(schema, value, at, found, depth) {
  const branches = schema.oneOf ?? schema.anyOf;
  if (!Array.isArray(branches)) return;
  const tag = tagOf(branches);
  if (tag && kindOf(value) === "object") {
    const names = branches.map((branch) => tagValue(branch, tag));
    if (!Object.hasOwn(value, tag)) return wrong(found, [...at, tag], `is missing: one of ${names.map(shown).join(", ")}`);
    const chosen = names.findIndex((name) => same(name, value[tag]));
    if (chosen < 0) return wrong(found, [...at, tag], `must be one of ${names.map(shown).join(", ")}, and is ${shown(value[tag])}`);
    return check(branches[chosen], value, at, found, depth + 1);
  }
  const results = branches.map((branch) => check(branch, value, at, [], depth + 1));
  const valid = results.filter((errors) => errors.length === 0).length;
  if (valid === 1 || (valid > 1 && schema.anyOf)) return;
  if (valid > 1) return wrong(found, at, "fits more than one of the forms that exclude each other");
  const ofItsKind = results.filter((errors) => errors.some((error) => error.at.length > at.length || !error.text.startsWith("must be a")));
  const nearest = (ofItsKind.length ? ofItsKind : results).sort((a, b) => a.length - b.length)[0] ?? [];
  if (ofItsKind.length === 1) found.push(...nearest.slice(0, CHECK_ERRORS - found.length));
  else wrong(found, at, `must be ${branches.map(typeName).join(" or ")}`);
}
function checkText(schema, value, at, found) {
  if (schema.minLength === undefined && schema.maxLength === undefined && !schema.pattern && !schema.format) return;
  const length = [...value].length;
  if (length < schema.minLength) wrong(found, at, `must have at least ${plural(schema.minLength, "character")}`);
  if (length > schema.maxLength) wrong(found, at, `must have at most ${plural(schema.maxLength, "character")}, and has ${length}`);
  if (schema.pattern && !matches(schema.pattern, value)) wrong(found, at, `must match ${schema.pattern}`);
  if (Object.hasOwn(FORMATS, schema.format ?? "") && !FORMATS[schema.format].test(value)) wrong(found, at, `must be a ${schema.format}`);
}
function checkNumber(schema, value, at, found) {
  if (value < schema.minimum) wrong(found, at, `must be ${schema.minimum} or more`);
  if (value > schema.maximum) wrong(found, at, `must be ${schema.maximum} or less`);
  if (value <= schema.exclusiveMinimum) wrong(found, at, `must be more than ${schema.exclusiveMinimum}`);
  if (value >= schema.exclusiveMaximum) wrong(found, at, `must be less than ${schema.exclusiveMaximum}`);
  if (schema.multipleOf > 0) {
    const times = value / schema.multipleOf;
    if (Math.abs(times - Math.round(times)) > 1e-9 * Math.max(1, Math.abs(times))) wrong(found, at, `must be a multiple of ${schema.multipleOf}`);
  }
}
function checkArray(schema, value, at, found, depth) {
  if (value.length < schema.minItems) wrong(found, at, `must have at least ${plural(schema.minItems, "item")}`);
  if (value.length > schema.maxItems) wrong(found, at, `must have at most ${plural(schema.maxItems, "item")}`);
  const first = schema.prefixItems ?? (Array.isArray(schema.items) ? schema.items : []);
  const rest = Array.isArray(schema.items) ? schema.additionalItems : schema.items;
  value.forEach((item, index) => {
    const its = index < first.length ? first[index] : rest;
    if (its !== undefined) check(its, item, [...at, index], found, depth + 1);
  });
  if (schema.uniqueItems && value.length < 1000 && value.some((item, index) => value.slice(0, index).some((other) => same(item, other)))) wrong(found, at, "must not have the same item twice");
  if (schema.contains !== undefined && !value.some((item) => check(schema.contains, item, at, [], depth + 1).length === 0)) wrong(found, at, "lacks an item of the kind that it must contain");
}
function checkObject(schema, value, at, found, depth) {
  const keys = Object.keys(value);
  for (const name of schema.required ?? []) if (!Object.hasOwn(value, name)) wrong(found, [...at, name], "is missing");
  if (keys.length < schema.minProperties) wrong(found, at, `must have at least ${plural(schema.minProperties, "entry", "entries")}`);
  if (keys.length > schema.maxProperties) wrong(found, at, `must have at most ${plural(schema.maxProperties, "entry", "entries")}`);
  for (const key of keys) {
    let known = false;
    if (Object.hasOwn(schema.properties ?? {}, key)) {
      known = true;
      check(schema.properties[key], value[key], [...at, key], found, depth + 1);
    }
    for (const [pattern, its] of Object.entries(schema.patternProperties ?? {})) {
      if (!matches(pattern, key)) continue;
      known = true;
      check(its, value[key], [...at, key], found, depth + 1);
    }
    if (schema.propertyNames !== undefined) check(schema.propertyNames, key, [...at, key], found, depth + 1);
    if (known || schema.additionalProperties === undefined) continue;
    if (schema.additionalProperties === false) wrong(found, [...at, key], "is not a known field");
    else check(schema.additionalProperties, value[key], [...at, key], found, depth + 1);
  }
}

const tagValue = (branch, tag) => {
  const property = resolve(resolve(branch).properties?.[tag]);
  return "const" in property ? property.const : property.enum?.length === 1 ? property.enum[0] : undefined;
};
// The field whose constant tells the branches of a union apart.
function tagOf(branches) {
  const first = resolve(branches[0]).properties ?? {};
  return Object.keys(first).find((name) => branches.every((branch) => tagValue(branch, name) !== undefined && resolve(branch).required?.includes(name)));
}

const place = (at) => at.map((part, index) => (typeof part === "number" ? `[${part}]` : index ? `.${part}` : part)).join("");

// A type in a few words, as a person would say it.
function typeName(schema, depth = 0) {
  if (typeof schema === "boolean") return schema ? "anything" : "nothing";
  const named = schema?.$ref?.split("/").pop();
  schema = resolve(schema);
  if ("const" in schema) return shown(schema.const);
  if (schema.enum) return schema.enum.map(shown).join(" | ");
  if (named && depth) return named;
  const branches = schema.oneOf ?? schema.anyOf;
  if (branches) return branches.map((branch) => typeName(branch, depth + 1)).join(" | ");
  if (schema.allOf?.length === 1) return typeName(schema.allOf[0], depth + 1);
  const types = [].concat(schema.type ?? (schema.properties ? "object" : "anything"));
  return types
    .map((type) => {
      if (type === "array") {
        const items = schema.prefixItems ?? (Array.isArray(schema.items) ? schema.items : null);
        if (items) return `[${items.map((item) => typeName(item, depth + 1)).join(", ")}]`;
        const of = typeName(schema.items ?? {}, depth + 1);
        return of.includes(" | ") ? `(${of})[]` : `${of}[]`;
      }
      if (type === "object" && schema.additionalProperties && typeof schema.additionalProperties === "object" && !schema.properties) return `map of ${typeName(schema.additionalProperties, depth + 1)}`;
      return type === "string" && schema.format && FORMATS[schema.format] ? schema.format : type;
    })
    .join(" | ");
}

const WIDE = 2 ** 53;
function rules(schema) {
  schema = resolve(schema);
  const found = [];
  const bound = (sign, limit) => limit !== undefined && Math.abs(limit) < WIDE && found.push(`${sign} ${limit}`);
  bound("≥", schema.minimum);
  bound(">", schema.exclusiveMinimum);
  bound("≤", schema.maximum);
  bound("<", schema.exclusiveMaximum);
  const range = (least, most, one) => {
    if (least === undefined && most === undefined) return;
    if (least === most) found.push(plural(least, one));
    else if (most === undefined) found.push(`at least ${plural(least, one)}`);
    else if (least === undefined) found.push(`at most ${plural(most, one)}`);
    else found.push(`${least} to ${plural(most, one)}`);
  };
  range(schema.minLength, schema.maxLength, "character");
  range(schema.minItems, schema.maxItems, "item");
  if (schema.multipleOf) found.push(`multiple of ${schema.multipleOf}`);
  if (schema.pattern) found.push(`matches ${schema.pattern}`);
  if (schema.uniqueItems) found.push("no item twice");
  for (const branch of schema.anyOf ?? schema.oneOf ?? []) if (resolve(branch).type !== "object") found.push(...rules(branch));
  if (schema.default !== undefined && schema.default !== null) found.push(`default ${shown(schema.default)}`);
  return found;
}

// A value that the schema accepts, as far as that can be seen from it.
function sample(schema, depth = 0) {
  schema = resolve(schema);
  if (typeof schema === "boolean") return null;
  if ("const" in schema) return schema.const;
  if (schema.examples?.length) return schema.examples[0];
  if (schema.enum?.length) return schema.enum[0];
  if (schema.default !== undefined) return schema.default;
  if (schema.allOf) {
    const parts = schema.allOf.map((part) => sample(part, depth + 1));
    if (parts.every((part) => kindOf(part) === "object")) return Object.assign({}, ...parts);
    return parts[0];
  }
  const branches = schema.oneOf ?? schema.anyOf;
  if (branches) return sample(branches.find((branch) => resolve(branch).type !== "null") ?? branches[0], depth + 1);
  const type = [].concat(schema.type ?? (schema.properties ? "object" : "null")).find((one) => one !== "null");
  if (type === "boolean") return false;
  if (type === "string") {
    const texts = { date: "2030-01-31", time: "12:30:00", "date-time": "2030-01-31T12:30:00Z", uuid: "3f2b8c1e-5d4a-4f6b-9c7d-1e2f3a4b5c6d", email: "ann@example.com", uri: "https://example.com/", ipv4: "192.0.2.1", ipv6: "2001:db8::1", duration: "PT1M" };
    return (texts[schema.format] ?? "text".padEnd(schema.minLength ?? 0, "x")).slice(0, schema.maxLength ?? 1000);
  }
  if (type === "integer" || type === "number") {
    const step = schema.multipleOf ?? 1;
    let value = schema.minimum > -WIDE ? schema.minimum : schema.exclusiveMinimum !== undefined ? schema.exclusiveMinimum + step : 0;
    if (value > schema.maximum) value = schema.maximum;
    return schema.multipleOf ? Math.ceil(value / step) * step : value;
  }
  if (type === "array") {
    const first = schema.prefixItems ?? (Array.isArray(schema.items) ? schema.items : null);
    if (depth > 6) return [];
    if (first) return first.map((item) => sample(item, depth + 1));
    return Array.from({ length: Math.max(schema.minItems ?? 0, schema.items ? 1 : 0) }, () => sample(schema.items ?? {}, depth + 1));
  }
  if (type === "object") {
    const value = {};
    if (depth > 6) return value;
    for (const [name, property] of Object.entries(schema.properties ?? {})) {
      if (schema.required?.includes(name) || "const" in resolve(property)) value[name] = sample(property, depth + 1);
    }
    return value;
  }
  return null;
}

// JSON with line breaks. The tokens are kept as they came: numbers of any length, escapes, keys that occur twice.
function pretty(text) {
  let out = "";
  let level = 0;
  // Deeper levels are not indented further, as the text would grow with the square of the depth.
  const line = () => "\n" + "  ".repeat(Math.min(level, 40));
  const tokens = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]|[^\s{}[\],:"]+/g;
  let before = "";
  for (const [token] of text.matchAll(tokens)) {
    if (token === "}" || token === "]") {
      level--;
      if (before !== "{" && before !== "[") out += line();
      out += token;
    } else {
      if (before === "{" || before === "[" || before === ",") out += line();
      out += token === ":" ? ": " : token;
      if (token === "{" || token === "[") level++;
    }
    before = token;
  }
  return out;
}

// ---------------------------------------------------------------- the document

class Channel {
  constructor(name, value) {
    this.name = name;
    this.address = value.address ?? `/${name}`;
    this.title = value.title ?? name;
    this.description = value.description ?? "";
    this.closes = value["x-close-codes"] ?? [];
    this.subprotocols = (value["x-subprotocols"] ?? []).map((one) => (typeof one === "string" ? one : one.name));
    const ws = resolve(value.bindings?.ws);
    this.parameters = [
      ...Object.entries(value.parameters ?? {}).map(([key, its]) => {
        its = resolve(its);
        const schema = its["x-schema"] ?? { type: "string", enum: its.enum, default: its.default, examples: its.examples };
        return { place: "path", name: key, schema, required: true, description: its.description };
      }),
      ...Channel.properties("query", ws.query),
      ...Channel.properties("header", ws.headers),
      ...Channel.properties("cookie", value["x-cookies"]),
    ];
    this.sends = []; // by the client
    this.receives = [];
    for (const operation of Object.values(whole.operations ?? {})) {
      if (pointer(operation.channel?.$ref ?? "") !== value) continue;
      const messages = (operation.messages ?? Object.keys(value.messages ?? {}).map((key) => ({ $ref: `#/channels/${name.replace(/~/g, "~0").replace(/\//g, "~1")}/messages/${key}` }))).map((one) => new MessageType(resolve(one)));
      (operation.action === "receive" ? this.sends : this.receives).push(...messages);
    }
  }

  static properties(place, schema) {
    schema = resolve(schema);
    return fieldsOf(schema).map(([name, its]) => ({
      place,
      name,
      schema: its,
      required: schema.required?.includes(name) ?? false,
      description: resolve(its).description,
    }));
  }

  // Which message a received or composed text is, and what is wrong with it.
  judge(text, types) {
    const typed = types.filter((type) => type.isJson);
    if (typed.length === 0) return { name: "", errors: [] };
    if (text.length > CHECK_LIMIT) return { name: "", errors: [], unchecked: true };
    let value;
    try {
      value = JSON.parse(text);
    } catch (error) {
      return { name: "", errors: [{ at: [], text: `is not JSON: ${error.message}` }], broken: true };
    }
    let nearest = null;
    for (const type of typed) {
      const errors = check(type.payload, value);
      if (!nearest || errors.length < nearest.errors.length) nearest = { type, errors };
      if (errors.length === 0) break;
    }
    return { name: nearest.type.nameOf(value), errors: nearest.errors, id: nearest.type.idOf(value) };
  }
}

class MessageType {
  constructor(value) {
    this.name = value.name ?? value.title ?? "message";
    this.title = value.title ?? this.name;
    this.summary = value.summary ?? "";
    this.contentType = value.contentType ?? whole.defaultContentType ?? "application/json";
    this.payload = value.payload ?? {};
    this.isJson = /json/.test(this.contentType);
    const location = resolve(value.correlationId).location ?? "";
    this.correlation = location.startsWith("$message.payload#/") ? location.slice(18).split("/") : null;
    const schema = resolve(this.payload);
    const branches = schema.oneOf ?? schema.anyOf;
    this.tag = branches ? tagOf(branches) : undefined;
    const examples = (value.examples ?? []).filter((one) => one.payload !== undefined);
    this.variants = (branches && this.isJson ? branches : [this.payload]).map((branch) => {
      const its = resolve(branch);
      const name = this.tag ? String(tagValue(branch, this.tag)) : branches ? (its.title ?? branch.$ref?.split("/").pop() ?? onlyName(its) ?? typeName(branch)) : this.name;
      const example = examples.find((one) => check(branch, one.payload).length === 0)?.payload;
      return { name, schema: its, description: its.description ?? (branches ? "" : schema.description), example: inOrder(branch, example !== undefined ? example : this.isJson ? sample(branch) : undefined) };
    });
  }
  nameOf(value) {
    return this.tag && kindOf(value) === "object" && typeof value[this.tag] === "string" ? value[this.tag] : this.name;
  }
  idOf(value) {
    return this.correlation?.reduce((at, part) => at?.[part], value);
  }
}
const onlyName = (schema) => (schema.required?.length === 1 ? schema.required[0] : undefined);

// ---------------------------------------------------------------- close codes

// RFC 6455 section 7.4.1 and the registry of close codes: name, meaning, whether to come back.
const CODES = {
  1000: ["NORMAL_CLOSURE", "The conversation is over, as it should be.", "never"],
  1001: ["GOING_AWAY", "The server stops, or the page was left.", "backoff"],
  1002: ["PROTOCOL_ERROR", "One side broke the protocol of WebSockets.", "never"],
  1003: ["UNSUPPORTED_DATA", "A message of a kind that is not taken here.", "never"],
  1005: ["NO_STATUS", "A Close frame without a code.", "never"],
  1006: ["ABNORMAL_CLOSURE", "The connection ended without a Close frame, or was never made.", "backoff"],
  1007: ["INVALID_FRAME_PAYLOAD_DATA", "A text that is not valid: not UTF-8, or not JSON.", "never"],
  1008: ["POLICY_VIOLATION", "What was asked or sent breaks a rule of the endpoint.", "never"],
  1009: ["MESSAGE_TOO_BIG", "A message was larger than the endpoint takes.", "never"],
  1010: ["MANDATORY_EXTENSION", "The server lacks an extension that the client needs.", "never"],
  1011: ["INTERNAL_ERROR", "The server failed. The details are in its log.", "backoff"],
  1012: ["SERVICE_RESTART", "The server restarts.", "backoff"],
  1013: ["TRY_AGAIN_LATER", "The server is overloaded.", "backoff"],
  1014: ["BAD_GATEWAY", "A gateway got an invalid answer from the server behind it.", "backoff"],
  1015: ["TLS_HANDSHAKE", "The TLS handshake failed.", "never"],
  3000: ["UNAUTHORIZED", "The credentials are missing, wrong or expired.", "never"],
  3003: ["FORBIDDEN", "These credentials do not allow it.", "never"],
  3008: ["TIMEOUT", "Something took too long.", "backoff"],
};
const ADVICE = {
  never: "Do not reconnect automatically: it would end the same way.",
  now: "Reconnect at once.",
  backoff: "Reconnect after a delay that grows, with jitter.",
};
const advice = (code, retry) => (code === 1000 ? "Nothing: the conversation is over." : (ADVICE[retry] ?? ADVICE.never));

// `talked`: messages went to and fro, so that it was after accept.
function explain(channel, code, reason, talked) {
  const ofCode = channel.closes.filter((row) => row.code === code);
  const likely = ofCode.filter((row) => (row.phase !== "before accept") === talked || row.phase === "either");
  const rows = likely.length ? likely : ofCode;
  const exact = rows.find((row) => row.reason !== null && row.reason !== undefined && row.reason === reason);
  const row = exact ?? rows.find((one) => one.reason === null || one.reason === undefined) ?? (rows.length ? { ...rows[0], description: "" } : null);
  const known = CODES[code];
  const range = code >= 4000 ? "A code of this application." : code >= 3000 ? "A code of a framework or library." : "";
  const name = row?.name && row.name !== String(code) ? row.name : (known?.[0] ?? "");
  return {
    name,
    meaning: row?.description || known?.[1] || range,
    cause: row?.cause,
    retry: row?.retry ?? known?.[2] ?? "never",
    documented: Boolean(row) || code === 1006 || code === 1005,
  };
}

// The reason of a failed validation: errors as JSON, the last entry may count those that did not fit.
function decodeReason(reason) {
  if (!reason.startsWith("[")) return null;
  try {
    const list = JSON.parse(reason);
    if (!Array.isArray(list) || list.length === 0 || !list.every((one) => one && typeof one === "object")) return null;
    const last = list[list.length - 1];
    const more = typeof last.more === "number" && last.type === undefined ? list.pop().more : 0;
    return list.every((one) => typeof one.type === "string") ? { errors: list, more } : null;
  } catch {
    return null;
  }
}

// Where the words did not fit into the reason, its type says what is wrong.
const WORDS = {
  missing: "Required, and not given",
  extra_forbidden: "Not a known field",
  json_invalid: "Not JSON",
  int_parsing: "Not an integer",
  float_parsing: "Not a number",
  bool_parsing: "Not true or false",
  uuid_parsing: "Not a UUID",
  greater_than: "Too small",
  greater_than_equal: "Too small",
  less_than: "Too large",
  less_than_equal: "Too large",
  string_too_short: "Too short",
  string_too_long: "Too long",
  too_short: "Too few items",
  too_long: "Too many items",
  string_pattern_mismatch: "Does not match the pattern",
  union_tag_invalid: "No form of this message has this tag",
  union_tag_not_found: "The tag is missing",
  string_type: "Not a text",
  int_type: "Not an integer",
  float_type: "Not a number",
  bool_type: "Not true or false",
  list_type: "Not a list",
  enum: "Not one of the choices",
  literal_error: "Not one of the choices",
};

function errorTable({ errors, more }) {
  const has = (name) => errors.some((error) => error[name] !== undefined);
  const cell = (value) => (value === undefined ? "" : typeof value === "string" ? value : shown(value));
  return h(
    "div",
    { class: "scroll" },
    h(
      "table",
      { class: "errors" },
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Where"), h("th", { scope: "col" }, "What is wrong"), has("input") && h("th", { scope: "col" }, "Input"))),
      h(
        "tbody",
        {},
        errors.map((error) =>
          h(
            "tr",
            {},
            h("td", {}, h("code", {}, error.loc ? place(error.loc) || "the whole" : "—")),
            h("td", {}, error.msg ?? WORDS[error.type] ?? "", " ", h("span", { class: "chip" }, error.type), error.ctx && Object.keys(error.ctx).length > 0 && h("span", { class: "muted" }, ` ${shown(error.ctx)}`)),
            has("input") && h("td", {}, h("code", {}, cell(error.input))),
          ),
        ),
      ),
    ),
    more > 0 && h("p", { class: "muted" }, `and ${plural(more, "more error")}, which did not fit into the reason`),
  );
}

// ---------------------------------------------------------------- the reference

// The fields of a schema, the tag first, then as the required ones were declared: documents may be sorted by name.
function fieldsOf(schema) {
  const place = ([name, its]) => ("const" in resolve(its) ? -1 : (schema.required ?? []).indexOf(name) + 1 || Infinity);
  return Object.entries(schema.properties ?? {}).sort((a, b) => place(a) - place(b) || 0);
}
function inOrder(schema, value) {
  if (kindOf(value) !== "object") return value;
  const order = fieldsOf(resolve(schema)).map(([name]) => name);
  return Object.fromEntries([...order.filter((name) => Object.hasOwn(value, name)), ...Object.keys(value).filter((name) => !order.includes(name))].map((name) => [name, value[name]]));
}

function properties(schema, prefix = "", depth = 0) {
  schema = resolve(schema);
  return fieldsOf(schema).flatMap(([name, its]) => {
    const path = prefix + name;
    const own = resolve(its);
    let inner = own;
    let mark = "";
    if (own.type === "array" && own.items && !Array.isArray(own.items)) [inner, mark] = [resolve(own.items), "[]"];
    const rest = inner.properties && depth < 3 ? properties(inner, `${path}${mark}.`, depth + 1) : [];
    return [{ path, schema: its, required: schema.required?.includes(name), description: own.description }, ...rest];
  });
}

// A description: paragraphs, code between backticks, links by their text. Anything else is text as it stands.
function prose(text) {
  const links = text.replace(/\[([^\]]+)\](\([^)\s]*\))?/g, "$1");
  return links.split(/`([^`]+)`/).map((part, at) => (at % 2 ? h("code", {}, part) : part));
}
const paragraphs = (text, attributes) => text.split(/\n\s*\n/).map((part) => h("p", attributes, prose(part.trim())));

function propertyTable(schema) {
  const rows = properties(schema);
  if (rows.length === 0) return h("p", { class: "muted" }, `${typeName(schema)}${rules(schema).length ? `: ${rules(schema).join(", ")}` : ""}`);
  return h(
    "dl",
    { class: "fields" },
    rows.map((row) =>
      h("div", {}, h("dt", {}, h("code", {}, row.path), !row.required && h("span", { class: "muted" }, " optional")), h("dd", {}, h("span", { class: "type" }, typeName(row.schema, 1)), ruleChips(row.schema), row.description && paragraphs(row.description))),
    ),
  );
}
const ruleChips = (schema) => rules(schema).map((rule) => h("span", { class: "rule" }, rule));

function messageSection(title, types, use) {
  const untyped = types.length === 0 || types.every((type) => !type.isJson);
  return h(
    "section",
    { class: "card" },
    h("h3", {}, title),
    untyped
      ? h("p", { class: "muted" }, "Text or bytes of any form.")
      : types.map((type) => [
          type.summary && paragraphs(type.summary),
          type.variants.map((variant) =>
            h(
              "details",
              { class: "variant", open: type.variants.length === 1 },
              h("summary", {}, h("span", { class: "chip" }, variant.name), h("span", { class: "muted" }, prose(variant.description ?? ""))),
              propertyTable(variant.schema),
              variant.example !== undefined &&
                h(
                  "div",
                  { class: "example" },
                  h("pre", {}, pretty(JSON.stringify(variant.example))),
                  h("div", { class: "actions" }, use && h("button", { type: "button", class: "small", onclick: () => use(variant) }, "Use in the console"), copyButton(JSON.stringify(variant.example))),
                ),
            ),
          ),
          type.correlation && h("p", { class: "muted" }, "A message and its answer have the same ", h("code", {}, type.correlation.join(".")), "."),
        ]),
  );
}

function endTable(channel) {
  const whose = { server: "the server", client: "the client", either: "either side" };
  return h(
    "section",
    { class: "card", id: "ends" },
    h("h3", {}, "How this can end"),
    channel.closes.length === 0
      ? h("p", { class: "muted" }, "The document names no close codes.")
      : h(
          "div",
          { class: "scroll", tabindex: "0", role: "region", "aria-label": "How this can end" },
          h(
            "table",
            { class: "ends" },
            h("thead", {}, h("tr", {}, ["Code", "When", "What a client should do"].map((text) => h("th", { scope: "col" }, text)))),
            h(
              "tbody",
              {},
              channel.closes.map((row) => {
                const known = CODES[row.code];
                return h(
                  "tr",
                  {},
                  h("th", { scope: "row" }, h("span", { class: `code ${tone(row.code)}` }, String(row.code)), h("span", { class: "name" }, row.name !== String(row.code) ? words(row.name ?? known?.[0] ?? "") : "")),
                  h(
                    "td",
                    {},
                    h("p", {}, prose(row.description || known?.[1] || "")),
                    row.reason && h("p", {}, "Reason: ", h("q", {}, row.reason)),
                    h("p", { class: "muted" }, [`by ${whose[row.initiator] ?? "the server"}`, row.phase === "either" ? "before or after accept" : row.phase, row.cause && `from ${row.cause}`].filter(Boolean).join(" · ")),
                  ),
                  h("td", {}, advice(row.code, row.retry)),
                );
              }),
            ),
          ),
        ),
  );
}
// A name that may be divided behind its underscores.
const words = (name) => name.split(/(?<=_)/).flatMap((part) => [part, h("wbr", {})]);
const tone = (code) => (code === 1000 || code === 1001 || code === 1012 || code === 1005 ? "calm" : "bad");

function parameterTable(channel) {
  if (channel.parameters.length === 0) return null;
  return h(
    "section",
    { class: "card" },
    h("h3", {}, "Parameters"),
    h(
      "dl",
      { class: "fields" },
      channel.parameters.map((one) =>
        h("div", {}, h("dt", {}, h("code", {}, one.name), h("span", { class: "muted" }, ` ${one.place}${one.required ? "" : ", optional"}`)), h("dd", {}, h("span", { class: "type" }, typeName(one.schema)), ruleChips(one.schema), one.description && paragraphs(one.description))),
      ),
    ),
  );
}

// The typed client of this endpoint, as one begins with it.
function clientSection(channel) {
  const given = (where) => Object.fromEntries(channel.parameters.filter((one) => one.place === where && one.required).map((one) => [one.name, sample(one.schema)]));
  const part = (where) => (Object.keys(given(where)).length ? `,\n  ${where}: ${JSON.stringify(given(where))}` : "");
  const first = channel.sends.find((type) => type.isJson)?.variants[0]?.example;
  const code = [
    `import { connect } from "./client.ts";`,
    "",
    `const socket = connect(${JSON.stringify(channel.address)}, {`,
    `  base: ${JSON.stringify(location.origin + root)}${part("path")}${part("query")},`,
    "});",
    "await socket.ready();",
    `socket.send(${first === undefined ? '"hello"' : JSON.stringify(first)});`,
    "for await (const message of socket) console.log(message);",
    "const { code, reason } = await socket.closed;",
  ].join("\n");
  return h(
    "section",
    { class: "card" },
    h("h3", {}, "Take the client home"),
    h("p", {}, h("a", { href: `${base}client.ts`, download: "client.ts" }, "client.ts"), " has the types of all messages and no dependencies. It reconnects as the close code says."),
    h("div", { class: "example" }, h("pre", {}, code), h("div", { class: "actions" }, copyButton(code))),
  );
}

// ---------------------------------------------------------------- the form

const SECRET_WORDS = new Set(["auth", "authorization", "bearer", "credential", "credentials", "jwt", "key", "otp", "passphrase", "passwd", "pin", "pwd", "session", "sid", "sig", "signature", "ticket"]);
function isSecretName(name) {
  const words = name.replace(/([a-z0-9])([A-Z])/g, "$1 $2").toLowerCase().split(/[^a-z0-9]+/);
  return words.some((word) => SECRET_WORDS.has(word)) || /password|secret|token|apikey/.test(words.join(""));
}
const isSecret = (one) => one.place === "header" || one.place === "cookie" || isSecretName(one.name) || resolve(one.schema).format === "password" || resolve(one.schema).writeOnly === true;

// The schema that a text is read by: optional ones are a union with null.
const plainSchema = (schema) => {
  schema = resolve(schema);
  const branches = schema.anyOf ?? schema.oneOf;
  const first = branches?.map(resolve).filter((branch) => branch.type !== "null");
  return first?.length === 1 ? { ...schema, anyOf: undefined, oneOf: undefined, ...first[0] } : schema;
};
const typesOf = (schema) => [].concat(plainSchema(schema).type ?? []);
const isList = (schema) => typesOf(schema).includes("array");

// What a text is as a value of the schema, the way the server reads it.
function readText(schema, text) {
  schema = plainSchema(schema);
  const types = [].concat(schema.type ?? []);
  const trimmed = text.trim();
  if (types.includes("integer") && /^[+-]?\d+(_?\d)*$/.test(trimmed)) return Number(trimmed.replace(/_/g, ""));
  if (types.includes("number") && trimmed !== "" && !Number.isNaN(Number(trimmed))) return Number(trimmed);
  if (types.includes("boolean")) {
    const word = text.toLowerCase();
    if (["1", "true", "t", "yes", "y", "on"].includes(word)) return true;
    if (["0", "false", "f", "no", "n", "off"].includes(word)) return false;
  }
  return text;
}

class Form {
  constructor(channel, given) {
    this.channel = channel;
    this.fields = channel.parameters.map((one) => this.field(one, given));
    this.protocols = channel.subprotocols.map((name) => {
      const box = h("input", { type: "checkbox", checked: given.protocols?.includes(name) ?? false, onchange: () => this.changed() });
      return { name, box, label: h("label", { class: "check" }, box, h("code", {}, name)) };
    });
    this.other = h("input", { type: "text", id: "p-subprotocol", placeholder: "none", autocomplete: "off", spellcheck: "false", oninput: () => this.changed() });
    this.target = h("code", { class: "url", id: "target" });
    this.lines = h("div", { class: "lines" });
    this.button = h("button", { type: "submit", class: "primary", id: "connect" }, "Connect");
    this.problem = h("p", { class: "problem", role: "alert" });
    const group = (place, title, note) => {
      const its = this.fields.filter((field) => field.one.place === place);
      return its.length > 0 && h("fieldset", {}, h("legend", {}, title), note && h("p", { class: "hint" }, note), its.map((field) => field.element));
    };
    this.element = h(
      "form",
      {
        class: "card form",
        novalidate: true,
        "aria-label": `Connect to ${channel.address}`,
        onsubmit: (event) => {
          event.preventDefault();
          this.connect();
        },
      },
      h("h3", {}, "Connect"),
      group("path", "Path"),
      group("query", "Query"),
      group("header", "Headers", "A browser cannot set these. They go into the command lines below."),
      group("cookie", "Cookies", "Set for this path while the page connects, then removed."),
      h(
        "details",
        { class: "sub", open: this.protocols.length > 0 },
        h("summary", {}, "Subprotocols"),
        this.protocols.map((one) => one.label),
        h("label", { for: "p-subprotocol" }, this.protocols.length ? "Others, with commas" : "To offer, with commas"),
        this.other,
      ),
      this.target,
      this.problem,
      h("div", { class: "actions" }, this.button, copyButton(() => this.link(), "Copy link")),
      h("details", { class: "sub", id: "lines" }, h("summary", {}, "wscat and websocat"), this.lines),
    );
    this.changed();
  }

  field(one, given) {
    const id = `f-${one.place}-${one.name}`;
    const schema = plainSchema(one.schema);
    const value = given.values?.[`${one.place}.${one.name}`];
    const fallback = schema.default ?? undefined;
    const first = value ?? (one.place === "path" || (one.required && !isSecret(one)) ? schema.examples?.[0] : undefined);
    const hint = fallback !== undefined ? `default ${typeof fallback === "string" ? fallback : JSON.stringify(fallback)}` : one.required ? "" : "not sent";
    const choices = schema.enum ?? (schema.type === "boolean" ? [true, false] : null);
    const attributes = { id, name: id, "aria-describedby": `${id}-note`, oninput: () => this.changed() };
    let input;
    if (choices) {
      input = h("select", attributes, h("option", { value: "" }, hint || "choose"), choices.map((choice) => h("option", { value: String(choice) }, String(choice))));
    } else if (isList(one.schema)) {
      input = h("textarea", { ...attributes, rows: "2", placeholder: "one a line", spellcheck: "false" });
    } else {
      const numeric = ["integer", "number"].some((type) => typesOf(one.schema).includes(type));
      input = h("input", { ...attributes, type: "text", inputmode: numeric ? "decimal" : undefined, placeholder: hint, autocomplete: "off", spellcheck: "false" });
    }
    if (first !== undefined) input.value = Array.isArray(first) ? first.join("\n") : String(first);
    const note = h("p", { class: "field-note", id: `${id}-note` });
    const element = h(
      "div",
      { class: "field" },
      h("label", { for: id }, h("code", {}, one.name), one.required && h("span", { class: "required" }, " required"), h("span", { class: "type" }, ` ${typeName(one.schema)}`), one.place === "header" && h("span", { class: "rule" }, "not from a browser"), one.place !== "header" && one.place !== "cookie" && isSecret(one) && h("span", { class: "rule" }, "not in the link")),
      input,
      note,
    );
    return { one, input, note, element };
  }

  values(field) {
    const text = field.input.value;
    if (isList(field.one.schema)) return text.split("\n").filter((line) => line !== "");
    return text === "" ? [] : [text];
  }

  wrongIn(field) {
    const { one } = field;
    const texts = this.values(field);
    if (texts.length === 0) return one.required ? "is required" : "";
    if (one.place === "cookie" && /[;,\s\\"]|[^\x20-\x7e]/.test(texts[0])) return "holds a character that a cookie cannot";
    const schema = plainSchema(one.schema);
    const value = isList(one.schema) ? texts.map((text) => readText(schema.items ?? {}, text)) : readText(schema, texts[0]);
    return check(schema, value)
      .map((error) => `${place(error.at)} ${error.text.replace(/, and is a.*$/, "")}`.trim())
      .join("; ");
  }

  changed() {
    let invalid = 0;
    for (const field of this.fields) {
      const text = this.wrongIn(field);
      const rule = rules(field.one.schema).join(", ");
      // A field that was not touched yet is no mistake of anybody.
      const untouched = field.input.value === "" && !this.tried;
      field.element.classList.toggle("invalid", Boolean(text) && !untouched);
      field.input.setAttribute("aria-invalid", String(Boolean(text) && !untouched));
      field.note.textContent = text && !untouched ? text : [field.one.description, rule].filter(Boolean).join(" · ");
      if (text && !untouched) invalid++;
    }
    const missing = this.fields.some((field) => field.one.place === "path" && this.values(field).length === 0);
    this.target.textContent = this.url();
    this.button.disabled = missing;
    this.button.textContent = missing ? "Fill in the path" : invalid > 0 ? "Connect anyway" : "Connect";
    this.problem.textContent = "";
    this.lines.replaceChildren(...this.commandLines().map(([name, line]) => h("div", { class: "line" }, h("span", { class: "muted" }, name), h("pre", { tabindex: "0" }, line), copyButton(line))));
    if (current === this.channel) history.replaceState(null, "", this.hash());
  }

  path() {
    return this.channel.address.replace(/\{(\*?)([^}]+)\}/g, (whole, star, name) => {
      const field = this.fields.find((one) => one.one.place === "path" && one.one.name === name);
      const value = field ? this.values(field)[0] : undefined;
      if (value === undefined) return whole;
      return star ? value.split("/").map(encodeURIComponent).join("/") : encodeURIComponent(value);
    });
  }

  url() {
    const query = new URLSearchParams();
    for (const field of this.fields) {
      if (field.one.place === "query") for (const value of this.values(field)) query.append(field.one.name, value);
    }
    const text = query.toString();
    return `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}${root}${this.path()}${text ? `?${text}` : ""}`;
  }

  offered() {
    const chosen = this.protocols.filter((one) => one.box.checked).map((one) => one.name);
    return [...chosen, ...this.other.value.split(",").map((one) => one.trim()).filter(Boolean)];
  }

  of(place) {
    return this.fields.filter((field) => field.one.place === place).flatMap((field) => this.values(field).map((value) => [field.one.name, value]));
  }

  commandLines() {
    const quote = (text) => `'${text.replace(/'/g, "'\\''")}'`;
    const cookies = this.of("cookie").map(([name, value]) => `${name}=${value}`);
    const headers = this.of("header").map(([name, value]) => `${name}: ${value}`);
    if (cookies.length) headers.push(`Cookie: ${cookies.join("; ")}`);
    const offered = this.offered();
    const url = quote(this.url());
    return [
      ["wscat", ["wscat", `-c ${url}`, ...headers.map((one) => `-H ${quote(one)}`), ...offered.map((one) => `-s ${quote(one)}`)].join(" ")],
      ["websocat", ["websocat", ...headers.map((one) => `-H=${quote(one)}`), ...(offered.length ? [`--protocol ${quote(offered.join(","))}`] : []), url].join(" ")],
    ];
  }

  // What the form holds, but for what may be a secret: headers, cookies, subprotocols of one's own, and fields by name.
  hash() {
    const state = new URLSearchParams();
    for (const field of this.fields) {
      if (isSecret(field.one)) continue;
      for (const value of this.values(field)) state.append(`${field.one.place}.${field.one.name}`, value);
    }
    for (const one of this.protocols) if (one.box.checked) state.append("protocol", one.name);
    const text = state.toString();
    return `#${this.channel.address}${text ? `?${text}` : ""}`;
  }
  link() {
    return location.href.split("#")[0] + this.hash();
  }

  connect() {
    this.tried = true;
    this.changed();
    if (this.button.disabled) return;
    if (sessions.length >= SESSIONS) {
      this.problem.textContent = `${SESSIONS} sessions are open: remove one of them first.`;
      return;
    }
    const cookies = this.of("cookie").filter(([, value]) => !/[;,\s\\"]|[^\x20-\x7e]/.test(value));
    const session = new Session(this.channel, { url: this.url(), protocols: this.offered(), cookies, path: root + this.path() });
    addSession(session);
    session.connect();
    session.composer.area.focus({ preventScroll: innerWidth > 700 });
  }
}

// ---------------------------------------------------------------- sessions

const sessions = [];
let sessionCount = 0;

function addSession(session) {
  sessions.push(session);
  $("sessions").append(session.element);
  arrange();
  session.log.render();
}
function removeSession(session) {
  session.drop();
  sessions.splice(sessions.indexOf(session), 1);
  session.element.remove();
  arrange();
}
function arrange() {
  const page = document.querySelector(".endpoint");
  page?.classList.toggle("wide", sessions.length > 1);
  const none = $("no-session");
  if (none) none.hidden = sessions.length > 0;
  for (const session of sessions) session.log.render();
}

class Session {
  constructor(channel, request) {
    this.channel = channel;
    this.request = request;
    this.number = ++sessionCount;
    this.waiting = new Map(); // what was asked, by correlation id
    this.status = h("span", { class: "status", role: "status" });
    this.action = h("button", { type: "button", class: "small" });
    this.ending = h("div", { class: "ending", hidden: true, tabindex: "-1" });
    this.log = new Log(this);
    this.composer = new Composer(this);
    this.action.addEventListener("click", () => (this.isOpen() || this.isConnecting() ? this.close() : this.connect()));
    this.element = h(
      "section",
      { class: "card session", "aria-label": `Session ${this.number}: ${channel.address}` },
      h(
        "header",
        {},
        h("h4", {}, h("span", { class: "muted" }, `#${this.number}`), " ", h("code", { title: request.url }, request.url.replace(/^wss?:\/\/[^/]*/, "").slice(root.length))),
        this.status,
        this.action,
        h("button", { type: "button", class: "quiet small", "aria-label": `Remove session ${this.number}`, title: "Remove this session", onclick: () => removeSession(this) }, icon("close")),
      ),
      this.ending,
      this.log.element,
      this.composer.element,
    );
  }

  isOpen() {
    return this.socket?.readyState === WebSocket.OPEN;
  }
  isConnecting() {
    return this.socket?.readyState === WebSocket.CONNECTING;
  }

  show(state, text) {
    this.status.className = `status ${state}`;
    this.status.textContent = text;
    const live = state === "open" || state === "connecting" || state === "closing";
    this.action.textContent = state === "connecting" ? "Cancel" : live ? "Disconnect" : "Reconnect";
    this.action.disabled = state === "closing";
    this.action.className = live ? "small" : "small primary";
    this.composer.changed();
  }

  connect() {
    this.ending.hidden = true;
    this.opened = false;
    this.received = 0;
    this.sent = 0;
    this.askedToClose = false;
    this.waiting.clear();
    const attribute = `path=${this.request.path}; samesite=strict${location.protocol === "https:" ? "; secure" : ""}`;
    for (const [name, value] of this.request.cookies) document.cookie = `${name}=${value}; ${attribute}`;
    const forget = () => this.request.cookies.forEach(([name]) => (document.cookie = `${name}=; max-age=0; ${attribute}`));
    let socket;
    try {
      socket = new WebSocket(this.request.url, this.request.protocols);
    } catch (error) {
      forget();
      this.show("ended", "not connected");
      this.showEnding({ title: "The browser refused to connect", lines: [error.message] });
      return;
    }
    this.socket = socket;
    this.began = performance.now();
    socket.binaryType = "arraybuffer";
    this.show("connecting", "connecting");
    this.log.note("connecting");
    socket.onopen = () => {
      forget();
      if (this.socket !== socket) return;
      this.opened = true;
      const details = [socket.protocol && `subprotocol ${socket.protocol}`, socket.extensions && "compressed"].filter(Boolean);
      this.log.note(`open after ${span(performance.now() - this.began)}${details.length ? `: ${details.join(", ")}` : ""}`);
      this.show("open", "open");
    };
    socket.onmessage = (event) => {
      if (this.socket !== socket) return;
      this.received++;
      this.receive(event.data);
    };
    socket.onclose = (event) => {
      forget();
      if (this.socket === socket) this.ended(event);
    };
  }

  close() {
    this.askedToClose = true;
    if (this.isOpen()) this.show("closing", "closing");
    this.socket?.close(...(this.isOpen() ? [1000] : []));
  }

  drop() {
    const socket = this.socket;
    this.socket = null;
    socket?.close();
  }

  receive(data) {
    if (typeof data !== "string") {
      this.log.add({ way: "in", bytes: new Uint8Array(data) });
      return;
    }
    const verdict = this.channel.judge(data, this.channel.receives);
    let answers;
    if (verdict.id !== undefined && verdict.id !== null && this.waiting.has(String(verdict.id))) {
      answers = performance.now() - this.waiting.get(String(verdict.id));
      this.waiting.delete(String(verdict.id));
    }
    this.log.add({ way: "in", text: data, name: verdict.name, errors: verdict.errors, answers });
  }

  send(data, verdict) {
    this.socket.send(data);
    this.sent++;
    if (typeof data !== "string") {
      this.log.add({ way: "out", bytes: data });
      return;
    }
    if (verdict.id !== undefined && verdict.id !== null && this.waiting.size < 1000) this.waiting.set(String(verdict.id), performance.now());
    this.log.add({ way: "out", text: data, name: verdict.name, errors: verdict.errors });
  }

  ended({ code, reason, wasClean }) {
    const lasted = span(performance.now() - this.began);
    const told = explain(this.channel, code, reason, this.received > 0 || this.sent > 0);
    const decoded = decodeReason(reason);
    const who = !this.opened ? (this.askedToClose ? "You cancelled it" : "It was never open") : !wasClean && code === 1006 && !this.askedToClose ? "Nobody closed it: the connection was lost" : this.askedToClose ? "You closed it" : "The server closed it";
    const how = this.opened ? `${wasClean ? "cleanly" : "not cleanly"}, after ${lasted}${this.received === 0 && !this.askedToClose ? " and before its first message" : ""}` : `after ${lasted}`;
    const lines = [`${who}, ${how}.`];
    if (!this.opened && this.askedToClose) lines.push("The server had not answered yet.");
    else if (!this.opened && code === 1006) lines.push("A browser does not tell why. The server may be down, refuse with an HTTP status, or not let this origin in. The wscat line shows the status.");
    else if (told.meaning) lines.push(told.meaning);
    this.log.note(`closed: ${code} ${told.name}${reason && !decoded ? ` “${reason}”` : ""}`);
    this.show("ended", `closed ${code}`);
    this.showEnding({
      code,
      title: told.name,
      lines,
      reason: decoded ? null : reason,
      decoded,
      rest: [told.cause && `From the error ${told.cause}.`, !told.documented && "The document does not name this code for this endpoint."].filter(Boolean),
      advice: this.askedToClose ? null : advice(code, told.retry),
    });
    say(`Session ${this.number} closed: ${code} ${told.name}. ${lines.join(" ")}`);
  }

  showEnding({ code, title, lines, reason, decoded, rest = [], advice }) {
    const calm = code !== undefined && (tone(code) === "calm" || this.askedToClose);
    this.ending.className = `ending ${calm ? "calm" : "bad"}`;
    this.ending.hidden = false;
    this.ending.replaceChildren(
      h("p", { class: "ending-title" }, code !== undefined && h("span", { class: `code ${calm ? "calm" : "bad"}` }, String(code)), h("strong", {}, title)),
      ...lines.map((line) => h("p", {}, line)),
      ...(reason ? [h("p", {}, "Reason: ", h("q", {}, reason))] : []),
      ...(decoded ? [errorTable(decoded)] : []),
      ...rest.map((line) => h("p", { class: "muted" }, line)),
      ...(advice ? [h("p", {}, h("strong", {}, "What a client should do: "), advice)] : []),
    );
  }
}

// ---------------------------------------------------------------- the log

const two = (number) => String(number).padStart(2, "0");
const clock = (date) => `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, "0")}`;
const hex = (bytes, most = 4096) => Array.from(bytes.subarray(0, most), (byte) => byte.toString(16).padStart(2, "0"));
function hexDump(bytes) {
  const most = 16384;
  const lines = [];
  for (let at = 0; at < Math.min(bytes.length, most); at += 16) {
    const part = bytes.subarray(at, at + 16);
    const text = Array.from(part, (byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : "·")).join("");
    lines.push(`${at.toString(16).padStart(6, "0")}  ${hex(part).join(" ").padEnd(47)}  ${text}`);
  }
  return lines.join("\n") + (bytes.length > most ? `\n… ${size(bytes.length - most)} more` : "");
}
function base64(bytes) {
  let text = "";
  for (let at = 0; at < bytes.length; at += 32768) text += String.fromCharCode(...bytes.subarray(at, at + 32768));
  return btoa(text);
}

class Log {
  constructor(session) {
    this.session = session;
    this.entries = [];
    this.visible = this.entries;
    this.bytes = 0;
    this.dropped = 0;
    this.sequence = 0;
    this.follow = true;
    this.times = "clock";
    this.form = "pretty";
    this.binary = "hex";
    this.selected = null;
    this.text = "";
    this.only = "all";

    this.spacer = h("div", { class: "spacer" });
    this.rows = h("div", { class: "rows" });
    this.view = h("div", { class: "view", tabindex: "0", role: "listbox", "aria-label": `Messages of session ${session.number}` }, this.spacer, this.rows);
    this.empty = h("div", { class: "empty" }, h("p", {}, "No messages yet."), h("p", { class: "muted" }, "What is sent and received appears here."));
    this.latest = h("button", { type: "button", class: "latest small", hidden: true, onclick: () => this.setFollow(true) }, icon("down"), "Latest");
    this.filter = h("input", { type: "search", placeholder: "Filter", "aria-label": "Filter the messages", autocomplete: "off", spellcheck: "false", oninput: () => this.refilter() });
    this.ways = h("select", { "aria-label": "Which messages", onchange: () => this.refilter() }, [["all", "All"], ["in", "Received"], ["out", "Sent"], ["bad", "Invalid"]].map(([value, text]) => h("option", { value }, text)));
    this.timing = h(
      "select",
      { "aria-label": "Times", onchange: () => ((this.times = this.timing.value), this.render()) },
      [["clock", "Time"], ["difference", "Since last"], ["start", "Since first"]].map(([value, text]) => h("option", { value }, text)),
    );
    this.following = h("button", { type: "button", class: "small toggle", "aria-pressed": "true", title: "Scroll to new messages", onclick: () => this.setFollow(!this.follow) }, "Follow");
    this.count = h("p", { class: "muted count" });
    this.detail = h("div", { class: "detail", hidden: true });
    this.element = h(
      "div",
      { class: "log" },
      h(
        "div",
        { class: "bar" },
        this.filter,
        this.ways,
        this.timing,
        this.following,
        h("button", { type: "button", class: "quiet small", onclick: () => this.clear() }, "Clear"),
        h("button", { type: "button", class: "quiet small", onclick: () => this.export() }, "Export"),
      ),
      h("div", { class: "stage" }, this.view, this.empty, this.latest),
      this.count,
      this.detail,
    );
    this.view.addEventListener("scroll", () => this.scrolled(), { passive: true });
    this.view.addEventListener("keydown", (event) => this.key(event));
    this.rows.addEventListener("click", (event) => {
      const row = event.target.closest(".row");
      if (row) this.select(this.visible[Number(row.dataset.at)]);
    });
  }

  note(text) {
    this.add({ way: "note", text });
  }

  add(entry) {
    entry.at = Date.now();
    entry.clock = performance.now();
    entry.sequence = this.sequence++;
    entry.size = entry.bytes ? entry.bytes.length : entry.text.length;
    this.entries.push(entry);
    this.bytes += entry.size;
    if (this.entries.length > LOG_LIMIT || this.bytes > LOG_BYTES) this.trim();
    if (this.visible !== this.entries && this.matches(entry)) this.visible.push(entry);
    this.schedule();
  }

  // Drops some of the oldest at once, so that it is not done for each message.
  trim() {
    let count = 0;
    let bytes = this.bytes;
    const least = this.entries.length > LOG_LIMIT ? Math.ceil(LOG_LIMIT / 50) : 0;
    while (count < this.entries.length - 1 && (count < least || bytes > LOG_BYTES)) bytes -= this.entries[count++].size;
    this.bytes = bytes;
    this.dropped += count;
    this.entries.splice(0, count);
    const first = this.entries[0].sequence;
    let above = count;
    if (this.visible !== this.entries) {
      const from = this.visible.findIndex((entry) => entry.sequence >= first);
      above = this.visible.splice(0, from < 0 ? this.visible.length : from).length;
    }
    // What one reads stays where it is.
    if (!this.follow) this.view.scrollTop = Math.max(0, this.view.scrollTop - above * ROW);
  }

  matches(entry) {
    if (this.only === "bad" ? !entry.errors?.length : this.only !== "all" && entry.way !== this.only) return false;
    return this.text === "" || this.preview(entry).toLowerCase().includes(this.text) || (entry.text ?? "").slice(0, 65536).toLowerCase().includes(this.text);
  }
  refilter() {
    this.text = this.filter.value.trim().toLowerCase();
    this.only = this.ways.value;
    this.visible = this.text === "" && this.only === "all" ? this.entries : this.entries.filter((entry) => this.matches(entry));
    this.render();
  }

  clear() {
    this.entries = [];
    this.bytes = 0;
    this.dropped = 0;
    this.close();
    this.refilter();
  }

  export() {
    const lines = this.entries.map((entry) =>
      JSON.stringify({ time: new Date(entry.at).toISOString(), direction: { in: "received", out: "sent", note: "note" }[entry.way], ...(entry.bytes ? { base64: base64(entry.bytes) } : { text: entry.text }), ...(entry.errors?.length ? { errors: entry.errors.map((error) => `${place(error.at)} ${error.text}`.trim()) } : {}) }),
    );
    const address = URL.createObjectURL(new Blob([lines.join("\n") + "\n"], { type: "application/jsonl" }));
    const link = h("a", { href: address, download: `session-${this.session.number}.jsonl` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), 10000);
    say(`${plural(lines.length, "line")} exported`);
  }

  setFollow(follow) {
    this.follow = follow;
    this.following.setAttribute("aria-pressed", String(follow));
    this.render();
  }
  scrolled() {
    if (this.placing) {
      this.placing = false;
    } else {
      const atEnd = this.view.scrollTop + this.view.clientHeight >= this.view.scrollHeight - ROW;
      if (atEnd !== this.follow && this.view.scrollHeight > this.view.clientHeight) {
        this.follow = atEnd;
        this.following.setAttribute("aria-pressed", String(atEnd));
      }
    }
    this.schedule();
  }

  schedule() {
    if (this.scheduled) return;
    this.scheduled = true;
    // A tab that is hidden has no animation frames, and needs none.
    requestAnimationFrame(() => {
      this.scheduled = false;
      this.render();
    });
  }

  render() {
    if (!this.element.isConnected) return;
    const total = this.visible.length;
    this.spacer.style.height = `${total * ROW}px`;
    const height = this.view.clientHeight;
    if (this.follow) {
      const end = Math.max(0, total * ROW - height);
      if (Math.abs(this.view.scrollTop - end) > 1) {
        this.placing = true;
        this.view.scrollTop = end;
      }
    }
    const first = Math.max(0, Math.floor(this.view.scrollTop / ROW) - 4);
    const last = Math.min(total, first + Math.ceil(height / ROW) + 8);
    this.rows.style.transform = `translateY(${first * ROW}px)`;
    const rows = [];
    for (let at = first; at < last; at++) rows.push(this.row(at, total));
    this.rows.replaceChildren(...rows);
    if (this.selected) this.view.setAttribute("aria-activedescendant", `row-${this.session.number}-${this.selected.sequence}`);
    else this.view.removeAttribute("aria-activedescendant");
    this.empty.hidden = total > 0;
    if (total === 0) this.empty.firstChild.textContent = this.entries.length > 0 ? "No message matches the filter." : "No messages yet.";
    this.latest.hidden = this.follow || total === 0;
    const all = this.entries.length;
    this.count.hidden = all === 0;
    this.count.textContent = (total === all ? plural(all, "entry", "entries") : `${total.toLocaleString("en")} of ${plural(all, "entry", "entries")}`) + (this.dropped ? `, ${this.dropped.toLocaleString("en")} older dropped` : "");
  }

  time(at) {
    const entry = this.visible[at];
    if (this.times === "clock") return clock(new Date(entry.at));
    const other = this.times === "start" ? this.visible[0] : this.visible[at - 1];
    return other ? `+${span(entry.clock - other.clock)}` : "0 ms";
  }

  preview(entry) {
    if (entry.preview === undefined) {
      entry.preview = entry.bytes ? hex(entry.bytes, 64).join(" ") + (entry.bytes.length > 64 ? " …" : "") : entry.text.slice(0, 300).replace(/\s+/g, " ");
    }
    return entry.preview;
  }

  row(at, total) {
    const entry = this.visible[at];
    const bad = entry.errors?.length > 0;
    const words = { in: "received", out: "sent", note: "note" };
    return h(
      "div",
      {
        class: `row ${entry.way}${bad ? " bad" : ""}`,
        id: `row-${this.session.number}-${entry.sequence}`,
        role: "option",
        "aria-selected": String(entry === this.selected),
        "aria-posinset": String(at + 1),
        "aria-setsize": String(total),
        "data-at": String(at),
      },
      h("span", { class: "time" }, this.time(at)),
      h("span", { class: "way" }, icon({ in: "down", out: "up", note: "dot" }[entry.way]), h("span", { class: "unseen" }, words[entry.way])),
      bad && h("span", { class: "chip bad" }, plural(entry.errors.length, "error")),
      entry.bytes ? h("span", { class: "chip" }, "binary") : entry.name && entry.name !== "Any" && h("span", { class: "chip" }, entry.name),
      entry.answers !== undefined && h("span", { class: "rule" }, `answer after ${span(entry.answers)}`),
      h("span", { class: "preview" }, this.preview(entry)),
      entry.way !== "note" && h("span", { class: "size" }, size(entry.size)),
    );
  }

  key(event) {
    const total = this.visible.length;
    if (event.key === "Escape") return this.close();
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -total, End: total }[event.key];
    if (step === undefined || total === 0) return;
    event.preventDefault();
    const at = this.selected ? this.visible.indexOf(this.selected) : step < 0 ? total : -1;
    const next = Math.min(total - 1, Math.max(0, at + step));
    this.setFollow(false);
    if (next * ROW < this.view.scrollTop) this.view.scrollTop = next * ROW;
    else if ((next + 1) * ROW > this.view.scrollTop + this.view.clientHeight) this.view.scrollTop = (next + 1) * ROW - this.view.clientHeight;
    this.select(this.visible[next]);
  }

  select(entry) {
    if (!entry) return;
    this.selected = entry;
    this.showDetail();
    this.render();
  }
  close() {
    this.selected = null;
    this.detail.hidden = true;
    this.render();
  }

  showDetail() {
    const entry = this.selected;
    const forms = entry.bytes ? [["hex", "Hex"], ["base64", "Base64"], ["text", "Text"]] : [["pretty", "Pretty"], ["raw", "Raw"]];
    const chosen = entry.bytes ? this.binary : this.form;
    const choose = (name) => {
      if (entry.bytes) this.binary = name;
      else this.form = name;
      this.showDetail();
      this.detail.querySelector('[aria-pressed="true"]')?.focus();
    };
    let text;
    if (entry.bytes) text = chosen === "hex" ? hexDump(entry.bytes) : chosen === "base64" ? base64(entry.bytes.subarray(0, SHOW_LIMIT)) : new TextDecoder().decode(entry.bytes.subarray(0, SHOW_LIMIT));
    else text = chosen === "pretty" && isJson(entry.text) ? pretty(entry.text) : entry.text;
    if (text.length > SHOW_LIMIT) text = `${text.slice(0, SHOW_LIMIT)}\n… ${plural(text.length - SHOW_LIMIT, "character")} more`;
    const all = () => (entry.bytes ? (chosen === "hex" ? hex(entry.bytes, entry.bytes.length).join(" ") : chosen === "base64" ? base64(entry.bytes) : new TextDecoder().decode(entry.bytes)) : chosen === "pretty" && isJson(entry.text) ? pretty(entry.text) : entry.text);
    this.detail.hidden = false;
    this.detail.replaceChildren(
      h(
        "div",
        { class: "bar" },
        h("span", { class: "muted" }, `${{ in: "Received", out: "Sent", note: "Note" }[entry.way]} ${clock(new Date(entry.at))} · ${size(entry.bytes ? entry.size : bytesOf(entry.text))}`),
        h("span", { class: "segments", role: "group", "aria-label": "Form" }, forms.map(([name, title]) => h("button", { type: "button", class: "small toggle", "aria-pressed": String(name === chosen), onclick: () => choose(name) }, title))),
        copyButton(all),
        h("button", { type: "button", class: "quiet small", "aria-label": "Close the message", onclick: () => this.close() }, icon("close")),
      ),
      ...(entry.errors?.length ? [h("ul", { class: "wrong" }, entry.errors.map((error) => h("li", {}, h("code", {}, place(error.at) || "the whole"), ` ${error.text}`)))] : []),
      h("pre", { tabindex: "0" }, text),
    );
  }
}

function isJson(text) {
  if (text.length > PRETTY_LIMIT) return false;
  try {
    JSON.parse(text);
    return /^\s*[[{]/.test(text);
  } catch {
    return false;
  }
}

// ---------------------------------------------------------------- the composer

class Composer {
  constructor(session) {
    this.session = session;
    const { channel } = session;
    const id = `message-${session.number}`;
    this.savedKey = storageKey("saved", channel.address);
    this.historyKey = storageKey("history", channel.address);
    this.at = -1;
    const templates = channel.sends.filter((type) => type.isJson).flatMap((type) => type.variants);
    this.area = h("textarea", { id, class: "message", rows: "4", placeholder: templates.length ? "" : "A message", "aria-describedby": `${id}-verdict`, spellcheck: "false", oninput: () => this.changed(), onkeydown: (event) => this.key(event) });
    if (templates.length) this.area.value = pretty(JSON.stringify(templates[0].example));
    this.kind = h("select", { "aria-label": "Kind of message", onchange: () => this.changed() }, [["text", "Text"], ["hex", "Binary, as hex"], ["base64", "Binary, as Base64"]].map(([value, text]) => h("option", { value }, text)));
    this.verdict = h("div", { class: "verdict", id: `${id}-verdict`, role: "status" });
    this.button = h("button", { type: "button", class: "primary send", onclick: () => this.send() }, "Send");
    this.repeat = h("input", { type: "number", min: "1", max: "10000", value: "1", "aria-label": "How many times", title: "How many times" });
    this.shelf = h("div", { class: "shelf" });
    this.drawer = h("details", { class: "sub" }, h("summary", {}, "History and saved"), this.shelf);
    this.drawer.addEventListener("toggle", () => this.drawer.open && this.showShelf());
    this.element = h(
      "div",
      { class: "composer" },
      h(
        "div",
        { class: "bar" },
        h("label", { for: id }, "Message"),
        templates.length > 1 && h("span", { class: "segments", role: "group", "aria-label": "Templates" }, templates.map((variant) => h("button", { type: "button", class: "small template", onclick: () => this.use(variant) }, variant.name))),
        this.kind,
      ),
      this.area,
      this.verdict,
      h("div", { class: "actions" }, this.button, h("label", { class: "times" }, "×", this.repeat), h("button", { type: "button", class: "quiet", onclick: () => this.save() }, "Save"), h("span", { class: "muted keys" }, h("kbd", {}, "Ctrl"), " ", h("kbd", {}, "Enter"))),
      this.drawer,
    );
    this.changed();
  }

  use(variant) {
    this.kind.value = "text";
    this.set(pretty(JSON.stringify(variant.example)));
  }
  set(text) {
    this.area.value = text;
    this.changed();
    this.area.focus();
  }

  // What would be sent: { data, judged } or { problem }.
  read() {
    const text = this.area.value;
    if (this.kind.value === "hex") {
      const digits = text.replace(/0x|[\s,:]/gi, "");
      if (!/^([0-9a-f]{2})*$/i.test(digits)) return { problem: "Hex is pairs of the digits 0 to 9 and a to f." };
      return { data: Uint8Array.from(digits.match(/../g) ?? [], (pair) => parseInt(pair, 16)) };
    }
    if (this.kind.value === "base64") {
      try {
        return { data: Uint8Array.from(atob(text.replace(/\s/g, "")), (one) => one.charCodeAt(0)) };
      } catch {
        return { problem: "This is not Base64." };
      }
    }
    return { data: text, judged: this.session.channel.judge(text, this.session.channel.sends) };
  }

  changed() {
    const { data, judged, problem } = this.read();
    const errors = judged?.errors ?? [];
    const bad = Boolean(problem) || errors.length > 0;
    this.verdict.classList.toggle("bad", bad);
    this.area.setAttribute("aria-invalid", String(bad));
    if (problem) this.verdict.replaceChildren(problem);
    else if (errors.length) {
      const more = errors.length - 5;
      this.verdict.replaceChildren(h("ul", { class: "wrong" }, errors.slice(0, 5).map((error) => h("li", {}, error.at.length > 0 && h("code", {}, place(error.at)), ` ${error.text}`)), more > 0 && h("li", {}, `and ${more} more`)));
    } else if (typeof data !== "string") this.verdict.replaceChildren(plural(data.length, "byte"));
    else if (judged.unchecked) this.verdict.replaceChildren("Too long to be checked here.");
    else this.verdict.replaceChildren(judged.name ? `Valid: ${judged.name}` : plural(bytesOf(data), "byte"));
    const open = this.session.isOpen();
    this.button.disabled = !open || Boolean(problem);
    this.button.textContent = errors.length && open ? "Send anyway" : "Send";
    this.button.title = open ? "" : "The session is not open";
  }

  send() {
    const { data, judged, problem } = this.read();
    if (problem || !this.session.isOpen()) return;
    const times = Math.min(10000, Math.max(1, Math.floor(Number(this.repeat.value)) || 1));
    this.remember();
    this.repeatSend(data, judged ?? { errors: [] }, times);
  }

  // In portions, so that the page stays usable.
  repeatSend(data, judged, times) {
    const socket = this.session.socket;
    const portion = () => {
      for (let count = 0; count < 100 && times > 0; count++, times--) {
        if (this.session.socket !== socket || !this.session.isOpen()) return;
        this.session.send(data, judged);
      }
      if (times > 0) setTimeout(portion);
    };
    portion();
  }

  key(event) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      this.send();
    } else if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
      event.preventDefault();
      const past = load(tab, this.historyKey, []);
      this.at = Math.min(past.length - 1, Math.max(-1, this.at + (event.key === "ArrowUp" ? 1 : -1)));
      if (this.at >= 0) this.restore(past[this.at]);
    }
  }

  // History lives as long as the tab, as it may hold secrets; what is saved stays.
  remember() {
    const entry = { kind: this.kind.value, text: this.area.value };
    if (entry.text.length > 65536) return;
    const past = load(tab, this.historyKey, []).filter((one) => one.text !== entry.text || one.kind !== entry.kind);
    keep(tab, this.historyKey, [entry, ...past].slice(0, HISTORY));
    this.at = -1;
    if (this.drawer.open) this.showShelf();
  }
  save() {
    const saved = load(local, this.savedKey, []).filter((one) => one.text !== this.area.value);
    const done = keep(local, this.savedKey, [{ kind: this.kind.value, text: this.area.value }, ...saved].slice(0, SAVED));
    say(done ? "Saved in this browser" : "This browser does not let the page save");
    this.drawer.open = true;
    this.showShelf();
  }
  restore(entry) {
    this.kind.value = entry.kind;
    this.set(entry.text);
  }
  showShelf() {
    const list = (title, store, key) => {
      const entries = load(store, key, []);
      const forget = (at) => {
        keep(store, key, entries.filter((_, other) => other !== at));
        this.showShelf();
      };
      return h(
        "div",
        {},
        h("h5", {}, title),
        entries.length === 0
          ? h("p", { class: "muted" }, "Nothing yet.")
          : h("ul", {}, entries.map((entry, at) => h("li", {}, h("button", { type: "button", class: "quiet pick", title: entry.text.slice(0, 500), onclick: () => this.restore(entry) }, entry.text.replace(/\s+/g, " ").slice(0, 120) || "(empty)"), h("button", { type: "button", class: "quiet small", "aria-label": "Forget it", onclick: () => forget(at) }, icon("close"))))),
      );
    };
    this.shelf.replaceChildren(list("Saved in this browser", local, this.savedKey), list("Sent from this tab", tab, this.historyKey));
  }
}

// ---------------------------------------------------------------- the page

let channels = [];
let current = null;

function showChannel(channel, given) {
  current = null;
  const form = new Form(channel, given);
  const use = (variant) => {
    const session = [...sessions].reverse().find((one) => one.channel === channel);
    if (session) session.composer.use(variant);
    else {
      form.problem.textContent = "Connect first: the message goes into the session.";
      form.button.focus();
    }
  };
  const kept = $("sessions") ?? h("div", { id: "sessions" });
  const element = h(
    "article",
    { class: "endpoint" },
    h("header", { class: "head" }, h("p", { class: "muted" }, channel.title), h("h2", {}, h("code", {}, addressParts(channel.address))), channel.description && paragraphs(channel.description, { class: "lead" })),
    h(
      "div",
      { class: "console", "aria-label": "Console", role: "region" },
      form.element,
      h("div", { class: "stack" }, kept, h("div", { class: "card empty", id: "no-session" }, h("p", {}, "No session yet."), h("p", { class: "muted" }, "Fill in the form and connect. Each connection is a session with its own log; several stand side by side."))),
    ),
    h(
      "div",
      { class: "reference", "aria-label": "Reference", role: "region" },
      parameterTable(channel),
      messageSection("What the client sends", channel.sends, use),
      messageSection("What the server sends", channel.receives),
      endTable(channel),
      clientSection(channel),
    ),
  );
  $("main").replaceChildren(element);
  current = channel;
  arrange();
  document.title = `${channel.address} · ${$("title").textContent}`;
  for (const link of $("channels").querySelectorAll("a")) {
    if (link.dataset.address === channel.address) {
      link.setAttribute("aria-current", "page");
      link.scrollIntoView({ block: "nearest" });
    } else link.removeAttribute("aria-current");
  }
  setMenu(false);
}

// An address with its parameters marked, and breaks where it may be divided.
const addressParts = (address) => address.split(/(\{[^}]*\})/).map((part) => (part.startsWith("{") ? h("span", { class: "variable" }, part) : part.split(/(?<=\/)/).flatMap((piece) => [piece, h("wbr", {})])));

function route() {
  const text = location.hash.slice(1);
  if (text === "main") return;
  const [address, query] = text.split(/\?(.*)/s);
  const state = new URLSearchParams(query ?? "");
  const channel = channels.find((one) => one.address === address || encodeURI(one.address) === address || one.address === safeDecode(address)) ?? channels[0];
  if (!channel) {
    $("main").replaceChildren(h("p", { class: "empty" }, "This app has no endpoints."));
    return;
  }
  if (channel === current && query === undefined && address) return;
  const values = {};
  for (const key of new Set(state.keys())) values[key] = state.getAll(key).join("\n");
  showChannel(channel, { values, protocols: state.getAll("protocol") });
}
function safeDecode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function listChannels() {
  const words = $("find").value.trim().toLowerCase();
  const shownOnes = channels.filter((one) => `${one.address} ${one.title} ${one.description}`.toLowerCase().includes(words));
  $("channels").replaceChildren(
    ...shownOnes.map((one) => h("li", {}, h("a", { href: `#${one.address}`, "data-address": one.address, "aria-current": one === current ? "page" : undefined }, h("code", {}, addressParts(one.address)), one.description && h("span", { class: "muted" }, prose(one.description.split(/(?<=[.:])\s/)[0]))))),
    ...(shownOnes.length ? [] : [h("li", { class: "muted none" }, "No endpoint matches.")]),
  );
}

function setMenu(open) {
  $("side").classList.toggle("open", open);
  $("menu").setAttribute("aria-expanded", String(open));
}

const THEMES = ["system", "light", "dark"];
function setTheme(theme) {
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  $("theme").textContent = `Theme: ${theme}`;
}

async function start() {
  let theme = load(local, "hangup theme", "system");
  setTheme(theme);
  $("theme").addEventListener("click", () => {
    theme = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length];
    setTheme(theme);
    keep(local, "hangup theme", theme);
  });
  $("keys").addEventListener("click", () => $("shortcuts").showModal());
  $("menu").addEventListener("click", () => setMenu(!$("side").classList.contains("open")));
  $("find").addEventListener("input", listChannels);
  $("find").addEventListener("keydown", (event) => {
    if (event.key === "Enter") $("channels").querySelector("a")?.click();
  });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, textarea, select, dialog");
    if (event.key === "Escape") setMenu(false);
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "/") {
      event.preventDefault();
      setMenu(true);
      $("find").focus();
    } else if (event.key === "?") $("shortcuts").showModal();
  });
  addEventListener("hashchange", route);
  addEventListener("resize", () => sessions.forEach((session) => session.log.schedule()));
  document.addEventListener("visibilitychange", () => sessions.forEach((session) => session.log.render()));
  try {
    const answer = await fetch(`${base}asyncapi.json`);
    if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
    whole = await answer.json();
  } catch (error) {
    $("main").replaceChildren(h("div", { class: "empty problem", role: "alert" }, h("p", {}, "The document of this app could not be read."), h("p", {}, String(error.message ?? error)), h("button", { type: "button", onclick: () => location.reload() }, "Try again")));
    return;
  }
  $("version").textContent = whole.info?.version ?? "";
  channels = Object.entries(whole.channels ?? {}).map(([name, value]) => new Channel(name, value));
  listChannels();
  route();
}

start();
