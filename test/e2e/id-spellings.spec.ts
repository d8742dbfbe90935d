import { describe, expect, it, jest } from '@jest/globals';
import { Controller, Get, Param, ValidationPipe } from '@nestjs/common';
import { PolicyId, type TokenPolicy } from 'nestjs-api-token';
import { bearer, startApplication, TRANSPORTS } from '../support/application.js';
import { outcomeOf, unguardedServer } from '../support/control.js';
import { BLOCKED_42 } from '../support/authorized-requests.js';
import { calls, issueSecret, reviewServer } from '../support/review-server.js';

// Hundreds of requests in a test.
jest.setTimeout(60_000);

/** Spellings that somebody takes for 42: a pipe, a number parser, a proxy or a reader. */
const SPELLINGS_OF_42 = words(`
  42 042 00042 +42 %2B42 -42 42. 42.0 4.2e1 42e0 0x2a 0X2A 0b101010 0o52 42n 4_2 %34%32 4%32 %2534%2532
  42%20 %2042 42%09 42%0A 42%00 %C2%A042 42%E2%80%8B %EF%BB%BF42 %EF%BC%94%EF%BC%92 %D9%A4%D9%A2 42,42
  42%2C7 42%2F %2F42 42%2F.. 42\\ 42%5C 42;x=1 42%3Bx=1 42; 42?id=7 42?id=7&id=8 42%3Fid=7 42#7 42%23
  42.json 42% %zz 42%25 * %2A 42%0D%0A 42%7F %2e%2e 42/. 42/.. ./42 %2e/42 1/../42
`);

/** Spellings of texts, which go to the handler as they are. */
const TEXTS = words(`
  abc ABC abc%20 %20abc abc%00 a%2Fb a%2fb a%252Fb a;b=c a%3Bb a,b a+b a%2Bb * %2A __proto__ constructor
  toString e%CC%81 %C3%A9 %c3%a9 %F0%9F%90%88 a%5Cb a\\b a?b=c a%3Fb a#b a%23b %2e %2e%2e . .. %EF%BF%BD
  %ED%A0%80 a%C2%85b a%E2%80%A8b
`);

/** IDs that no policy can name, so that its wildcards alone decide. */
const UNNAMED: ReadonlySet<string> = new Set(['*', '__proto__']);

@PolicyId('project')
@Controller('projects')
class TransformingController {
  @Get(':id')
  find(@Param('id') id: number) {
    calls.push(String(id));
    return {};
  }
}

describe.each(TRANSPORTS)('spellings of resource IDs on %s', (transport) => {
  it('C01 C05 C06 C07 C09 C10 C19 none of a blocked number reaches its handler', async () => {
    const controllers = [TransformingController];
    const transform = new ValidationPipe({ transform: true });
    const control = await startApplication(transport, { controllers }, (app) =>
      app.useGlobalPipes(transform),
    );
    const guarded = await startApplication(transport, { ...reviewServer(), controllers }, (app) =>
      app.useGlobalPipes(transform),
    );
    const secret = await issueSecret(guarded, BLOCKED_42);
    const reaching: string[] = [];
    for (const spelling of SPELLINGS_OF_42) {
      const path = `/projects/${spelling}`;
      const reached = await outcomeOf(control, 'GET', path);
      const authorized = await outcomeOf(guarded, 'GET', path, bearer(secret));
      const isRejected = [400, 403, 404].includes(authorized.status);
      // Other numbers may pass, but only where they are what the handler gets anyway.
      expect({ spelling, isRejected, called: authorized.called }).toEqual({
        spelling,
        isRejected: !authorized.called.length,
        called: isRejected ? [] : reached.called.filter((id) => id !== '42'),
      });
      if (reached.called.includes('42')) reaching.push(spelling);
    }
    // The control shows that there was something to reject: what Number() takes for 42.
    expect(reaching).toEqual(
      expect.arrayContaining(['42', '042', '42.0', '4.2e1', '0x2a', '42%20', '%34%32']),
    );
  });

  it('C07 C08 C09 C10 C12 C14 C19 a text is authorized as the handler gets it', async () => {
    const control = await startApplication(transport, unguardedServer());
    const guarded = await startApplication(transport, reviewServer());
    const outcome = async (path: string, policy: TokenPolicy | 'full-access') =>
      outcomeOf(guarded, 'GET', path, bearer(await issueSecret(guarded, policy)));
    const reaching: string[] = [];
    for (const spelling of TEXTS) {
      const path = `/projects/1/reviews/${spelling}`;
      const { called } = await outcomeOf(control, 'GET', path);
      const id = /^review\.find (?<id>.*)$/su.exec(called[0] ?? '')?.groups?.['id'];
      if (id === undefined) continue;
      reaching.push(spelling);
      if (/\p{Cc}/u.test(id)) {
        expect({ spelling, ...(await outcome(path, 'full-access')) }).toEqual({
          spelling,
          status: 400,
          called: [],
        });
        continue;
      }
      const named = UNNAMED.has(id) ? '*' : id;
      const denied = await outcome(path, reviews({ [named]: { block: ['*'] } }));
      expect({ spelling, ...denied }).toEqual({ spelling, status: 403, called: [] });
      const alone = await outcome(path, reviews({ '*': { block: ['*'] }, [named]: { allow: ['*'] } }));
      expect({ spelling, ...alone }).toEqual({ spelling, status: 200, called });
    }
    expect(reaching).toEqual(expect.arrayContaining(['abc', 'ABC', 'a%2Fb', 'a%252Fb', '%2A', '__proto__']));
  });
});

function reviews(sections: Record<string, { allow?: ['*']; block?: ['*'] }>): TokenPolicy {
  return { resources: { review: sections } };
}

function words(text: string): string[] {
  return text.trim().split(/\s+/);
}
