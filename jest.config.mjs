import { ENTRIES } from './scripts/entries.mjs';

const compilerOptions = {
  target: 'es2022',
  transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
};

/** Compiles with swc to CommonJS. Also the packages that are published as ES modules only, so that Jest needs no flag. */
const transform = {
  '\\.ts$': [
    '@swc/jest',
    {
      jsc: { ...compilerOptions, parser: { syntax: 'typescript', decorators: true } },
      module: { type: 'commonjs' },
    },
  ],
  '\\.m?js$': [
    '@swc/jest',
    { jsc: { ...compilerOptions, parser: { syntax: 'ecmascript' } }, module: { type: 'commonjs' } },
  ],
};

/** Set by scripts/test-nest.mjs, to run the tests on the Nest that is installed in test/nest<major>. */
const nestMajor = process.env.NEST_MAJOR;
const nestModules = `<rootDir>/test/nest${nestMajor}/node_modules`;
const otherNest = {
  '^@nestjs/(apollo|common|core|graphql|microservices|platform-express|platform-fastify|platform-socket\\.io|platform-ws|swagger|testing|websockets)(/.+)?$': `${nestModules}/@nestjs/$1$2`,
  '^(rxjs|reflect-metadata|nestjs-zod|@grpc/grpc-js)$': `${nestModules}/$1`,
};

/**
 * What says nothing of Nest, whose majors run the rest. The sample app is for the one that is installed at the root.
 */
const whateverNest = [
  'sample-app',
  '<rootDir>/test/docs/',
  '<rootDir>/test/recipes/',
  '<rootDir>/test/unit/(?:authentication|events|management|policy|request|secrets|stores|support|testing|tokens)/',
  '<rootDir>/test/faults/(?:answers|management|odd-stores)',
];

/** Set by scripts/test-typeorm.mjs: one of the versions in test/typeorm. */
const typeormVersion = process.env.TYPEORM_VERSION;
const otherTypeorm = { '^typeorm$': `<rootDir>/test/typeorm/node_modules/typeorm-${typeormVersion}` };

/** The package's own entries, as they are written. */
const entryModules = Object.fromEntries(
  Object.entries(ENTRIES).map(([entry, folder]) => [
    `^nestjs-api-token${entry.slice(1)}$`,
    ['<rootDir>/lib', folder, 'index.ts'].filter(Boolean).join('/'),
  ]),
);

/** @type {import('jest').Config} */
export default {
  testEnvironment: '<rootDir>/test/support/closing.environment.mjs',
  // Jest leaves one of the cores to itself, which is half of them where there are two.
  maxWorkers: '100%',
  testMatch: ['<rootDir>/test/**/*.spec.ts'],
  testPathIgnorePatterns: ['/node_modules/', ...(nestMajor ? whateverNest : [])],
  transform,
  transformIgnorePatterns: [
    '/node_modules/(?!(?:.+/node_modules/)?(?:@nestjs|@borewit|@tokenizer|content-disposition|cookie|file-type|strtok3|token-types|uint8array-extras)/)',
  ],
  moduleNameMapper: {
    ...(nestMajor && otherNest),
    ...(typeormVersion && otherTypeorm),
    '^(\\.{1,2}/.*)\\.js$': '$1',
    ...entryModules,
  },
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/sample-app/dist/', '<rootDir>/.stryker-tmp/'],
  coverageProvider: 'v8',
  collectCoverageFrom: ['lib/**/*.ts', '!lib/**/index.ts'],
  coverageReporters: ['text-summary', 'lcovonly'],
};
