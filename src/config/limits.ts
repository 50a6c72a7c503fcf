import type { Variables } from './variables.js';

/** How much one client may ask of the server. docs/limits.md tells what each is for. */
export interface Limits {
  /** How long a request may take to arrive whole. */
  readonly requestTimeoutMs: number;
  /** How long a query or a mutation may take to be answered. */
  readonly operationTimeoutMs: number;
  /** Operations that run at the same time on one WebSocket, subscriptions among them. */
  readonly operationsPerSocket: number;
  /** WebSockets that are open at the same time. */
  readonly sockets: number;
  /** Subscriptions that are open at the same time, of one client over all its connections. */
  readonly subscriptionsPerClient: number;
  /** How long a client may take nothing of what waits for it to read, before its connection is closed. */
  readonly unreadMs: number;
  /** Whether clients may ask for the schema. */
  readonly introspection: boolean;
}

export const DEFAULT_LIMITS: Limits = {
  requestTimeoutMs: 60_000,
  operationTimeoutMs: 60_000,
  operationsPerSocket: 1_000,
  sockets: 10_000,
  subscriptionsPerClient: 5_000,
  unreadMs: 30_000,
  introspection: true,
};

export function readLimits(variables: Variables): Limits {
  const { requestTimeoutMs, operationTimeoutMs, operationsPerSocket, sockets, subscriptionsPerClient, unreadMs, introspection } =
    DEFAULT_LIMITS;
  const milliseconds = (name: string, fallback: number): number =>
    variables.integer(name, { fallback: fallback / 1_000, min: 1, max: 3_600 }) * 1_000;
  return {
    requestTimeoutMs: milliseconds('REGRAFT_REQUEST_TIMEOUT', requestTimeoutMs),
    operationTimeoutMs: milliseconds('REGRAFT_OPERATION_TIMEOUT', operationTimeoutMs),
    operationsPerSocket: variables.integer('REGRAFT_SOCKET_OPERATIONS', { fallback: operationsPerSocket, min: 1, max: 100_000 }),
    sockets: variables.integer('REGRAFT_SOCKETS', { fallback: sockets, min: 1, max: 1_000_000 }),
    subscriptionsPerClient: variables.integer('REGRAFT_SUBSCRIPTIONS', { fallback: subscriptionsPerClient, min: 1, max: 1_000_000 }),
    unreadMs: milliseconds('REGRAFT_UNREAD_TIMEOUT', unreadMs),
    introspection: variables.flag('REGRAFT_INTROSPECTION', introspection),
  };
}
