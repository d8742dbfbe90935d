import { randomInt } from 'node:crypto';

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Secrets for guards that do not make their own: as long as ours, so that all digest as much. */
export function makeSecrets(count) {
  const digits = () => Array.from({ length: 49 }, () => DIGITS[randomInt(DIGITS.length)]).join('');
  return Array.from({ length: count }, () => `bench_${digits()}`);
}
