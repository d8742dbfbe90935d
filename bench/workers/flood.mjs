/** What a valid request costs while strangers present tokens. One process per kind of flood, asked in turns. */
import { ApiTokenService, DefaultTokenGenerator, InMemoryApiTokenStore } from 'nestjs-api-token';
import { issueTokens, openApplication } from '../contestants/guards/api-token-policy-guard.mjs';
import { timed } from '../harness/clock.mjs';
import { ownLoop } from '../harness/own-loop.mjs';
import { summary } from '../harness/statistics.mjs';
import { makeContext } from '../workload/http-context.mjs';
import { admittedContexts } from '../workload/repository-route.mjs';

const TOKENS = 1_000;
const REQUESTS_PER_TURN = 25;

/** Answers later, as a database does. */
class LateStore extends InMemoryApiTokenStore {
  async findByDigest(digests) {
    await new Promise(setImmediate);
    return super.findByDigest(digests);
  }
}

const loop = ownLoop('valid requests during a flood', 'subject.canActivate(each) === true');
let application;
let secrets;
let flood;

/**
 * @param {{ perSecond: number, prepared: number }} options How many unknown tokens a second, none with 0; and how many
 * to make beforehand.
 */
export async function measure({ perSecond, prepared }) {
  // So long that no token is read again meanwhile, which would have to be awaited.
  const cache = { maxTokens: 10_000, lifetimeMs: 3_600_000 };
  application = await openApplication({ cache }, { useClass: LateStore });
  secrets = await issueTokens(application.get(ApiTokenService), TOKENS);
  const generator = new DefaultTokenGenerator({ prefix: 'bench' });
  const unknown = Array.from({ length: perSecond === 0 ? 0 : prepared }, () => generator.generate());
  flood = { perSecond, unknown, presented: 0 };
  for (const context of admittedContexts(application.route, secrets, TOKENS)) {
    await application.guard.canActivate(context);
  }
}

/** Works for so long, and answers what the requests took that were valid. */
export async function answer({ ms }) {
  const start = performance.now();
  const presentedBefore = flood.presented;
  const turns = [];
  for (let spent = 0; spent < ms; spent = performance.now() - start) {
    presentUnknown(presentedBefore + Math.floor((spent * flood.perSecond) / 1_000));
    await new Promise(setImmediate);
    const pool = admittedContexts(application.route, secrets, REQUESTS_PER_TURN);
    let admitted = 0;
    turns.push(timed(() => (admitted = loop(application.guard, pool))));
    if (admitted !== pool.length) throw new Error(`${admitted} of ${pool.length} were let in at once`);
  }
  const mean = turns.reduce((sum, turn) => sum + turn, 0) / turns.length;
  return {
    ns: summary(turns).median / REQUESTS_PER_TURN,
    meanNs: mean / REQUESTS_PER_TURN,
    presentedPerSecond: ((flood.presented - presentedBefore) * 1_000) / (performance.now() - start),
  };
}

export function close() {
  return application.close();
}

function presentUnknown(until) {
  for (; flood.presented < until; flood.presented += 1) {
    const secret = flood.unknown[flood.presented % flood.unknown.length];
    const context = makeContext(application.route, '42', [`Bearer ${secret}`]);
    Promise.resolve(application.guard.canActivate(context)).catch(() => undefined);
  }
}
