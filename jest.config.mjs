const compilerOptions = {
  target: 'es2022',
  transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
};

/** Compiles with swc to CommonJS. Also the packages that are published as ES modules only, so that Jest needs no flag. */
const transform = {
  '\\.ts$': [
    '@swc/jest',
    { jsc: { ...compilerOptions, parser: { syntax: 'typescript', decorators: true } }, module: { type: 'commonjs' } },
  ],
  '\\.m?js$': [
    '@swc/jest',
    { jsc: { ...compilerOptions, parser: { syntax: 'ecmascript' } }, module: { type: 'commonjs' } },
  ],
};

/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/**/*.spec.ts'],
  transform,
  transformIgnorePatterns: [
    '/node_modules/(?!(?:.+/node_modules/)?(?:@nestjs|@borewit|@tokenizer|cookie|file-type|strtok3|token-types|uint8array-extras)/)',
  ],
  moduleNameMapper: {
    '^(\\.{1,2}/.*)\\.js$': '$1',
    '^nestjs-api-token$': '<rootDir>/lib/index.ts',
    '^nestjs-api-token/(policy|typeorm)$': '<rootDir>/lib/$1/index.ts',
  },
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/sample-app/dist/'],
  coverageProvider: 'v8',
  collectCoverageFrom: ['lib/**/*.ts', '!lib/**/index.ts'],
  coverageReporters: ['text-summary', 'lcovonly'],
};
