'use strict';

const { readSecurityContext } = require('./access.js');
const { PulseQuery } = require('./dialect.js');
const { WarehouseDriver, stopWhenLeft } = require('./driver.js');
const { saveWork } = require('./economy.js');
const { createVersionReader, keepNoResults, separateVersions } = require('./freshness.js');
const { createLog } = require('./log.js');
const { refuseMixed } = require('./required.js');
const { keepMisses, withRollups } = require('./rollups.js');

const { WAREHOUSE_URL, PULSE_SECRET } = process.env;
const { query, readVersion } = createVersionReader(WAREHOUSE_URL);
separateVersions();
keepNoResults();
keepMisses(query);
saveWork();
let driver;

/** Cube's configuration: read by serve.js, and by the official image as it is. */
module.exports = {
  apiSecret: PULSE_SECRET,
  telemetry: false,
  logger: createLog(),
  driverFactory: () => (driver ??= new WarehouseDriver({ connectionString: WAREHOUSE_URL, maxPoolSize: 10 })),
  dialectFactory: () => PulseQuery,
  orchestratorOptions: {
    continueWaitTimeout: 60,
    queryCacheOptions: { backgroundRenew: true },
  },
  checkAuth(req, token) {
    req.securityContext = readSecurityContext(token, PULSE_SECRET);
  },
  contextToApiScopes: () => ['meta', 'data', 'sql'],
  contextToGroups: ({ securityContext }) => (securityContext ? [securityContext.access] : []),
  extendContext: async (req) => {
    if (driver) stopWhenLeft(req, driver);
    const { securityContext } = req;
    const dataVersion = await readVersion();
    return { dataVersion, securityContext: await withRollups(securityContext, dataVersion, query) };
  },
  queryRewrite: (query) => ({ ...refuseMixed(query), cache: 'no-cache' }),
};
