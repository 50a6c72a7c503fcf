import { Network } from 'lucide-react';
import type { PageRoute } from '../../routes.ts';
import { topology } from '../../texts/en.ts';

export const route: PageRoute = {
  path: 'apps/:appId',
  load: () => import('./page.tsx'),
  appNav: { order: 1, label: topology.title, icon: Network },
};
