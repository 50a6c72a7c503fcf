import { ValidateBy, type ValidationOptions } from 'class-validator';

const MAX_NAME = 200;

/** A name that people read: 1 to 200 characters, not only spaces. */
export function IsName(options?: ValidationOptions): PropertyDecorator {
  const validator = {
    validate: (value: unknown) => isPlainText(value, MAX_NAME) && value.trim() !== '',
    defaultMessage: () => `1 to ${MAX_NAME} characters of Unicode text are expected, not only spaces`,
  };
  return ValidateBy({ name: 'isName', validator }, options);
}

/** A text that people read, of any number of lines. */
export function IsProse(maxLength: number): PropertyDecorator {
  return ValidateBy({
    name: 'isProse',
    validator: {
      validate: (value) => isPlainText(value, maxLength),
      defaultMessage: () => `at most ${maxLength} characters of Unicode text are expected`,
    },
  });
}

/** What SQLite, JSON and every client can give back as it is: no lone surrogates, no NUL. */
function isPlainText(value: unknown, maxLength: number): value is string {
  return typeof value === 'string' && value.length <= maxLength && value.isWellFormed() && !value.includes('\u0000');
}
