/** How often the repository is read for tokens that are not in the cache. */
import { ApiTokenService, DefaultTokenGenerator, InMemoryApiTokenStore } from 'nestjs-api-token';
import { issueTokens, openApplication } from '../contestants/guards/api-token-policy-guard.mjs';
import { makeContext } from '../workload/http-context.mjs';

/** Answers later, as a database does, and counts. */
class CountingStore extends InMemoryApiTokenStore {
  reads = 0;

  async findByDigest(digests) {
    this.reads += 1;
    await new Promise(setImmediate);
    return super.findByDigest(digests);
  }
}

/** @param {{ tokens: number }} options How many of each kind. */
export async function measure({ tokens }) {
  const store = new CountingStore();
  const application = await openApplication({}, { useValue: store });
  const generator = new DefaultTokenGenerator({ prefix: 'bench' });
  const unknown = Array.from({ length: tokens }, () => generator.generate());
  const misspelt = unknown.map((secret) => secret.slice(0, -1) + (secret.endsWith('A') ? 'B' : 'A'));
  const [issued] = await issueTokens(application.get(ApiTokenService), 1);
  const reads = async (secrets) => {
    const before = store.reads;
    await Promise.all(secrets.map((secret) => presented(application, secret)));
    return store.reads - before;
  };
  const answer = {
    tokens,
    unknown: await reads(unknown),
    unknownAgain: await reads(unknown),
    misspelt: await reads(misspelt),
    oneTokenAtOnce: await reads(Array.from({ length: tokens }, () => issued)),
  };
  await application.close();
  return answer;
}

async function presented({ guard, route }, secret) {
  try {
    await guard.canActivate(makeContext(route, '42', [`Bearer ${secret}`]));
  } catch {
    // Most are rejected.
  }
}
