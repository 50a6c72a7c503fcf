import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import './main.css';
import { ApolloProvider } from '@apollo/client/react';
import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createBrowserRouter, redirect } from 'react-router';
import { RouterProvider } from 'react-router/dom';
import { apollo } from './api/client.ts';
import { live } from './api/live.ts';
import { routes } from './routes.ts';
import { Broken } from './shell/broken.tsx';
import { NotFound } from './shell/not-found.tsx';
import { Shell } from './shell/shell.tsx';
import { readable, theme } from './theme.ts';

const HOME = '/apps';

const router = createBrowserRouter([
  {
    path: '/',
    Component: Shell,
    ErrorBoundary: Broken,
    // Until the files of the first page are there; nothing, since that takes less than the blink of a loader.
    HydrateFallback: () => null,
    children: [
      { index: true, loader: () => redirect(HOME) },
      ...routes.map(({ path, load }) => ({
        path,
        ErrorBoundary: Broken,
        lazy: async () => ({ Component: (await load()).Page }),
      })),
      { path: '*', Component: NotFound },
    ],
  },
]);

live.start();
const root = document.getElementById('root');
if (root)
  createRoot(root).render(
    <StrictMode>
      <MantineProvider theme={theme} defaultColorScheme="auto" cssVariablesResolver={readable}>
        <Notifications position="bottom-right" />
        <ApolloProvider client={apollo}>
          <RouterProvider router={router} />
        </ApolloProvider>
      </MantineProvider>
    </StrictMode>,
  );
