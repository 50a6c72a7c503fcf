import type { Digest } from '../domain/ids.js';
import type { Actor } from '../store/event-store.js';
import type { Access } from './access.js';

/** Who asks, and in the course of what: goes into the metadata of every event that comes of it. */
export interface CommandContext {
  readonly actor: Actor;
  readonly correlationId: string;
  /** What it is allowed by, in the team of what it is about. The server's own commands have none, and may all. */
  readonly access?: Access;
  /** Where the client gave its command an id. */
  readonly command?: NamedCommand;
  /** Nothing is begun once it is aborted: what has been is done. */
  readonly signal?: AbortSignal;
}

/** A command that its client gave an id, so that it can send it again and has one effect. */
export interface NamedCommand {
  readonly id: string;
  /** That of the mutation. */
  readonly name: string;
  /** Tells what is asked for from anything else. */
  readonly digest: Digest;
}

/** Sources of what the rules may not reach for themselves. */
export interface Runtime {
  /** ISO 8601, UTC. */
  now(): string;
  /** A new UUID, larger than those before it (version 7). */
  newId(): string;
  /** A number from 0 (inclusive) to 1. */
  random(): number;
}
