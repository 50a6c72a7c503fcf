export { createClient, type ClientOptions, type Given, type MessageOf, type RegraftClient } from './client.js';
export type { TypedDocument } from './document.js';
export type { Token } from './endpoint.js';
export type { ErrorCode, KnownErrorCode } from './error-codes.js';
export { RegraftError, type ErrorDetails } from './errors.js';
export * from './generated/graphql.js';
export type { RequestOptions } from './request.js';
export type { Checkpoint, SubscribeOptions } from './subscription.js';
