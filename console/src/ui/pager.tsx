import { Button, Group, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { shell } from '../texts/en.ts';
import { useQueryState } from './use-query-state.ts';

interface PagerProps {
  readonly shown: number;
  readonly totalCount: number;
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

/** Further pages of a list, by the cursor in the address (`after`): each has an address, and Back leads to the one before. */
export function Pager({ shown, totalCount, pageInfo: { hasNextPage, endCursor } }: PagerProps): ReactNode {
  const [after, setAfter] = useQueryState('after');
  return (
    <Group justify="space-between" component="nav" aria-label={shell.pager.label}>
      <Text size="sm" c="dimmed">
        {shell.pager.shown(shown, totalCount)}
      </Text>
      <Group gap="xs">
        {after !== '' && (
          <Button variant="default" size="xs" onClick={() => setAfter('', 'PUSH')}>
            {shell.pager.first}
          </Button>
        )}
        {hasNextPage && endCursor !== null && (
          <Button variant="default" size="xs" onClick={() => setAfter(endCursor, 'PUSH')}>
            {shell.pager.next}
          </Button>
        )}
      </Group>
    </Group>
  );
}
