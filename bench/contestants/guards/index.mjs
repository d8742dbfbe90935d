/**
 * The contestants of the guard.
 *
 * @typedef {object} GuardContestant
 * @property {string} name
 * @property {boolean} [awaits] Whether it answers with promises.
 * @property {(count: number) => Promise<OpenGuard>} open Makes it, with so many tokens of its own.
 *
 * @typedef {object} OpenGuard
 * @property {{ canActivate(context: object): boolean | Promise<boolean> }} guard
 * @property {string[]} secrets
 * @property {{ controller: Function, handler: Function, path: string }} route
 * @property {() => Promise<void>} [close]
 */
import { apiTokenPolicyGuard, observedGuard } from './api-token-policy-guard.mjs';
import { betterAuthGuard } from './better-auth-guard.mjs';
import { caslGuard, tunedCaslGuard } from './casl-guard.mjs';
import { digestGuard } from './digest-guard.mjs';
import { emptyGuard } from './empty-guard.mjs';
import { minimalGuard } from './minimal-guard.mjs';
import { nestCaslGuard } from './nest-casl-guard.mjs';
import { passportGuard } from './passport-guard.mjs';

/** @type {readonly GuardContestant[]} */
export const GUARDS = [
  apiTokenPolicyGuard,
  observedGuard,
  minimalGuard,
  digestGuard,
  emptyGuard,
  caslGuard,
  tunedCaslGuard,
  passportGuard,
  nestCaslGuard,
  betterAuthGuard,
];

export const OURS = apiTokenPolicyGuard.name;
export const LIMIT = minimalGuard.name;
export const DIGEST = digestGuard.name;
export const EMPTY = emptyGuard.name;
export const CASL = caslGuard.name;
export const PASSPORT = passportGuard.name;
