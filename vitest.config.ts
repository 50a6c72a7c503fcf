import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: {
    // Without this, vitest loads graphql twice, once as a module and once as its CommonJS main.
    alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }],
  },
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 30_000,
  },
});
