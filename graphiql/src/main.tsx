import 'graphiql/setup-workers/vite';
import 'graphiql/style.css';
import './main.css';
import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { GraphiQL } from 'graphiql';
import { createClient } from 'graphql-ws';
import { createRoot } from 'react-dom/client';

const API = '/graphql';

const FIRST_QUERY = `# Regraft: what is there, and what could be upgraded.
query Overview {
  apps(first: 10) {
    totalCount
    edges {
      node {
        name
        installations {
          template { name }
          currentVersion
          upgradableVersions { version }
        }
      }
    }
  }
}
`;

const fetcher = createGraphiQLFetcher({
  url: API,
  wsClient: createClient({ url: new URL(API, window.location.href).href.replace(/^http/, 'ws') }),
});

const root = document.getElementById('root');
if (root) createRoot(root).render(<GraphiQL fetcher={fetcher} defaultQuery={FIRST_QUERY} />);
