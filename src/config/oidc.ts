import Type from 'typebox';
import { Value } from 'typebox/value';
import type { OidcRoles, OidcSettings } from '../access/oidc.js';
import { ROLES } from '../domain/access/principal.js';
import { isLoopback } from './access.js';
import type { Variables } from './variables.js';

const ROLES_VARIABLE = 'REGRAFT_OIDC_ROLES';

const name = Type.String({ minLength: 1 });
const grant = Type.Object(
  { role: Type.Enum(ROLES), teams: Type.Union([Type.Literal('ALL'), Type.Array(name, { minItems: 1 })]) },
  { additionalProperties: false },
);
const rolesSchema = Type.Object(
  { claim: name, grants: Type.Record(Type.String(), Type.Array(grant, { minItems: 1 }), { minProperties: 1 }) },
  { additionalProperties: false },
);

/** Whose JWTs are let in beside tokens; undefined where no issuer is named. */
export function readOidc(variables: Variables): OidcSettings | undefined {
  const issuer = readUrl(variables, 'REGRAFT_OIDC_ISSUER');
  const jwksUrl = readUrl(variables, 'REGRAFT_OIDC_JWKS_URL');
  const audience = variables.text('REGRAFT_OIDC_AUDIENCE');
  const rolesText = variables.text(ROLES_VARIABLE);
  if (issuer === undefined) {
    if ((jwksUrl ?? audience ?? rolesText) !== undefined)
      variables.problems.push('REGRAFT_OIDC_ISSUER is missing: other REGRAFT_OIDC_ variables are set');
    return undefined;
  }
  if (audience === undefined) {
    variables.problems.push(
      'REGRAFT_OIDC_AUDIENCE is missing: what the issuer calls this server, so that JWTs for others are not good here',
    );
  }
  const roles = readRoles(variables, rolesText);
  if (audience === undefined || !roles) return undefined;
  return { issuer, audience, roles, ...(jwksUrl !== undefined && { jwksUrl }) };
}

function readRoles({ problems }: Variables, text: string | undefined): OidcRoles | undefined {
  const expected = `{"claim":"groups","grants":{"platform":[{"role":"ADMIN","teams":"ALL"}]}} is expected, with roles of ${ROLES.join(', ')}`;
  if (text === undefined) {
    problems.push(`${ROLES_VARIABLE} is missing: ${expected}`);
    return undefined;
  }
  const roles = parse(text);
  if (!Value.Check(rolesSchema, roles)) {
    const [first] = Value.Errors(rolesSchema, roles);
    problems.push(`${ROLES_VARIABLE} is wrong${first ? ` at ${first.instancePath || 'its top'} (${first.message})` : ''}: ${expected}`);
    return undefined;
  }
  return { claim: roles.claim, grants: new Map(Object.entries(roles.grants)) };
}

/** @returns undefined for what is no JSON. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Keys that come over plain HTTP are whose who sits on the way. */
function readUrl(variables: Variables, variable: string): string | undefined {
  const text = variables.text(variable);
  if (text === undefined) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname));
  if (!isSafe || text.includes('#'))
    variables.problems.push(`${variable} is no address like https://login.example (http: at the loopback only, no #)`);
  return text;
}
