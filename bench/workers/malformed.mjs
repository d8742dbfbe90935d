/** What it takes to reject a secret that cannot be one. */
import { ApiTokenAuthenticator, DefaultTokenGenerator } from 'nestjs-api-token';
import { openApplication } from '../contestants/guards/api-token-policy-guard.mjs';
import { timed } from '../harness/clock.mjs';
import { ownLoop } from '../harness/own-loop.mjs';
import { race } from '../harness/race.mjs';
import { summary } from '../harness/statistics.mjs';
import { makeContext } from '../workload/http-context.mjs';

const AT_ONCE = 25;

const KINDS = {
  'cut short': (secret) => secret.slice(0, -1),
  'too long': (secret) => `${secret}A`,
  'with another character': (secret) => `${secret.slice(0, 20)}-${secret.slice(21)}`,
  'with a wrong checksum': (secret) => secret.slice(0, -1) + (secret.endsWith('A') ? 'B' : 'A'),
};

/** @param {{ turns: number, rounds: number, warmUps: number }} plan */
export async function measure(plan) {
  const application = await openApplication();
  const generator = new DefaultTokenGenerator({ prefix: 'bench' });
  const contestants = Object.entries(KINDS).flatMap(([kind, spoil]) => [
    {
      name: `${kind}, the authenticator`,
      sample: rejections(`${kind}, authenticator`, {
        subject: application.get(ApiTokenAuthenticator),
        call: 'subject.authenticate(each).reason === "malformed"',
        // Through bytes, as from a socket.
        make: () => Buffer.from(spoil(generator.generate())).toString('latin1'),
        turns: plan.turns,
      }),
    },
    {
      name: `${kind}, the guard with its exception`,
      sample: rejections(`${kind}, guard`, {
        subject: { rejects: (context) => rejects(application.guard, context) },
        call: 'subject.rejects(each)',
        make: () => makeContext(application.route, '42', [`Bearer ${spoil(generator.generate())}`]),
        turns: plan.turns,
      }),
    },
  ]);
  const timings = await race(contestants, plan);
  await application.close();
  return timings;
}

function rejections(label, { subject, call, make, turns }) {
  const loop = ownLoop(label, call);
  return async () => {
    const samples = [];
    for (let turn = 0; turn < turns; turn += 1) {
      const pool = Array.from({ length: AT_ONCE }, make);
      let rejected = 0;
      samples.push(timed(() => (rejected = loop(subject, pool))) / AT_ONCE);
      if (rejected !== AT_ONCE) throw new Error(`${label}: ${rejected} of ${AT_ONCE} were rejected at once`);
      await new Promise(setImmediate);
    }
    return summary(samples).median;
  };
}

function rejects(guard, context) {
  try {
    guard.canActivate(context);
    return false;
  } catch {
    return true;
  }
}
