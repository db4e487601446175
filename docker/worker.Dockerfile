# syntax=docker/dockerfile:1
FROM node:22-bookworm-slim AS build
WORKDIR /app
COPY . .
RUN npm ci && npx tsc -b tsconfig.json && npm prune --omit=dev

FROM node:22-bookworm-slim
ENV NODE_ENV=production ELUCIDATE_HOME=/data
WORKDIR /app
COPY --from=build /app /app
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
# on SIGTERM, Docker's own stop signal, a worker checkpoints, returns its stages and exits
CMD ["node", "apps/worker/dist/main.js"]
