# The steps of `npm start`, cut where their results can be kept: install, build, run.
FROM node:22-bookworm-slim AS installed
WORKDIR /pulse
COPY package.json package-lock.json .npmrc ./
COPY bin bin
RUN node bin/pulse.js --version

FROM installed AS built
COPY . .
# The same folders that `npm start` would run, under names that do not change with the sources.
RUN node bin/pulse.js build | { read app; ln -sfn "$app" build; read parts; ln -sfn "$parts" parts; }

FROM node:22-bookworm-slim
ENV NODE_ENV=production PULSE_HOME=/var/lib/pulse HOST=0.0.0.0 PORT=3000
RUN apt-get update \
  && apt-get install -y --no-install-recommends chromium fonts-dejavu-core tini \
  && rm -rf /var/lib/apt/lists/* \
  && install -d -o node -g node /var/lib/pulse
WORKDIR /pulse
COPY --from=built --chown=node:node /pulse /pulse
USER node
VOLUME /var/lib/pulse
EXPOSE 3000
ENTRYPOINT ["tini", "--"]
CMD ["node", "bin/pulse.js", "start"]
