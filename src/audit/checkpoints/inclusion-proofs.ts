import { BEFORE_FIRST, type EventStore, type Position, type RecordedEvent } from '../../store/event-store.js';
import { BLOCK_SIZE, type Block } from './block-tree.js';
import { pathIn, rootOf } from './inclusion.js';
import { leafOf } from './leaf.js';

/** Where an event is in the tree over the log, and what leads from it to the root. */
export interface Inclusion {
  /** Its place in the log, from 0. */
  readonly index: number;
  /** The hashes beside the way, from the leaf up, in base64. */
  readonly path: readonly string[];
}

interface OpenBlock {
  readonly events: readonly RecordedEvent[];
  readonly leaves: readonly Buffer[];
  /** From the root of the block up. */
  readonly above: readonly Buffer[];
}

/**
 * Proofs that events are among the first `size` events of a log.
 * @param store whose reads give events as they are recorded: of each block that one of the events is in, all are read.
 * @param blocks the whole blocks of at least that many events.
 * @returns in the order of the positions; undefined where one is not among them.
 */
export async function inclusionsOf(
  store: Pick<EventStore, 'readAll'>,
  blocks: readonly Block[],
  size: number,
  positions: readonly Position[],
): Promise<readonly Inclusion[] | undefined> {
  const whole = blocks.slice(0, Math.floor(size / BLOCK_SIZE));
  const rest = size - whole.length * BLOCK_SIZE;
  const eventsOf = (block: number): Promise<readonly RecordedEvent[]> => {
    const limit = block < whole.length ? BLOCK_SIZE : rest;
    return store.readAll({ after: whole[block - 1]?.position ?? BEFORE_FIRST, limit });
  };
  const last = rest === 0 ? [] : [rootOf((await eventsOf(whole.length)).map((event) => leafOf(event)))];
  const nodes = [...whole.map(({ root }) => root), ...last];
  const opened = new Map<number, OpenBlock>();
  const open = async (block: number): Promise<OpenBlock> => {
    const events = await eventsOf(block);
    return { events, leaves: events.map((event) => leafOf(event)), above: pathIn(nodes, block) };
  };
  const inclusions: Inclusion[] = [];
  for (const position of positions) {
    const found = whole.findIndex((block) => block.position >= position);
    const block = found === -1 ? whole.length : found;
    if (block >= nodes.length) return undefined;
    const { events, leaves, above } = opened.get(block) ?? (await open(block));
    opened.set(block, { events, leaves, above });
    const place = events.findIndex((event) => event.position === position);
    if (place === -1) return undefined;
    const path = [...pathIn(leaves, place), ...above].map((hash) => hash.toString('base64'));
    inclusions.push({ index: block * BLOCK_SIZE + place, path });
  }
  return inclusions;
}
