import { useSearchParams } from 'react-router';

/** PUSH: Back undoes it, as one page after another. REPLACE: as typing in a field. */
type Step = 'PUSH' | 'REPLACE';
type SetState = (value: string, step?: Step) => void;

/**
 * A state that is kept in the address, so that it can be linked to: empty where it is not there.
 * @param resets other names that mean nothing any more once this one changes, such as the cursor of a list.
 */
export function useQueryState(name: string, resets: readonly string[] = []): readonly [string, SetState] {
  const [search, setSearch] = useSearchParams();
  const set: SetState = (value, step = 'REPLACE') => {
    setSearch(
      (before) => {
        const next = new URLSearchParams(before);
        if (value === '') next.delete(name);
        else next.set(name, value);
        for (const other of resets) next.delete(other);
        return next;
      },
      { replace: step === 'REPLACE' },
    );
  };
  return [search.get(name) ?? '', set];
}
