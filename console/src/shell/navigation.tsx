import { NavLink, ScrollArea } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link, useLocation, useMatch } from 'react-router';
import { navEntries } from '../routes.ts';
import { AppNavigation } from './app-navigation.tsx';

/** The left column: the pages, and those of the app that is open. */
export function Navigation(): ReactNode {
  const { pathname } = useLocation();
  const appId = useMatch('/apps/:appId/*')?.params.appId;
  return (
    <ScrollArea type="auto">
      {navEntries.map(({ path, label, icon: Icon }) => (
        <NavLink
          key={path}
          component={Link}
          to={`/${path}`}
          label={label}
          leftSection={<Icon size={18} aria-hidden />}
          active={pathname === `/${path}` || (appId === undefined && pathname.startsWith(`/${path}/`))}
          aria-current={pathname === `/${path}` ? 'page' : undefined}
        />
      ))}
      {appId !== undefined && <AppNavigation key={appId} appId={appId} />}
    </ScrollArea>
  );
}
