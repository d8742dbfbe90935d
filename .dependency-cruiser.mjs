/** The rooms of lib/, from the top to the bottom. A file imports files of its own room and of rooms below it. */
const ROOMS = [
  'testing',
  'module',
  'audit',
  'decorators',
  'interceptors',
  'guards',
  'request',
  'routes',
  'exceptions',
  'management',
  'authentication',
  'secrets',
  'resilience',
  'stores/in-memory',
  'events',
  'tokens',
  'utils',
  'policy',
];

/** Entries that nothing else in lib/ imports, with the optional peer that only they import. */
const PEERS = { 'stores/typeorm': 'typeorm' };

/** What the published package may import besides its optional peers, which is what package.json promises. */
const PACKAGES = ['@nestjs/common', '@nestjs/core', 'lru-cache', 'reflect-metadata', 'rxjs'];

const inRoom = (room) => `^lib/${room}/`;
const packages = (names) => `(^|/)node_modules/(${names.join('|')})/`;

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-circle',
      comment: 'Two files that import each other are one idea in two files, or need a third below them.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'every-room-is-listed',
      comment: 'A new folder needs a place among the rooms, in .dependency-cruiser.mjs.',
      severity: 'error',
      from: {},
      to: {
        path: '^lib/[^/]+/',
        pathNot: [...ROOMS, ...Object.keys(PEERS)].map(inRoom),
      },
    },
    ...ROOMS.flatMap((room, index) =>
      index === 0
        ? []
        : [
            {
              name: `downwards-from-${room.replace('/', '-')}`,
              comment: 'Imports run downwards: see the order of the rooms in .dependency-cruiser.mjs.',
              severity: 'error',
              from: { path: inRoom(room) },
              to: { path: [...ROOMS.slice(0, index).map(inRoom), '^lib/[^/]+$'] },
            },
          ],
    ),
    ...Object.entries(PEERS).flatMap(([entry, peer]) => [
      {
        name: `${peer}-in-its-entry`,
        comment: 'An optional peer is imported in its own entry only: others must load without it.',
        severity: 'error',
        from: { pathNot: inRoom(entry) },
        to: { path: packages([peer]) },
      },
      {
        name: `nothing-imports-${entry.replace('/', '-')}`,
        comment: 'The entry of an optional peer stands apart.',
        severity: 'error',
        from: { path: '^lib/', pathNot: inRoom(entry) },
        to: { path: inRoom(entry) },
      },
      {
        name: `below-${entry.replace('/', '-')}`,
        comment: 'A store knows the ports, and what is below them.',
        severity: 'error',
        from: { path: inRoom(entry) },
        to: {
          path: '^lib/',
          pathNot: [inRoom(entry), ...ROOMS.slice(ROOMS.indexOf('resilience')).map(inRoom)],
        },
      },
    ]),
    {
      name: 'policy-is-pure',
      comment: 'policy/ runs in browsers too: it imports nothing outside itself.',
      severity: 'error',
      from: { path: '^lib/policy/' },
      to: { pathNot: '^lib/policy/' },
    },
    {
      name: 'declared-packages-only',
      comment: 'Whoever installs the package has these, and no other.',
      severity: 'error',
      from: { path: '^lib/' },
      to: {
        dependencyTypesNot: ['local', 'core'],
        pathNot: packages([...PACKAGES, ...Object.values(PEERS)]),
      },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // Types count: who reads a file reads those of what it imports.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.d.ts'],
    },
  },
};
