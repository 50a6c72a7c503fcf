import { AppShell, Burger, Group, Loader, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Suspense, useEffect, useSyncExternalStore, type ReactNode } from 'react';
import { Link, Outlet, useLocation, useNavigation } from 'react-router';
import { session } from '../api/token.ts';
import { shell } from '../texts/en.ts';
import { LiveIndicator } from './live-indicator.tsx';
import { Navigation } from './navigation.tsx';
import { ThemeToggle } from './theme-toggle.tsx';
import { TokenEntry } from './token-entry.tsx';

export function Shell(): ReactNode {
  const [isOpen, { toggle, close }] = useDisclosure();
  const { pathname } = useLocation();
  const isOnTheWay = useNavigation().state !== 'idle';
  const isTokenAsked = useSyncExternalStore(session.subscribe, () => session.isAsked);
  useEffect(close, [pathname, close]);
  return (
    <AppShell header={{ height: 56 }} navbar={{ width: 232, breakpoint: 'sm', collapsed: { mobile: !isOpen } }} padding="md">
      <a className="skip" href="#content">
        {shell.skip}
      </a>
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="xs" wrap="nowrap">
            <Burger opened={isOpen} onClick={toggle} hiddenFrom="sm" size="sm" aria-label={shell.openNavigation} />
            <Link to="/" className="brand">
              <img src="/icon.svg" alt="" width={24} height={24} />
              <Text fw={700}>{shell.product}</Text>
            </Link>
            {isOnTheWay && <Loader size="xs" aria-label={shell.loading} />}
          </Group>
          <Group gap="sm" wrap="nowrap">
            <LiveIndicator />
            <ThemeToggle />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="sm" aria-label={shell.navigation}>
        <Navigation />
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1}>
        {isTokenAsked ? (
          <TokenEntry />
        ) : (
          <Suspense>
            <Outlet />
          </Suspense>
        )}
      </AppShell.Main>
    </AppShell>
  );
}
