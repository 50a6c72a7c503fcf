import type { Data } from './data.js';

/** A request as clients send it; a mutation has another body each time. */
export interface Operation {
  readonly name: string;
  readonly body: (n: number) => object;
}

/** What pages ask for, and a change. */
export function operationsOf({ templateId, apps }: Data): readonly Operation[] {
  const app = apps[0];
  if (!app) throw new Error('there is no app');
  return [
    { name: 'upgrade management page', body: () => ({ query: MANAGEMENT, variables: { templateId } }) },
    { name: 'app with 50 components', body: () => ({ query: TOPOLOGY, variables: { id: app.id } }) },
    { name: 'list of 50 apps', body: () => ({ query: LIST }) },
    {
      name: 'mutation',
      body: (n) => {
        const { id, componentId } = apps[n % apps.length] ?? app;
        const set = { env: [{ name: 'EDITED', value: `edit ${n}` }] };
        return { query: UPDATE, variables: { input: { appId: id, componentId, set } } };
      },
    },
  ];
}

const MANAGEMENT = `query UpgradeManagement($templateId: ID!) {
  apps(templateId: $templateId, first: 20) {
    totalCount
    pageInfo { endCursor hasNextPage }
    edges { node {
      id name team
      installations {
        id currentVersion upgradableCount
        template { id name }
        upgradableVersions(first: 5) { id version }
        blockedVersions(first: 5) { version { version } code reason viaVersion }
        pendingComponents { key action }
        upgradeRecords(first: 5) { edges { node { id kind state fromVersion toVersion startedAt finishedAt startedBy { id kind } } } }
      }
    } }
  }
}`;

const TOPOLOGY = `query Topology($id: ID!) {
  app(id: $id) {
    id name team revision createdAt
    installations { id currentVersion upgradableCount template { id name } }
    components {
      id key title image replicas templateVersion digest
      env { name value }
      ports { containerPort protocol published { port } }
      volumes { kind mountPath name }
      dependsOn { componentKey condition }
      localChanges { path before after }
    }
  }
}`;

const LIST = `query Apps {
  apps(first: 50) {
    totalCount
    edges { node { id name team revision createdAt installations { id currentVersion upgradableCount template { id name } } } }
  }
}`;

const UPDATE = `mutation Update($input: UpdateComponentInput!) {
  updateComponent(input: $input) { position component { id key image env { name value } } }
}`;
