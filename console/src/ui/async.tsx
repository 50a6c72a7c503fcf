import { Alert, Button, Center, Loader, Stack } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Answer } from '../api/use-live-query.ts';
import { problems, shell } from '../texts/en.ts';
import { Problem } from './problem.tsx';

interface AsyncProps<Data> {
  readonly answer: Answer<Data>;
  /** What stands there until the first answer, where a shape is known. */
  readonly skeleton?: ReactNode;
  readonly children: (data: Data) => ReactNode;
}

/** The one place that knows what a page shows while it waits, and where it is refused. Data that is there stays, with a word where it may be old. */
export function Async<Data>({ answer: { data, error, loading, again }, skeleton, children }: AsyncProps<Data>): ReactNode {
  if (data !== undefined) {
    return (
      <Stack gap="md">
        {error && (
          <Alert color="yellow" title={problems.stale}>
            <Stack gap="xs" align="flex-start">
              {error.message}
              <Button size="xs" variant="default" onClick={again}>
                {problems.again}
              </Button>
            </Stack>
          </Alert>
        )}
        {children(data)}
      </Stack>
    );
  }
  if (error) return <Problem error={error} again={again} />;
  if (!loading) return null;
  return (
    <div aria-busy="true" aria-label={shell.loading} role="status">
      {skeleton ?? (
        <Center mih={240}>
          <Loader type="dots" />
        </Center>
      )}
    </div>
  );
}
