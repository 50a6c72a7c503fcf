import { Group, Text, Tooltip } from '@mantine/core';
import type { ReactNode } from 'react';
import { useLiveState } from '../api/use-live.ts';
import { shell } from '../texts/en.ts';

const COLORS = { CONNECTING: 'gray.6', LIVE: 'teal.6', LOST: 'orange.6', OFF: 'gray.6' } as const;

/** Whether what is shown is told by the server as it happens. */
export function LiveIndicator(): ReactNode {
  const state = useLiveState();
  const { label, hint } = shell.live[state];
  return (
    <Tooltip label={hint} multiline maw={260} events={{ hover: true, focus: true, touch: true }}>
      <Group gap={6} wrap="nowrap" role="status" tabIndex={0}>
        <Text span c={COLORS[state]} aria-hidden>
          ●
        </Text>
        <Text size="sm" c="dimmed">
          {label}
        </Text>
      </Group>
    </Tooltip>
  );
}
