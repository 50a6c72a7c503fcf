import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** Where `npm start` answers, for `npx vite console`: the pages as they are edited, over that server. */
const SERVER = 'http://127.0.0.1:4000';

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [react()],
  resolve: { alias: { '@regraft/client': fileURLToPath(new URL('../client/src/index.ts', import.meta.url)) } },
  server: { proxy: { '/graphql': { target: SERVER, ws: true, changeOrigin: true, headers: { origin: SERVER } } } },
  build: {
    outDir: '../dist/console',
    emptyOutDir: true,
    // Which file is loaded for which page: test/console/size.test.ts adds them up.
    manifest: true,
    // That test says what is too much, compressed.
    chunkSizeWarningLimit: 10_000,
    rolldownOptions: {
      // "use client" in a dependency means nothing to a bundle.
      checks: { moduleLevelDirective: false },
    },
  },
});
