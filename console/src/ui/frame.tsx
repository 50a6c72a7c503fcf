import { Group, Stack, Title } from '@mantine/core';
import { useEffect, useRef, type ReactNode } from 'react';
import { shell } from '../texts/en.ts';

interface FrameProps {
  readonly title: string;
  /** Beside the title: what this page does. */
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

let isFirst = true;

/** A page: its title, also that of the window, where readers and keyboards go on after coming here from another page. */
export function Frame({ title, actions, children }: FrameProps): ReactNode {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (!isFirst) heading.current?.focus({ preventScroll: true });
    isFirst = false;
  }, []);
  return (
    <Stack gap="lg">
      <title>{shell.pageTitle(title)}</title>
      <Group justify="space-between" align="center">
        <Title order={1} size="h2" ref={heading} tabIndex={-1} className="heading">
          {title}
        </Title>
        {actions && <Group gap="sm">{actions}</Group>}
      </Group>
      {children}
    </Stack>
  );
}
