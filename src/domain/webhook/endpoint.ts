const MAX_LENGTH = 2048;
const WELL_KNOWN_PORTS: ReadonlySet<string> = new Set(['', '80', '443']);
const FIRST_FREE_PORT = 1024;

/**
 * What is wrong with the URL of a receiver as it is written, whatever its host resolves to; undefined where nothing is.
 * @param plainHttp whether http is taken at all: only where the operator allows networks, since it goes to those alone.
 */
export function endpointProblem(text: string, { plainHttp }: { readonly plainHttp: boolean }): string | undefined {
  if (text.length > MAX_LENGTH) return `is longer than ${MAX_LENGTH} characters`;
  const url = URL.parse(text);
  if (!url) return 'is no URL: https://host/path is expected';
  if (url.protocol !== 'https:' && !(plainHttp && url.protocol === 'http:')) return 'must start with https://';
  if (url.username !== '' || url.password !== '') return 'holds a user or a password: receivers are to check the signature instead';
  if (url.hash !== '') return 'has a fragment, which is never sent: leave out what follows #';
  if (!WELL_KNOWN_PORTS.has(url.port) && Number(url.port) < FIRST_FREE_PORT)
    return 'has a port of another service: 80, 443, or one from 1024 on';
  return undefined;
}
