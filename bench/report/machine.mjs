/** The machine and the versions, by name only. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus } from 'node:os';

const PACKAGES = [
  'nestjs-api-token',
  '@nestjs/core',
  '@nestjs/platform-express',
  '@nestjs/platform-fastify',
  'typeorm',
  '@casl/ability',
  'casbin',
  'accesscontrol',
  '@cedar-policy/cedar-wasm',
  'passport-headerapikey',
  '@nestjs/passport',
  'passport',
  'nest-casl',
  'better-auth',
  '@better-auth/api-key',
];

export function machine() {
  const [{ model }, ...others] = cpus();
  return {
    cpu: model.trim(),
    cores: others.length + 1,
    node: process.version,
    date: new Date().toISOString().slice(0, 10),
    packages: Object.fromEntries(PACKAGES.map((name) => [name, versionOf(name)])),
  };
}

function versionOf(name) {
  // Looked for by hand: not every package exports its package.json.
  const folders = createRequire(import.meta.url).resolve.paths(name);
  const file = folders
    .map((folder) => `${folder}/${name}/package.json`)
    .find((candidate) => existsSync(candidate));
  return JSON.parse(readFileSync(file, 'utf8')).version;
}
