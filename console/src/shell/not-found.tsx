import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { shell } from '../texts/en.ts';
import { Empty } from '../ui/empty.tsx';
import { Frame } from '../ui/frame.tsx';

export function NotFound(): ReactNode {
  return (
    <Frame title={shell.notFound.title}>
      <Empty title={shell.notFound.title} text={shell.notFound.text}>
        <Button component={Link} to="/">
          {shell.notFound.home}
        </Button>
      </Empty>
    </Frame>
  );
}
