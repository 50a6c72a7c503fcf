// Asks a server for an operation that is in a file, and prints the answer.
//   node docs/ask.mjs <file> [name=text | name:=json …]        the whole answer
//   node docs/ask.mjs -p app.name <file> …                     one value of its data
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({ options: { print: { type: 'string', short: 'p' } }, allowPositionals: true });
const [file, ...given] = positionals;
const variables = Object.fromEntries(
  given.map((word) => {
    const [, name, asJson, value] = /^(\w+)(:?)=(.*)$/s.exec(word) ?? [];
    return [name, asJson ? JSON.parse(value) : value];
  }),
);
const url = new URL('/graphql', process.env.REGRAFT_URL || 'http://127.0.0.1:4000');
const headers = { 'content-type': 'application/json' };
if (process.env.REGRAFT_TOKEN) headers.authorization = `Bearer ${process.env.REGRAFT_TOKEN}`;
const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query: readFileSync(file, 'utf8'), variables }) });
const answer = await response.json();
if (values.print && answer.data) {
  const value = values.print.split('.').reduce((within, name) => within[name], answer.data);
  console.log(typeof value === 'string' ? value : JSON.stringify(value, null, 2));
} else console.log(JSON.stringify(answer, null, 2));
