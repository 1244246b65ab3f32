# The tag is the version that package.json pins for development; `test/dockerfile.test.ts` keeps them equal.
FROM node:24.21.0-slim AS build
WORKDIR /app
# Dependencies first: they change seldom, so their layer is reused.
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
COPY console ./console
RUN npm run build && npm prune --omit=dev --ignore-scripts

FROM node:24.21.0-slim
ENV NODE_ENV=production
ENV MALLOC_ARENA_MAX=1
# A number, so that Kubernetes can see that it is not root. Everything but /data belongs to root and is read-only to the gateway.
RUN install --directory --owner=10001 --group=10001 --mode=0700 /data
WORKDIR /app
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY package.json LICENSE ./
COPY scripts/healthcheck.mjs ./scripts/
COPY policies ./policies
USER 10001:10001
VOLUME /data
EXPOSE 8420 8421
HEALTHCHECK --interval=10s --timeout=4s --start-period=15s --retries=3 CMD ["node", "scripts/healthcheck.mjs"]
# Node handles SIGTERM itself, so no init process is needed.
ENTRYPOINT ["node", "--max-semi-space-size=8", "--max-old-space-size=768", "dist/main.js"]
CMD ["up", "--config", "/etc/countersign/countersign.yaml"]
