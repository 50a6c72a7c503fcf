import { Kind, type OperationDefinitionNode } from 'graphql';

/** Names of operations that are told apart at the most. */
const MAX_NAMES = 100;
const MAX_LENGTH = 64;

/** What an operation is called: by its name, or, where it has none that will do, by the root field that it asks for, in braces. */
export function titleOf({ name, selectionSet }: OperationDefinitionNode): string {
  if (name && name.value.length <= MAX_LENGTH) return name.value;
  const fields = new Set(selectionSet.selections.map((selection) => (selection.kind === Kind.FIELD ? selection.name.value : '')));
  const [field = ''] = fields;
  return fields.size === 1 && field !== '' ? `{${field}}` : '{several}';
}

/**
 * Names of operations for metrics, where each further one costs memory here and in Prometheus. Clients choose them, so only the first hundred are kept;
 * others count under their root field, of which there are as many as the schema has. To be given valid operations only.
 */
export class OperationLabels {
  readonly #names = new Set<string>();

  of(operation: OperationDefinitionNode): string {
    const title = titleOf(operation);
    if (title.startsWith('{') || this.#names.has(title)) return title;
    if (this.#names.size >= MAX_NAMES) return titleOf({ ...operation, name: undefined });
    this.#names.add(title);
    return title;
  }
}
