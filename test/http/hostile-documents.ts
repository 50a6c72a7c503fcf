/** What a hostile client may put in the body of an operation, and how it must be told so. */
export interface HostileOperation {
  readonly name: string;
  readonly query: string;
  readonly variables?: object;
  /** The code of the first error; none where it is an honest answer. */
  readonly code?: string;
}

const nested = (depth: number, leaf: string, field = 'node'): string => `${`{ ${field} `.repeat(depth)}{ ${leaf} }${' }'.repeat(depth)}`;
const times = (count: number, text: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => text(index)).join(' ');
const list = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

const PARSE = 'GRAPHQL_PARSE_FAILED';
const INVALID = 'GRAPHQL_VALIDATION_FAILED';
const COMPLEX = 'QUERY_TOO_COMPLEX';
const INPUT = 'BAD_USER_INPUT';

const TOO_WIDE = `{ apps(first: 100) { edges { node { installations { template { installations(first: 100) {
  edges { node { app { installations { template { installations(first: 100) { totalCount } } } } } } } } } } } } }`;

/** Documents that would take long to read, or to validate. */
export const DOCUMENTS: readonly HostileOperation[] = [
  { name: 'deeper than the parser can go', query: nested(6_000, 'id'), code: PARSE },
  { name: 'lists of lists deeper than the parser can go', query: `{ app(id: ${list(9_000)}) { id } }`, code: PARSE },
  { name: 'deeper than validation shall go', query: nested(200, 'id'), code: COMPLEX },
  { name: 'deep by inline fragments', query: `{ ${'... { '.repeat(300)} position ${'} '.repeat(300)} }`, code: COMPLEX },
  { name: 'more tokens than the limit', query: `{ ${'position '.repeat(20_001)} }`, code: PARSE },
  { name: 'one field 15,000 times', query: `{ ${'position '.repeat(15_000)} }`, code: COMPLEX },
  { name: 'a nested field 1,500 times', query: `{ ${'apps { totalCount } '.repeat(1_500)} }`, code: COMPLEX },
  {
    name: 'a nested field often, with often nested ones in it',
    query: `{ ${`apps { ${'totalCount '.repeat(70)} } `.repeat(70)} }`,
    code: COMPLEX,
  },
  { name: '5,000 aliases', query: `{ ${times(5_000, (n) => `a${n}: position`)} }`, code: COMPLEX },
  {
    name: 'aliases under one name 300 times',
    query: `{ ${'a: apps { totalCount } '.repeat(300)} }`,
    code: COMPLEX,
  },
  {
    name: '1,000 fragments spread side by side',
    query: `{ ${times(1_000, (n) => `...F${n}`)} } ${times(1_000, (n) => `fragment F${n} on Query { position }`)}`,
    code: COMPLEX,
  },
  {
    name: 'fragments that double 60 times',
    query: `{ ...F0 } ${times(60, (n) => `fragment F${n} on Query { a: apps { edges { node { id } } } ...F${n + 1} b: apps { totalCount } ...F${n + 1} }`)} fragment F60 on Query { position }`,
    code: COMPLEX,
  },
  {
    name: 'fragments that double the answer 30 times',
    query: `{ apps { edges { node { ...F0 } } } } ${times(30, (n) => `fragment F${n} on App { a: installations { app { ...F${n + 1} } } b: installations { app { ...F${n + 1} } } }`)} fragment F30 on App { id }`,
    code: COMPLEX,
  },
  { name: 'a fragment of itself', query: '{ ...F } fragment F on Query { position ...F }', code: INVALID },
  { name: 'two fragments of each other', query: '{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }', code: INVALID },
  {
    name: 'a fragment that comes back by fields',
    query: '{ apps { edges { node { ...F } } } } fragment F on App { installations { app { ...F } } }',
    code: COMPLEX,
  },
  { name: 'a fragment that is not there', query: '{ ...Nobody }', code: INVALID },
  { name: 'directives by the thousand', query: `{ position ${'@skip(if: false) '.repeat(2_000)} }`, code: INVALID },
  { name: 'a number of 100,000 digits', query: `{ apps(first: ${'9'.repeat(100_000)}) { totalCount } }`, code: INVALID },
  { name: 'a name of 100,000 letters', query: `{ ${'a'.repeat(100_000)} }`, code: INVALID },
  { name: 'a string of a megabyte', query: `{ apps(search: "${'x'.repeat(1_000_000)}") { totalCount } }` },
  { name: 'a string that does not end', query: `{ apps(search: "${'x'.repeat(100_000)}`, code: PARSE },
  { name: 'a null byte', query: '{ position \0 }', code: PARSE },
  { name: 'a byte order mark inside a name', query: '{ posi\uFEFFtion }', code: INVALID },
  { name: 'half a surrogate pair', query: '{ apps(search: "\\uD800") { totalCount } }', code: PARSE },
  { name: 'nothing', query: ' ', code: PARSE },
  { name: 'comments alone', query: '#'.repeat(100_000), code: PARSE },
  { name: 'an answer of a million rows', query: TOO_WIDE, code: COMPLEX },
  {
    name: 'types of types of types',
    query: `{ __schema { types { ${'fields { type { '.repeat(11)} name ${'} } '.repeat(11)} } } }`,
    code: INVALID,
  },
  { name: 'the prototype as a field', query: '{ __proto__ { constructor } }', code: INVALID },
  { name: 'a field that every object of JavaScript has', query: '{ constructor toString hasOwnProperty }', code: INVALID },
  { name: 'the prototype as an operation', query: 'query __proto__ { position }' },
  { name: 'a subscription as a request', query: 'subscription { events { position } }', code: 'BAD_REQUEST' },
];

const CREATE = 'mutation ($input: CreateAppInput!) { createApp(input: $input) { app { name } } }';
const SEARCH = 'query ($text: String) { apps(search: $text) { totalCount } }';
const NODE = 'query ($id: ID!) { node(id: $id) { id } }';

/** Values of the wrong kind, and names that mean something to somebody. */
export const VALUES: readonly HostileOperation[] = [
  { name: 'a number for a name', query: CREATE, variables: { input: { name: 7 } }, code: INPUT },
  { name: 'an object for a name', query: CREATE, variables: { input: { name: { $ne: null } } }, code: INPUT },
  { name: 'a list for an input', query: CREATE, variables: { input: [[[['x']]]] }, code: INPUT },
  { name: 'null for an input', query: CREATE, variables: { input: null }, code: INPUT },
  { name: 'a field that the input has not', query: CREATE, variables: { input: { name: 'x', role: 'ADMIN' } }, code: INPUT },
  { name: 'a page of more than it may have', query: '{ apps(first: 2147483647) { totalCount } }', code: INPUT },
  { name: 'a page of less than nothing', query: '{ apps(first: -1) { totalCount } }', code: INPUT },
  { name: 'a cursor that is none', query: '{ apps(first: 1, after: "../../etc/passwd") { totalCount } }', code: INPUT },
  { name: 'SQL in a search', query: SEARCH, variables: { text: "' OR 1=1; DROP TABLE apps; --" } },
  { name: 'wildcards in a search', query: SEARCH, variables: { text: '%_'.repeat(20_000) } },
  { name: 'a path as an id', query: NODE, variables: { id: '../../../etc/passwd' } },
  { name: 'the prototype as an id', query: NODE, variables: { id: '__proto__' } },
  { name: 'a null byte as an id', query: NODE, variables: { id: '\0' } },
  { name: 'an id of a megabyte', query: NODE, variables: { id: 'x'.repeat(1_000_000) } },
];
