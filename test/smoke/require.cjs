/** The built package as a CommonJS application gets it, and its CommonJS half, which Jest loads. */
const assert = require('node:assert/strict');
const { compilePolicy } = require('nestjs-api-token/policy');
const { ApiTokenModule, InMemoryApiTokenStore } = require('nestjs-api-token');
const { TypeOrmApiTokenStore } = require('nestjs-api-token/typeorm');

assert.equal(compilePolicy({}).allows('cat', 'GET', null), true);
assert.equal(typeof ApiTokenModule.forRoot, 'function');
assert.equal(typeof TypeOrmApiTokenStore, 'function');

const commonJs = require('../../dist/cjs/index.js');
assert.notEqual(commonJs.InMemoryApiTokenStore, InMemoryApiTokenStore);
assert.equal(commonJs.compilePolicy({}).allows('cat', 'GET', null), true);

console.log('smoke: require works');
