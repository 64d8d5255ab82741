// Reads an AsyncAPI document from stdin with the official parser, and prints what it finds as JSON: the diagnostics and
// the number of channels and operations. `node parse.mjs < document.json`; the folder of the packages is the working
// directory.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(join(process.cwd(), 'package.json'));
const { Parser } = require('@asyncapi/parser');

const { document, diagnostics } = await new Parser().parse(readFileSync(0, 'utf8'));
console.log(
  JSON.stringify({
    diagnostics: diagnostics.map(({ severity, path, message }) => ({ severity, path: path.join('.'), message })),
    channels: document?.channels().length ?? 0,
    operations: document?.operations().length ?? 0,
  }),
);
