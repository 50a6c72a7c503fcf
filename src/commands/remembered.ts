import type { AppEvent } from '../domain/app/events.js';
import { Refusal } from '../domain/errors.js';
import type { TemplateEvent } from '../domain/template/events.js';
import type { WebhookEvent } from '../domain/webhook/events.js';
import type { Position, RecordedEvent } from '../store/event-store.js';
import type { CommandContext } from './context.js';

/** Milliseconds for which a command is remembered; one that created something is for ever, since its ids are. */
const REMEMBERED_FOR = 24 * 60 * 60 * 1000;

/** A command that was carried out: the events of one append, as their metadata tell it. */
export interface RememberedCommand {
  readonly digest: string | undefined;
  /** ISO 8601, UTC. */
  readonly occurredAt: string;
  /** Revisions of its first and its last event. */
  readonly first: number;
  readonly last: number;
  /** Of its last event. */
  readonly position: Position;
  /** Whether it created what the stream is about. */
  readonly creates: boolean;
}

const CREATIONS: ReadonlySet<string> = new Set<(AppEvent | TemplateEvent | WebhookEvent)['type']>([
  'AppCreated',
  'TemplateCreated',
  'WebhookRegistered',
]);

/** What a stream remembers: commands by who gave them, their name and their id, in the order of the stream. */
export type RememberedCommands = Map<string, RememberedCommand>;

/**
 * Takes in the next events of a stream, and lets go of what is forgotten. The map is one for all snapshots of the stream: that an older one knows of
 * later commands, too, does no harm, and a command costs what is new, not what is remembered.
 * @param now ISO 8601, UTC.
 */
export function rememberCommands(commands: RememberedCommands, events: readonly RecordedEvent[], now: string): void {
  for (const event of events) {
    const key = keyOf(event.metadata.actor.id, event.metadata.commandName, event.metadata.commandId);
    if (key === undefined) continue;
    const command = extend(commands.get(key), event);
    // Again at the end, so that the oldest are at the front.
    commands.delete(key);
    commands.set(key, command);
  }
  for (const [key, command] of commands) {
    if (command.creates) continue;
    if (!isForgotten(command, now)) return;
    commands.delete(key);
  }
}

/**
 * The command of a context where it was carried out already.
 * @throws Refusal COMMAND_ID_REUSED where its id was given to something else.
 */
export function recall(
  commands: ReadonlyMap<string, RememberedCommand>,
  { actor, command }: CommandContext,
  now: string,
): RememberedCommand | undefined {
  const key = command && keyOf(actor.id, command.name, command.id);
  const remembered = key === undefined ? undefined : commands.get(key);
  if (!command || !remembered || isForgotten(remembered, now)) return undefined;
  if (remembered.digest === command.digest) return remembered;
  throw new Refusal('COMMAND_ID_REUSED', `the command id "${command.id}" was used for another ${command.name}: give each command its own`, {
    commandId: command.id,
  });
}

/** The events of one append follow each other and have one time; the same command after it was forgotten is another append. */
function extend(before: RememberedCommand | undefined, { type, metadata, revision, position }: RecordedEvent): RememberedCommand {
  const { commandDigest: digest, occurredAt } = metadata;
  const isSame = before?.last === revision - 1 && before.digest === digest && before.occurredAt === occurredAt;
  const creates = CREATIONS.has(type) || (isSame && before.creates);
  return { digest, occurredAt, first: isSame ? before.first : revision, last: revision, position, creates };
}

function isForgotten({ creates, occurredAt }: RememberedCommand, now: string): boolean {
  return !creates && Date.parse(now) - Date.parse(occurredAt) > REMEMBERED_FOR;
}

function keyOf(actorId: string, name: string | undefined, id: string | undefined): string | undefined {
  return name === undefined || id === undefined ? undefined : JSON.stringify([actorId, name, id]);
}
