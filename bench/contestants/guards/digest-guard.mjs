import { hash } from 'node:crypto';
import { repositoryRoute } from '../../workload/repository-route.mjs';
import { makeSecrets } from './secrets.mjs';

/** The part of a guard that nobody can save: finds the secret, and digests it. Lets all secrets in. */
class DigestGuard {
  canActivate(context) {
    const { authorization } = context.getArgByIndex(0).headers;
    return authorization !== undefined && hash('sha256', authorization.slice(7), 'latin1') !== '';
  }
}

export const digestGuard = {
  name: 'SHA-256 of the secret alone',
  open: async (count) => ({
    guard: new DigestGuard(),
    secrets: makeSecrets(count),
    route: repositoryRoute(),
  }),
};
