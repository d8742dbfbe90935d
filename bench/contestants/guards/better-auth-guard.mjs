import { randomUUID } from 'node:crypto';
import { apiKey } from '@better-auth/api-key';
import { betterAuth } from 'better-auth';
import { memoryAdapter } from 'better-auth/adapters/memory';
import { POLICY_ID, repositoryRoute } from '../../workload/repository-route.mjs';

/** Reading repositories is all that can be said: its permissions know resources and actions, but no items. */
const permissions = { [POLICY_ID]: ['GET'] };

class BetterAuthGuard {
  constructor(auth) {
    this.auth = auth;
  }

  async canActivate(context) {
    const request = context.switchToHttp().getRequest();
    const [type, key] = request.headers.authorization?.split(' ') ?? [];
    if (type !== 'Bearer' || !key) return false;
    const { valid } = await this.auth.api.verifyApiKey({ body: { key, permissions } });
    return valid;
  }
}

export const betterAuthGuard = {
  name: '@better-auth/api-key, verification',
  awaits: true,
  open: async (count) => {
    const now = new Date();
    const user = { id: randomUUID(), name: 'bench', email: 'bench@example.com', emailVerified: true };
    const database = {
      user: [{ ...user, createdAt: now, updatedAt: now }],
      session: [],
      account: [],
      verification: [],
      apikey: [],
    };
    const auth = betterAuth({
      database: memoryAdapter(database),
      secret: randomUUID() + randomUUID(),
      baseURL: 'http://localhost',
      // It logs each rejection with its stack.
      logger: { disabled: true },
      telemetry: { enabled: false },
      // On by default, with ten requests a day.
      plugins: [apiKey({ defaultPrefix: 'bench_', rateLimit: { enabled: false } })],
    });
    const secrets = [];
    for (let index = 0; index < count; index += 1) {
      const { key } = await auth.api.createApiKey({ body: { userId: user.id, permissions } });
      secrets.push(key);
    }
    return { guard: new BetterAuthGuard(auth), secrets, route: repositoryRoute() };
  },
};
