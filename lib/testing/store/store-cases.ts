import { concurrencyCases } from './cases/concurrency.cases.js';
import { insertCases } from './cases/insert.cases.js';
import { revokeCases } from './cases/revoke.cases.js';
import { listCases } from './cases/list.cases.js';
import { lookUpCases } from './cases/look-up.cases.js';
import { quotaCases } from './cases/quota.cases.js';
import { recordUsesCases } from './cases/record-uses.cases.js';
import { removalCases } from './cases/removal.cases.js';
import { replaceDigestCases } from './cases/replace-digest.cases.js';
import { rotateCases } from './cases/rotate.cases.js';
import { roundTripCases } from './cases/round-trip.cases.js';
import { updateCases } from './cases/update.cases.js';
import type { StoreCase } from './store-case.js';

/** The methods of a store, each with the cases of its promises. */
export const storeCases: Readonly<Record<string, readonly StoreCase[]>> = {
  'what is kept': roundTripCases,
  findByDigest: lookUpCases,
  insert: insertCases,
  'insert with a quota': quotaCases,
  'list and listExpiring': listCases,
  update: updateCases,
  rotate: rotateCases,
  replaceDigest: replaceDigestCases,
  'revoke and revokeMany': revokeCases,
  recordUses: recordUsesCases,
  'remove and prune': removalCases,
  'all at once': concurrencyCases,
};
