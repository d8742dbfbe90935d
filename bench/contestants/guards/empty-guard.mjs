import { repositoryRoute } from '../../workload/repository-route.mjs';
import { makeSecrets } from './secrets.mjs';

class EmptyGuard {
  canActivate() {
    return true;
  }
}

export const emptyGuard = {
  name: 'empty guard',
  open: async (count) => ({
    guard: new EmptyGuard(),
    secrets: makeSecrets(count),
    route: repositoryRoute(),
  }),
};
