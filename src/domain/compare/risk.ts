export type RiskCode = 'DATA_LOSS' | 'BREAKS_CALLERS' | 'MAJOR_IMAGE_CHANGE' | 'LESS_RESOURCES' | 'VARIABLE_REMOVED' | 'STALE_REFERENCE';

/** Something that a change is known to hurt. */
export interface Risk {
  readonly code: RiskCode;
  readonly message: string;
}
