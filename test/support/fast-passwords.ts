/**
 * Lets the sample app hash passwords at a stroke: import this before the app, where hundreds of requests bring a password.
 * The slow hash is tested in sample-app.spec.ts.
 */
import { jest } from '@jest/globals';

jest.mock('../../sample-app/src/people/password.js', () => ({
  hashPassword: async (password: string) => `plain:${password}`,
  isPassword: async (password: string, hash: string) => hash === `plain:${password}`,
}));
