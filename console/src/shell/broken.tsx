import { Button, Code, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useRouteError } from 'react-router';
import { problems } from '../texts/en.ts';
import { Frame } from '../ui/frame.tsx';

/** In place of a page that threw, or whose file could not be loaded. */
export function Broken(): ReactNode {
  const error = useRouteError();
  return (
    <Frame title={problems.broken}>
      <Stack align="flex-start">
        <Text>{problems.brokenAdvice}</Text>
        <Code block>{error instanceof Error ? error.message : String(error)}</Code>
        <Button onClick={() => window.location.reload()}>{problems.reload}</Button>
      </Stack>
    </Frame>
  );
}
