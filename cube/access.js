'use strict';

const { createSecretKey } = require('node:crypto');
const jsonwebtoken = require('jsonwebtoken');
const { CubejsHandlerError } = require('@cubejs-backend/api-gateway');

const accesses = ['company', 'team', 'own'];

function refuse(sentence) {
  return new CubejsHandlerError(403, 'Forbidden', sentence);
}

function readToken(token, secret) {
  if (!token) throw refuse('No figures without a security context: send a token signed by the app.');
  try {
    // A text would be tried as a public key first, which costs more than the rest.
    return jsonwebtoken.verify(token, createSecretKey(secret, 'utf8'), { algorithms: ['HS256'] });
  } catch (error) {
    const why = error.name === 'TokenExpiredError' ? 'has expired' : 'is not signed by this installation';
    throw refuse(`The security context ${why}.`);
  }
}

function isKeyList(value) {
  return Array.isArray(value) && value.every(Number.isSafeInteger);
}

// A filter without values would let everything through; no record has the key -1.
function toFilterValues(keys) {
  return keys.length === 0 ? ['-1'] : keys.map(String);
}

/** Who may see what: the token's payload, checked, in the form that the access policies compare with. */
function readSecurityContext(token, secret) {
  const payload = readToken(token, secret);
  const { sub, access, team_keys, employee_keys } = payload;
  if (!accesses.includes(access)) throw refuse('The security context does not say company, team or own.');
  if (!isKeyList(team_keys) || !isKeyList(employee_keys))
    throw refuse('The security context needs team_keys and employee_keys as lists of whole numbers.');
  return {
    sub: String(sub ?? ''),
    access,
    team_keys: toFilterValues(team_keys),
    employee_keys: toFilterValues(employee_keys),
  };
}

module.exports = { readSecurityContext };
