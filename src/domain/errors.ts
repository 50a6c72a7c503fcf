import type { Json } from './json.js';

/**
 * Why a command or a question is refused: the catalogue of codes that clients see. Each refusal says in its message what to do.
 * The store's and the transport's own failures are not here: they are errors, not refusals.
 */
export type RefusalCode =
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
  | 'DEFINITION_TOO_LARGE'
  | 'SERVER_OUTDATED'
  | 'DEPENDENCY_MISSING'
  | 'SECRET_KEY_WRONG'
  | 'PROOF_UNAVAILABLE';

export type RefusalDetails = Readonly<Record<string, Json>>;

/** An expected refusal. `details` go to the client beside the code. */
export class Refusal extends Error {
  override readonly name = 'Refusal';

  constructor(
    readonly code: RefusalCode,
    message: string,
    readonly details: RefusalDetails = {},
  ) {
    super(message);
  }
}
