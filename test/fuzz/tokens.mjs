/** The methods that `*` and the default decision speak of; others have to be named. */
export const COMMON_METHODS = ['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** The tokens of a run: their policies, and by hand what these allow. */
export const TOKENS = {
  full: { policy: 'full-access', allows: ({ method }) => COMMON_METHODS.includes(method) },
  readOnly: {
    policy: { resources: { '*': { allow: ['GET', 'HEAD', 'OPTIONS'], block: ['*'] } } },
    allows: ({ method }) => ['GET', 'HEAD', 'OPTIONS'].includes(method),
  },
  notThese: {
    policy: { resources: { project: { 42: { block: ['*'] } }, file: { secret: { block: ['*'] } } } },
    allows: ({ method, policyId, id }) =>
      id !== { project: '42', file: 'secret' }[policyId] && COMMON_METHODS.includes(method),
  },
  onlyThese: {
    policy: {
      resources: {
        '*': { block: ['*'] },
        project: { 42: { allow: ['GET'] } },
        file: { open: { allow: ['*'] } },
      },
    },
    allows: ({ method, policyId, id }) =>
      policyId === 'file'
        ? id === 'open'
        : policyId === 'project' && id === '42' && (method === 'GET' || method === 'HEAD'),
  },
  /** HEAD runs the handler of GET. */
  noGet: {
    policy: { resources: { '*': { block: ['GET'] } } },
    allows: ({ method }) => !['GET', 'HEAD'].includes(method) && COMMON_METHODS.includes(method),
  },
  headOnly: {
    policy: { resources: { '*': { allow: ['HEAD'], block: ['*'] } } },
    allows: ({ method }) => method === 'HEAD',
  },
  propfind: {
    policy: { resources: { '*': { allow: ['PROPFIND'] }, file: { '*': { block: ['*'] } } } },
    allows: ({ method, policyId }) =>
      policyId !== 'file' && (method === 'PROPFIND' || COMMON_METHODS.includes(method)),
  },
  /** Its policy is replaced in the store by anything. */
  stored: { policy: 'full-access' },
};
