/** Where a value is: a component by its key ("" for app-level content), and a JSON Pointer (RFC 6901) within its definition. */
export interface Place {
  readonly componentKey: string;
  readonly path: string;
}

/** `/env/LOG_LEVEL` as people read it: `env.LOG_LEVEL`; "" (the whole component) stays empty. */
export function fieldName(path: string): string {
  return path.split('/').slice(1).map(unescaped).join('.');
}

/** `web.env.LOG_LEVEL`; of a whole component its key; of app-level content `.extra.networks.backend`. */
export function placeName({ componentKey, path }: Place): string {
  return path === '' ? componentKey : `${componentKey}.${fieldName(path)}`;
}

function unescaped(segment: string): string {
  return segment.replaceAll('~1', '/').replaceAll('~0', '~');
}
