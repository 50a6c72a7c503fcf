/** The shape of the code, as rules: docs/architecture.md says why. */
module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'domain-is-pure',
      comment: 'Rules know nothing of storage, transport or frameworks.',
      severity: 'error',
      from: { path: '^src/domain' },
      to: { path: '^(src|projections|test|bench|demo)/', pathNot: '^src/domain' },
    },
    {
      name: 'domain-uses-few-packages',
      severity: 'error',
      from: { path: '^src/domain' },
      to: {
        dependencyTypes: ['npm', 'core'],
        pathNot: 'node_modules/(semver|canonicalize|typebox|node-diff3|@types/semver)/|^crypto$|^node:crypto$',
      },
    },
    {
      name: 'projections-know-domain-and-port',
      severity: 'error',
      from: { path: '^projections' },
      to: { path: '^src/', pathNot: '^src/(domain/|projector/projection\\.ts|store/event-store\\.ts)' },
    },
    {
      name: 'adapters-are-named-in-the-composition-root',
      severity: 'error',
      from: { path: '^(src|projections)/', pathNot: '^src/open-store\\.ts$|^src/store/[^/]+/' },
      to: { path: '^src/store/[^/]+/' },
    },
    {
      name: 'commands-do-not-know-the-api',
      severity: 'error',
      from: { path: '^src/(commands|store|projector|importers|exporters|queries)/' },
      to: { path: '^src/(graphql|http)/' },
    },
    { name: 'commands-never-read-projections', severity: 'error', from: { path: '^src/commands/' }, to: { path: '^projections/' } },
    {
      name: 'the-client-stands-alone',
      comment: 'It is installed without the server.',
      severity: 'error',
      from: { path: '^client/' },
      to: { path: '^(src|projections|test|bench|demo|scripts)/' },
    },
    {
      name: 'the-console-knows-the-api-alone',
      severity: 'error',
      from: { path: '^console/' },
      to: { path: '^(src|projections|test|bench|demo|scripts)/' },
    },
    {
      name: 'pages-of-the-console-know-not-each-other',
      comment: 'What they share is in ui/ and api/.',
      severity: 'error',
      from: { path: '^console/src/pages/([^/]+)/' },
      to: { path: '^console/src/pages/', pathNot: '^console/src/pages/$1/' },
    },
    {
      name: 'nothing-imports-tests',
      severity: 'error',
      from: { path: '^(src|projections|bench|demo|scripts|client|console)/' },
      to: { path: '^test/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.mjs'],
    },
  },
};
