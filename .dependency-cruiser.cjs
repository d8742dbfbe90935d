/**
 * Holds the folders of lib/ to their order: imports run downwards. Run by `npm run lint`.
 *
 * @type {import('dependency-cruiser').IConfiguration}
 */

/** The rooms of lib/, the highest first. A room imports only rooms that stand below it. */
const ROOMS = [
  'testing',
  'module',
  'audit',
  'decorators',
  'interceptors',
  'guards',
  'exceptions',
  'request',
  'routes',
  'management',
  'authentication',
  'secrets',
  'resilience',
  'stores',
  'events',
  'tokens',
  'policy',
  'utils',
];

/** What every application has that uses the package. */
const REQUIRED_PACKAGES = ['@nestjs/common', '@nestjs/core', 'reflect-metadata', 'rxjs', 'lru-cache'];

/** The packages that an application may have, and the one folder that imports each. */
const OPTIONAL_PACKAGES = { typeorm: 'stores/typeorm' };

const room = (name) => `^lib/${name}/`;
const packages = (names) => `node_modules/(${names.join('|')})/`;

const upward = ROOMS.slice(1).map((name, index) => ({
  name: `${name}-imports-downwards`,
  comment: `${name}/ stands below ${ROOMS.slice(0, index + 1).join(', ')}`,
  severity: 'error',
  from: { path: room(name) },
  to: { path: [...ROOMS.slice(0, index + 1).map(room), '^lib/[^/]+$'] },
}));

const optional = Object.entries(OPTIONAL_PACKAGES).map(([name, folder]) => ({
  name: `${name}-has-an-entry-of-its-own`,
  comment: `${name} is an optional peer: only lib/${folder}/ may import it`,
  severity: 'error',
  from: { pathNot: room(folder) },
  to: { path: packages([name]) },
}));

module.exports = {
  forbidden: [
    { name: 'no-circle', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'every-room-has-its-floor',
      comment: 'A folder of lib/ that is not in the list above',
      severity: 'error',
      from: {},
      to: { path: '^lib/[^/]+/', pathNot: ROOMS.map(room) },
    },
    ...upward,
    {
      name: 'policy-is-pure',
      comment: 'policy/ runs in a browser: neither Nest nor Node.js',
      severity: 'error',
      from: { path: room('policy') },
      to: { pathNot: room('policy') },
    },
    ...optional,
    {
      name: 'no-other-package',
      comment: 'A package that applications would have to install',
      severity: 'error',
      from: {},
      to: {
        path: 'node_modules/',
        pathNot: packages([...REQUIRED_PACKAGES, ...Object.keys(OPTIONAL_PACKAGES)]),
      },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.d.ts', '.js'] },
  },
};
