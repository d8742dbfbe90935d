import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const SALT_BYTES = 16;
const KEY_BYTES = 32;
const derive = promisify<string, Buffer, number, Buffer>(scrypt);

/** What is stored of a password: a random salt, and the key that scrypt makes of both. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const key = await derive(password, salt, KEY_BYTES);
  return `scrypt:${salt.toString('base64')}:${key.toString('base64')}`;
}

/** Whether a password is the one that was hashed. Takes as long where it is not. */
export async function isPassword(password: string, hash: string): Promise<boolean> {
  const [, salt = '', key = ''] = hash.split(':');
  const derived = await derive(password, Buffer.from(salt, 'base64'), KEY_BYTES);
  const expected = Buffer.from(key, 'base64');
  return expected.length === KEY_BYTES && timingSafeEqual(derived, expected);
}
