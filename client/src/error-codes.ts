/** Codes that the server refuses with: the catalogue of src/domain/errors.ts. */
type RefusalCode =
  | 'BAD_USER_INPUT'
  | 'NOT_FOUND'
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'VERSION_INVALID'
  | 'VERSION_NOT_LARGER'
  | 'VERSION_WITHDRAWN'
  | 'NOTHING_TO_PUBLISH'
  | 'NAME_TAKEN'
  | 'KEY_TAKEN'
  | 'RELEASE_RUNNING'
  | 'NOT_UPGRADABLE'
  | 'INSTALLATION_AMBIGUOUS'
  | 'CONFLICTS_UNRESOLVED'
  | 'PLAN_INAPPLICABLE'
  | 'PLAN_OUTDATED'
  | 'DATA_LOSS_NOT_ACCEPTED'
  | 'UPGRADE_RUNNING'
  | 'ALREADY_ROLLED_BACK'
  | 'UPGRADE_OVER'
  | 'REPORT_CONTRADICTS'
  | 'IMPORT_FAILED'
  | 'REVISION_CONFLICT'
  | 'COMMAND_ID_REUSED'
  | 'POSITION_UNKNOWN'
  | 'PAST_TOO_LARGE'
  | 'PROOF_UNAVAILABLE'
  | 'DEFINITION_TOO_LARGE'
  | 'SERVER_OUTDATED'
  | 'DEPENDENCY_MISSING'
  | 'SECRET_KEY_WRONG';

/** Codes of a server that cannot, or will not, carry an operation out. */
type ServerCode =
  | 'APPLIED_NOT_VISIBLE'
  | 'STORE_UNAVAILABLE'
  | 'READ_MODEL_UNAVAILABLE'
  | 'ISSUER_UNAVAILABLE'
  | 'INTERNAL_SERVER_ERROR'
  | 'UNAVAILABLE'
  | 'BAD_REQUEST'
  | 'BODY_TOO_LARGE'
  | 'REQUEST_TIMEOUT'
  | 'GRAPHQL_PARSE_FAILED'
  | 'GRAPHQL_VALIDATION_FAILED'
  | 'QUERY_TOO_COMPLEX'
  | 'TOO_MANY_OPERATIONS'
  | 'TOO_MANY_SUBSCRIPTIONS'
  | 'OPERATION_TIMEOUT'
  | 'RATE_LIMITED'
  | 'PERSISTED_QUERY_ONLY'
  | 'PERSISTED_QUERY_NOT_FOUND';

/** Codes of this client, where there was no answer: nobody listens, a connection ended, or what came is not from Regraft. */
type ClientCode = 'UNREACHABLE' | 'CONNECTION_LOST' | 'BAD_RESPONSE';

export type KnownErrorCode = RefusalCode | ServerCode | ClientCode;

/** Servers newer than this client may have further ones. */
export type ErrorCode = KnownErrorCode | (string & Record<never, never>);
