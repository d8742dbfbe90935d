/** A process with the token services on a shared database, which does what its parent tells it. */
import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { ApiTokenAuthenticator, ApiTokenModule, ApiTokenService } from 'nestjs-api-token';
import { TypeOrmApiTokenStore } from 'nestjs-api-token/typeorm';
import { openDataSource } from './databases.mjs';

const FULL = { ownerId: 'grumpy', policy: 'full-access' };
const { database, lifetimeMs } = JSON.parse(process.argv[2]);
const dataSource = await openDataSource(database);
const app = await NestFactory.createApplicationContext(
  ApiTokenModule.forRoot({
    repository: { useValue: new TypeOrmApiTokenStore(dataSource) },
    token: { prefix: 'acme' },
    cache: { lifetimeMs },
  }),
  { logger: false },
);
const tokens = app.get(ApiTokenService);
const authenticator = app.get(ApiTokenAuthenticator);

const commands = {
  issue: async () => {
    const { token, secret } = await tokens.issue(FULL);
    return { id: token.id, secret };
  },
  authenticate: async (secret) => (await authenticator.authenticate(secret)).ok,
  revoke: async (id) => (await tokens.revoke(id)).revokedAt !== null,
  /** Works until it is killed. Tells of every change that was acknowledged, and of none before. */
  work: async () => {
    for (;;) {
      const issued = await commands.issue();
      process.send({ acknowledged: { ...issued, state: 'issued' } });
      const other = await commands.issue();
      process.send({ acknowledged: { ...other, state: 'issued' } });
      const { secret } = await tokens.rotate(issued.id);
      process.send({ acknowledged: { id: issued.id, secret, old: issued.secret, state: 'rotated' } });
      await tokens.revoke(other.id);
      process.send({ acknowledged: { ...other, state: 'revoked' } });
    }
  },
};

process.on('message', async ({ command, argument }) => {
  process.send({ answer: await commands[command](argument) });
});
process.send({ answer: 'ready' });
