import { validateSync } from 'class-validator';
import { ArgumentValidationError } from 'type-graphql';

/**
 * Holds an argument against what its class says of it, at once: type-graphql would do so over several turns of the event loop.
 * @throws ArgumentValidationError.
 */
export function validateArgument(value: unknown): void {
  for (const each of Array.isArray(value) ? value : [value]) {
    if (typeof each !== 'object' || each === null) continue;
    const problems = validateSync(each as object, { skipMissingProperties: true, forbidUnknownValues: false });
    if (problems.length > 0) throw new ArgumentValidationError(problems);
  }
}
