/** The tokens of a run: their policies, and by hand what these allow. */
export const TOKENS = {
  full: { policy: 'full-access', allows: () => true },
  readOnly: {
    policy: { resources: { '*': { allow: ['GET', 'HEAD', 'OPTIONS'], block: ['*'] } } },
    allows: ({ method }) => method === 'GET' || method === 'HEAD',
  },
  notThese: {
    policy: { resources: { repository: { 42: { block: ['*'] } }, file: { secret: { block: ['*'] } } } },
    allows: ({ policyId, id }) => id !== (policyId === 'repository' ? '42' : 'secret'),
  },
  onlyThese: {
    policy: {
      resources: {
        '*': { block: ['*'] },
        repository: { 42: { allow: ['GET'] } },
        file: { open: { allow: ['*'] } },
      },
    },
    allows: ({ method, policyId, id }) =>
      policyId === 'file' ? id === 'open' : id === '42' && (method === 'GET' || method === 'HEAD'),
  },
  /** Its policy is replaced in the store by anything. */
  stored: { policy: 'full-access' },
};
