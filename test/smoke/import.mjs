/** The built package as an ES module application gets it, and as one that requires and imports it in one process. */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import * as root from 'nestjs-api-token';
import * as policy from 'nestjs-api-token/policy';
import * as testing from 'nestjs-api-token/testing';
import * as typeorm from 'nestjs-api-token/typeorm';

const require = createRequire(import.meta.url);

const compiled = policy.compilePolicy(
  policy.parseTokenPolicy({ resources: { cat: { 1: { block: ['*'] } } } }),
);
assert.equal(compiled.allows('cat', 'GET', '1'), false);
assert.equal(compiled.allows('cat', 'GET', '2'), true);
assert.equal(typeof root.ApiTokenModule.forRoot, 'function');
assert.ok(typeorm.apiTokenEntities.includes(typeorm.ApiTokenEntity));
assert.equal(typeof testing.testApiTokenStore, 'function');
assert.equal(typeof testing.expectPoliciesToHold, 'function');
assert.equal(root.compilePolicy, policy.compilePolicy);

// One copy for both: two would have two guards and two sets of classes.
assert.equal(require('nestjs-api-token').ApiTokenPolicyGuard, root.ApiTokenPolicyGuard);
assert.equal(require('nestjs-api-token/policy').compilePolicy, policy.compilePolicy);

console.log('smoke: import works, and shares its copy with require');
