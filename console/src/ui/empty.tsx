import { Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';

interface EmptyProps {
  readonly title: string;
  readonly text: string;
  /** The next step. */
  readonly children?: ReactNode;
}

/** Nothing is there: what would be, and what to do about it. */
export function Empty({ title, text, children }: EmptyProps): ReactNode {
  return (
    <Stack align="center" gap="sm" py={64} px="md">
      <Title order={2} size="h3" ta="center">
        {title}
      </Title>
      <Text c="dimmed" ta="center" maw={480}>
        {text}
      </Text>
      {children}
    </Stack>
  );
}
