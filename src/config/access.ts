import type { Variables } from './variables.js';

/** Who is let in: everybody who reaches the server, or who bears a token. */
export type Access = 'open' | 'tokens';

const ACCESS = 'REGRAFT_ACCESS';

/**
 * @param host that the server listens at: one that others reach is not open to all, unless that is said in as many words.
 * @param hasIssuer whether JWTs are let in, which takes `tokens`: that is the default then.
 */
export function readAccess(variables: Variables, host: string, hasIssuer = false): Access {
  const access = variables.oneOf(ACCESS, ['open', 'tokens', 'open-on-network'], hasIssuer ? 'tokens' : 'open');
  if (hasIssuer && access !== 'tokens') {
    variables.problems.push(`${ACCESS} is ${access}, and REGRAFT_OIDC_ISSUER is set: JWTs are asked for only where ${ACCESS} is tokens`);
  }
  if (access === 'open' && !isLoopback(host)) {
    variables.problems.push(
      `HOST is ${host}, which other machines reach, and ${ACCESS} is open: everybody there could read and change everything. ` +
        `Set ${ACCESS} to tokens, and make the first one by "npm run -s regraft -- token create --name admin --role ADMIN --all-teams"; ` +
        `or to open-on-network, where something else decides who reaches this server`,
    );
  }
  return access === 'tokens' ? 'tokens' : 'open';
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

/** Names, without ports. */
export function readAllowedHosts(variables: Variables): readonly string[] {
  const names = variables.list('REGRAFT_ALLOWED_HOSTS');
  const wrong = names.find((name) => !/^[\w.-]+$/.test(name));
  if (wrong !== undefined)
    variables.problems.push(`REGRAFT_ALLOWED_HOSTS has "${wrong}": names like regraft.example are expected, with commas between`);
  return names;
}
