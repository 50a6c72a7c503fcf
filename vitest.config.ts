import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: {
    alias: [
      // Without this, vitest loads graphql twice, once as a module and once as its CommonJS main.
      { find: /^graphql$/, replacement: 'graphql/index.js' },
      // The sources, as they are now.
      { find: '@regraft/client', replacement: new URL('client/src/index.ts', import.meta.url).pathname },
    ],
  },
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 30_000,
  },
});
