import { describe, expect, it } from '@jest/globals';
import { defaultPolicyId } from '../../../lib/routes/default-policy-id.js';

function policyIdOf(name: string, hasNamesake = false): string | undefined {
  const controller = Object.defineProperty(class {}, 'name', { value: name });
  return defaultPolicyId({ controller, hasNamesake });
}

describe('the policy ID that a class name makes', () => {
  it.each([
    ['ReviewController', 'review'],
    ['ReviewRequestController', 'review_request'],
    ['HTTPServerController', 'http_server'],
    ['ServerHTTPController', 'server_http'],
    ['S3BucketController', 's3_bucket'],
    ['OAuth2TokenController', 'o_auth2_token'],
    ['reviewController', 'review'],
    ['ControllerController', 'controller'],
    ['AController', 'a'],
  ])('%s is %s', (name, policyId) => {
    expect(policyIdOf(name)).toBe(policyId);
  });

  it.each([
    'Controller',
    'Reviews',
    'ReviewControllers',
    'Review_Controller',
    '3DController',
    'xÄController',
    '',
    'a',
  ])('W05 %j is none', (name) => {
    expect(policyIdOf(name)).toBeUndefined();
  });

  it('is none where another controller has the name too', () => {
    expect(policyIdOf('ReviewController', true)).toBeUndefined();
  });
});
