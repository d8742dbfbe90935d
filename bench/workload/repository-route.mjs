/** The route that guards are timed on, the policy of its tokens, and what they are asked. */
import 'reflect-metadata';
import { Controller, Get, Param, ParseIntPipe } from '@nestjs/common';
import { makeContext } from './http-context.mjs';

/** Reads, but of repository 13 not even that, and of 42 nothing else; repository 55 may be written. */
export const TOKEN_POLICY = {
  resources: {
    '*': { block: ['DELETE'] },
    repository: {
      '*': { allow: ['GET', 'HEAD', 'OPTIONS'], block: ['*'] },
      13: { block: ['*'] },
      42: { allow: ['GET'], block: ['*'] },
      55: { allow: ['*'] },
      1042: { allow: ['GET', 'PUT'] },
      1049: { block: ['PATCH'] },
    },
  },
};

export const POLICY_ID = 'repository';

/** Listed ones and unlisted ones that may be read. */
const READABLE = ['42', '55', '1042', '1049', '77', '20261122'];

/**
 * A controller with one item route. Each guard that needs metadata has one of its own.
 *
 * @param {(controller: Function, handlerName: string) => void} [decorate]
 * @returns {{ controller: Function, handler: Function, path: string }}
 */
export function repositoryRoute(decorate = () => undefined) {
  class RepositoryController {
    read() {}
  }
  // What decorators do; plain JavaScript has no syntax for them yet.
  const { prototype } = RepositoryController;
  Param('id', ParseIntPipe)(prototype, 'read', 0);
  Get(':id')(prototype, 'read', Object.getOwnPropertyDescriptor(prototype, 'read'));
  decorate(RepositoryController, 'read');
  Controller('repositories')(RepositoryController);
  return { controller: RepositoryController, handler: prototype.read, path: '/repositories' };
}

/** Requests that are to be let in: each of another token than the last. */
export function admittedContexts(route, secrets, count) {
  return Array.from({ length: count }, (_, index) =>
    makeContext(route, READABLE[index % READABLE.length], [`Bearer ${secrets[index % secrets.length]}`]),
  );
}

/** What guards are asked before they are timed, and whether a request has to be let in. */
export function askedOfGuards(route, [secret, another]) {
  const bearer = (value) => [`Bearer ${value}`];
  const strange = secret.slice(0, -1) + (secret.endsWith('A') ? 'B' : 'A');
  return [
    { about: 'a listed item that may be read', admit: true, id: '42', authorizations: bearer(secret) },
    { about: 'an unlisted item', admit: true, id: '77', authorizations: bearer(another) },
    { about: 'a listed item that is blocked', admit: false, id: '13', authorizations: bearer(secret) },
    { about: 'the blocked item, spelled 013', admit: false, id: '013', authorizations: bearer(secret) },
    { about: 'no token', admit: false, id: '42', authorizations: [] },
    { about: 'an unknown token', admit: false, id: '42', authorizations: bearer(strange) },
    { about: 'a token cut short', admit: false, id: '42', authorizations: bearer(secret.slice(0, -1)) },
    {
      about: 'two Authorization fields',
      admit: false,
      id: '42',
      authorizations: [...bearer(secret), ...bearer(another)],
    },
  ].map(({ about, admit, id, authorizations }) => ({
    about,
    admit,
    context: makeContext(route, id, authorizations),
  }));
}
