import type { Access } from '../commands/access.js';
import type { Aggregates } from '../commands/aggregates.js';
import type { ContentSource } from '../commands/content-store.js';
import type { AppView } from '../domain/app/state.js';
import type { Asking } from '../domain/blame/asking.js';
import { entriesOf, type BlameEntry, type Blamed } from '../domain/blame/blame.js';
import { digestsOfStanding, valueOf } from '../domain/blame/standing.js';
import { concerns, idsAlong, stepsOfAppContent, stepsOfComponent, type Happened } from '../domain/blame/steps.js';
import { lastOfKey } from '../domain/blame/subject.js';
import type { Templates } from '../domain/blame/template-settings.js';
import { Refusal } from '../domain/errors.js';
import { parseInstalledComponentId, type AppId, type ComponentId, type TemplateId } from '../domain/ids.js';
import type { Json } from '../domain/json.js';
import { parsePointer } from '../domain/pointer.js';
import type { RecordedEvent } from '../store/event-store.js';

export interface AskedPlace {
  readonly appId: AppId;
  /** Empty for the app-level content. */
  readonly componentKey: string;
  readonly path: string;
}

/** An entry with the event that it is about. */
export interface RecordedEntry extends BlameEntry {
  readonly recorded: RecordedEvent;
}

export interface FieldBlame extends AskedPlace {
  readonly componentId: ComponentId | undefined;
  /** What is there now. */
  readonly value: Json | undefined;
  /** The newest entry that changed it. */
  readonly setBy: RecordedEntry;
  /** Newest first, older than a position where one is given. */
  history(first: number, before?: number): Promise<RecordedEntry[]>;
}

interface Services {
  readonly aggregates: Aggregates;
  readonly contents: ContentSource;
}

/**
 * Who set a place of a component, or of the app-level content. Reads the log: the app's stream once, of which it keeps what concerns the place, and
 * the contents of what it shows.
 * @returns undefined where nothing is at the place and nothing ever was.
 * @throws Refusal NOT_FOUND for an app that is not there, or a key that no component has or had; BAD_USER_INPUT for a path that is none.
 */
export async function blameField({ aggregates, contents }: Services, asked: AskedPlace, access?: Access): Promise<FieldBlame | undefined> {
  const { appId, componentKey, path } = asked;
  if (parsePointer(path) === undefined) {
    throw new Refusal('BAD_USER_INPUT', `path: "${path}" is not a JSON Pointer: give one such as /env/NAME, or "" for the whole`, { path });
  }
  const { view } = await aggregates.app(appId, access);
  const present = view.components.find(({ key }) => key === componentKey)?.componentId;
  const subject = componentKey === '' || present !== undefined;
  const events = subject ? await eventsAbout(aggregates, appId, present) : await eventsOf(aggregates, appId, () => true);
  const templates = await templatesOf(aggregates, events);
  const componentId = subject
    ? present
    : (lastOfKey(
        componentKey,
        events.map(({ event }) => event),
        templates,
      ) ?? neverThere(asked));

  const recorded = new Map(events.map((each) => [each.position, each.recorded]));
  const blamed: Blamed = {
    path,
    component: componentId && { toApp: namesIn(view, componentId) },
    steps: componentId ? stepsOfComponent(componentId, events, templates) : stepsOfAppContent(events, templates),
    templates,
  };
  const withEvent = (entry: BlameEntry): RecordedEntry => ({ ...entry, recorded: recorded.get(entry.position) ?? lost(entry) });
  const entries = async (wanted: Parameters<typeof entriesOf>[1]): Promise<RecordedEntry[]> =>
    (await answer(contents, entriesOf(blamed, wanted))).map(withEvent);
  const [setBy] = await entries({ first: 1, changesOnly: true });
  if (!setBy) return undefined;
  const standing = blamed.steps.at(-1)?.after ?? [];
  const value = valueOf(standing, blamed, await contents.load(digestsOfStanding(standing)));
  return { ...asked, componentId, value, setBy, history: (first, before) => entries({ first, before }) };
}

/** What concerns a component, or (undefined) the app-level content: read again for an id that it had before it was mapped. */
async function eventsAbout(aggregates: Aggregates, appId: AppId, componentId: ComponentId | undefined): Promise<Recorded[]> {
  for (let ids: ReadonlySet<ComponentId | undefined> = new Set([componentId]); ;) {
    const events = await eventsOf(aggregates, appId, ({ event }) => [...ids].some((id) => concerns(event, id)));
    const had = new Set([...ids, ...(componentId ? idsAlong(componentId, events) : [])]);
    if (had.size === ids.size) return events;
    ids = had;
  }
}

type Recorded = Happened & { readonly recorded: RecordedEvent };

async function eventsOf(aggregates: Aggregates, appId: AppId, wanted: (event: Recorded) => boolean): Promise<Recorded[]> {
  const events: Recorded[] = [];
  for await (const page of aggregates.recordedEvents(appId)) {
    events.push(...page.map((each) => ({ ...each, position: each.recorded.position })).filter(wanted));
  }
  return events;
}

async function templatesOf(aggregates: Aggregates, events: readonly Happened[]): Promise<Templates> {
  const ids = new Set(events.flatMap(({ event }): TemplateId[] => (event.type === 'TemplateInstalled' ? [event.data.templateId] : [])));
  return new Map(await Promise.all([...ids].map(async (id) => [id, (await aggregates.template(id)).state] as const)));
}

/** How the keys in which a component is written read in the app now. */
function namesIn(view: AppView, componentId: ComponentId): (key: string) => string {
  const component = view.components.find((each) => each.componentId === componentId);
  const names = component?.origin === 'installed' ? view.names.of(component) : namesOfGone(view, componentId);
  return (key) => names?.toApp(key) ?? key;
}

function namesOfGone(view: AppView, componentId: ComponentId): ReturnType<AppView['names']['of']> | undefined {
  const parsed = parseInstalledComponentId(componentId);
  const installation = parsed && view.state.installations.get(parsed.installationId);
  return installation && view.names.of({ ...installation, keyspace: installation.version });
}

/** Answers a rule with the contents that it asks for. */
async function answer<Result>(contents: ContentSource, asking: Asking<Result>): Promise<Result> {
  let asked = asking.next();
  while (!asked.done) asked = asking.next(await contents.load(asked.value));
  return asked.value;
}

function neverThere({ appId, componentKey }: AskedPlace): never {
  throw new Refusal('NOT_FOUND', `the app has no component "${componentKey}", and never had one`, { appId, componentKey });
}

function lost({ position }: BlameEntry): never {
  throw new Error(`no event at position ${position}`);
}
