import { Badge, Divider, NavLink } from '@mantine/core';
import type { ReactNode } from 'react';
import { generatePath, Link, useLocation } from 'react-router';
import { isAbout } from '../api/use-live.ts';
import { useLiveQuery } from '../api/use-live-query.ts';
import { appNavEntries } from '../routes.ts';
import { shell } from '../texts/en.ts';
import { OpenAppDocument } from './shell.generated.ts';

/** The pages of an app. What can be upgraded may change with a release of any template. */
export function AppNavigation({ appId }: { readonly appId: string }): ReactNode {
  const { pathname } = useLocation();
  const { data } = useLiveQuery(OpenAppDocument, { id: appId }, (event) => isAbout(appId)(event) || event.type === 'TemplatePublished');
  const app = data?.app;
  if (!app) return null;
  return (
    <nav aria-label={shell.appNavigation(app.name)}>
      <Divider my="sm" label={app.name} labelPosition="left" />
      {appNavEntries.map(({ path, label, icon: Icon, badge }) => {
        const to = `/${generatePath(path, { appId })}`;
        const toDo = badge?.(app);
        return (
          <NavLink
            key={path}
            component={Link}
            to={to}
            label={label}
            leftSection={<Icon size={18} aria-hidden />}
            rightSection={
              toDo && (
                <Badge size="sm" variant="filled" aria-label={toDo.label} role="img">
                  {toDo.count}
                </Badge>
              )
            }
            active={pathname === to}
            aria-current={pathname === to ? 'page' : undefined}
          />
        );
      })}
    </nav>
  );
}
