// The cases in Node.js: `node node.mjs FOLDER ADDRESSES`, the outcome as a line of JSON.
import { pathToFileURL } from "node:url";

const [folder, addresses] = process.argv.slice(2);
const { run } = await import(pathToFileURL(`${folder}/run.js`).href);
console.log(JSON.stringify(await run(JSON.parse(addresses))));
process.exit(0);
