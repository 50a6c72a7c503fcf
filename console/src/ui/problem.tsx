import { Alert, Button, Stack, Text } from '@mantine/core';
import { RegraftError } from '@regraft/client';
import type { ReactNode } from 'react';
import { problems } from '../texts/en.ts';

/** What went wrong, and what to do about it. */
export function Problem({ error, again }: { readonly error: Error; readonly again?: () => void }): ReactNode {
  const code = error instanceof RegraftError ? error.code : '';
  const title = problems.titles[code] ?? problems.title;
  const advice = problems.advice[code];
  return (
    <Alert color={code === 'FORBIDDEN' ? 'gray' : 'red'} title={title} role="alert">
      <Stack gap="xs" align="flex-start">
        <Text size="sm">{advice ?? error.message}</Text>
        {again && code !== 'FORBIDDEN' && (
          <Button size="xs" variant="default" onClick={again}>
            {problems.again}
          </Button>
        )}
      </Stack>
    </Alert>
  );
}
