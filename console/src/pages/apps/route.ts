import { Boxes } from 'lucide-react';
import type { PageRoute } from '../../routes.ts';
import { apps } from '../../texts/en.ts';

export const route: PageRoute = {
  path: 'apps',
  load: () => import('./page.tsx'),
  nav: { order: 1, label: apps.title, icon: Boxes },
};
