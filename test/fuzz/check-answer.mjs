import { storedTextAllows } from './stored-policy.mjs';
import { TOKENS } from './tokens.mjs';

/** Credentials as the documentation says they are written. */
const WRITTEN = { authorization: /^(?:bearer|token) +([^\s]+)$/i, 'x-api-key': /^(.+)$/ };

/** White space around the value of a field is none of the value (RFC 9110 §5.5), and Node's parser takes it off. */
const AROUND = /^[\t ]+|[\t ]+$/g;

/** What is wrong with an answer; null where nothing is. */
export function wrongWith(request, { status, text, reached }, secrets, isFaulty) {
  if (status >= 500 && !(status === 503 && isFaulty)) return `status ${status}`;
  if (/password|postgres:/.test(text)) return 'the text of a driver';
  if (request.path === '/policies') {
    if (status >= 300 && status < 500) return `status ${status} for a policy`;
    return text.includes('"isSame":false') ? 'a policy that was stored otherwise' : null;
  }
  // Without it, the server has answered by itself, as it may to OPTIONS.
  return reached === undefined
    ? null
    : wrongWithReach(request, JSON.parse(decodeURIComponent(reached)), secrets);
}

function wrongWithReach({ headers }, reached, secrets) {
  const sent = headers.flatMap(([name, value]) => {
    const match = WRITTEN[name.toLowerCase()]?.exec(value.replace(AROUND, ''));
    return match ? [match[1]] : [];
  });
  const claims = sent.filter((secret) => secret.startsWith('acme_'));
  const fields = headers.filter(([name]) => name.toLowerCase() === 'authorization');
  if (claims.length > 1 || fields.length > 1) return 'reached with several credentials';
  if (!sent.includes(secrets[reached.token]))
    return `reached with token ${reached.token}, which was not sent`;
  const allows =
    reached.token === 'stored'
      ? storedTextAllows(reached.storedAs, reached)
      : TOKENS[reached.token].allows(reached);
  return allows ? null : `reached against the policy of ${reached.token}: ${JSON.stringify(reached)}`;
}
