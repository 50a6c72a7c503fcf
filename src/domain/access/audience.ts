/** Whom an event is shown to. Streams that are not named here are the server's own: what is added later stays hidden until it is said. */
export type Audience =
  /** Who may read in the team of the app. */
  | { readonly kind: 'APP'; readonly appId: string }
  /** Who may read the template. */
  | { readonly kind: 'TEMPLATE'; readonly templateId: string }
  /** How a template came to its versions: who may read in its team, and in that of the app where the event names one. */
  | { readonly kind: 'RELEASE'; readonly templateId: string; readonly appId: string | undefined }
  | { readonly kind: 'TEAM'; readonly team: string }
  /** Contents are kept once for all teams, so no team's: who may read in all. */
  | { readonly kind: 'CONTENT' }
  /** Who administers all. */
  | { readonly kind: 'SERVER' };

/** What is told of a template to everybody who may read it; all else in its stream is for its team. */
const OF_TEMPLATES: ReadonlySet<string> = new Set([
  'TemplateChanged',
  'TemplatePublished',
  'VersionDeprecated',
  'VersionWithdrawn',
  'VersionRestored',
]);

interface ToldEvent {
  readonly stream: string;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export function audienceOf({ stream, type, data }: ToldEvent): Audience {
  const [category, id] = split(stream);
  if (category === 'app') return { kind: 'APP', appId: id };
  if (category === 'template') {
    const { sourceAppId } = data;
    if (OF_TEMPLATES.has(type)) return { kind: 'TEMPLATE', templateId: id };
    return { kind: 'RELEASE', templateId: id, appId: typeof sourceAppId === 'string' ? sourceAppId : undefined };
  }
  if (category === 'name' && typeof data['team'] === 'string') return { kind: 'TEAM', team: data['team'] };
  return category === 'definition' ? { kind: 'CONTENT' } : { kind: 'SERVER' };
}

function split(stream: string): [category: string, id: string] {
  const at = stream.indexOf('-');
  return [stream.slice(0, at), stream.slice(at + 1)];
}
