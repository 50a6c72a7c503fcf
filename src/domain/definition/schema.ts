import Type, { type Static } from 'typebox';
import Compile from 'typebox/compile';
import { Refusal } from '../errors.js';
import type { JsonObject } from '../json.js';
import type { AppContent, Definition } from './definition.js';
import { pointerOf } from '../pointer.js';
import { waysOf } from './ways.js';
import { normalizeAppContent, normalizeDefinition, type DefinitionDraft } from './normalize.js';

const Text = Type.String();
const closed = { additionalProperties: false };
const mapOf = <T extends Type.TSchema>(value: T) => Type.Record(Type.String(), value);
/** As large as GraphQL's Int, in which it is told. */
const Count = Type.Integer({ minimum: 0, maximum: 2 ** 31 - 1 });
const PortNumber = Type.Integer({ minimum: 1, maximum: 65_535 });
/** A number from 1 to 65535, within the pattern of a key. */
const PORT = '(?:[1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])';
const OpenText = Type.Union([Text, Type.Null()]);
const Extra = Type.Unsafe<JsonObject>(Type.Object({}, { additionalProperties: true }));

const EnvValue = Type.Union([
  Text,
  Type.Null(),
  Type.Object({ value: OpenText, description: Text }, closed),
  Type.Object({ secret: Type.Literal(true), description: Type.Optional(Text) }, closed),
  Type.Object(
    {
      generated: Type.Literal(true),
      group: Type.Optional(Type.String({ minLength: 1 })),
      secret: Type.Optional(Type.Literal(true)),
      description: Type.Optional(Text),
    },
    closed,
  ),
]);

const ConfigFile = Type.Union([
  Type.Object({ content: OpenText, mode: Type.Optional(Text) }, closed),
  Type.Object({ secret: Type.Literal(true), mode: Type.Optional(Text) }, closed),
]);

const Port = Type.Object(
  {
    exposed: Type.Boolean(),
    alias: Type.Optional(Text),
    appProtocol: Type.Optional(Text),
    published: Type.Optional(Type.Record(Type.String({ pattern: `^(?:.+:)?${PORT}$` }), Type.Literal(true), closed)),
  },
  closed,
);

const Volume = Type.Object(
  {
    kind: Type.Enum(['PERSISTENT', 'EPHEMERAL', 'BIND', 'SHARED']),
    name: Type.Optional(Text),
    source: Type.Optional(Text),
    size: Type.Optional(Text),
    readOnly: Type.Boolean(),
  },
  closed,
);

const Probe = Type.Object(
  {
    http: Type.Optional(Type.Object({ path: Text, port: PortNumber, scheme: Text }, closed)),
    tcpPort: Type.Optional(PortNumber),
    exec: Type.Optional(Type.Array(Text)),
    intervalSeconds: Type.Optional(Count),
    timeoutSeconds: Type.Optional(Count),
    retries: Type.Optional(Count),
    startPeriodSeconds: Type.Optional(Count),
  },
  closed,
);

/** The JSON Schema of a definition in normal form. */
const DefinitionSchema = Type.Object(
  {
    key: Type.String({ pattern: '^[a-zA-Z0-9._-]{1,128}$' }),
    title: Type.Optional(Text),
    image: Type.Optional(Type.String({ minLength: 1 })),
    command: Type.Optional(Type.Array(Text)),
    entrypoint: Type.Optional(Type.Array(Text)),
    replicas: Count,
    resources: Type.Optional(Type.Object({ cpu: Type.Optional(Text), memory: Type.Optional(Text) }, closed)),
    env: Type.Optional(mapOf(EnvValue)),
    ports: Type.Optional(Type.Record(Type.String({ pattern: `^${PORT}/[a-z0-9_]+$` }), Port, closed)),
    volumes: Type.Optional(mapOf(Volume)),
    configFiles: Type.Optional(mapOf(ConfigFile)),
    dependsOn: Type.Optional(mapOf(Type.Object({ condition: Text }, closed))),
    probes: Type.Optional(
      Type.Object({ liveness: Type.Optional(Probe), readiness: Type.Optional(Probe), startup: Type.Optional(Probe) }, closed),
    ),
    labels: Type.Optional(mapOf(Text)),
    extra: Type.Optional(Extra),
  },
  closed,
);

const validator = Compile(DefinitionSchema);

/** Does not compile unless what the schema lets through is a definition. */
function agree(checked: Static<typeof DefinitionSchema>): Definition {
  return checked;
}

/**
 * Checks a tree that was edited or merged, and brings it to normal form again.
 * @throws Refusal BAD_USER_INPUT with the path of the first thing that is wrong.
 */
export function toDefinition(tree: JsonObject): Definition {
  const [problem] = validator.Errors(tree);
  if (problem && !isFilledIn(problem)) refuseTree(problem.instancePath, problem.message);
  return checkDefinition(normalizeDefinition(tree as JsonObject & DefinitionDraft));
}

/** Checks what is in normal form already. @throws Refusal as toDefinition. */
export function checkDefinition(definition: Definition): Definition {
  if (validator.Check(definition)) return withOneWayToProbe(agree(definition));
  const [problem] = validator.Errors(definition);
  return refuseTree(problem?.instancePath ?? '', problem?.message ?? 'is no definition');
}

function withOneWayToProbe(definition: Definition): Definition {
  for (const [kind, probe] of Object.entries(definition.probes ?? {})) {
    const path = pointerOf('probes', kind);
    const ways = Object.keys(waysOf(path, { ...probe }));
    if (ways.length > 1) refuseTree(path, `a probe has one way to probe, not ${ways.join(' and ')}`);
  }
  return definition;
}

export function toAppContent(tree: JsonObject): AppContent {
  const { extra } = tree;
  if (extra !== undefined && (typeof extra !== 'object' || extra === null || Array.isArray(extra))) refuseTree('/extra', 'must be object');
  return normalizeAppContent(tree);
}

/** A default that is missing is filled in, not refused. */
function isFilledIn(problem: { readonly keyword: string; readonly instancePath: string }): boolean {
  return problem.keyword === 'required';
}

/** What a closed map says of a key that it does not know. */
const UNKNOWN_KEY = 'schema is false';

function refuseTree(path: string, problem: string): never {
  const message = problem === UNKNOWN_KEY ? 'is not a name that can stand here' : problem;
  throw new Refusal('BAD_USER_INPUT', `${path || 'the definition'}: ${message}`, { path });
}
