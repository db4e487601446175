import { defineConfig } from 'vite';

const api = process.env.ELUCIDATE_API ?? 'http://127.0.0.1:3210';

/** Addresses are relative, so that the page works behind any path prefix; `npm exec -w @elucidate/web -- vite` calls the API that `ELUCIDATE_API` names. */
export default defineConfig({
  base: './',
  build: { target: 'es2022', modulePreload: { polyfill: false }, assetsInlineLimit: 0, chunkSizeWarningLimit: 1000 },
  worker: { format: 'es' },
  server: { proxy: { '/v1': api, '/openapi.json': api } },
});
