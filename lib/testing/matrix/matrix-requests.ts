import type { ItemRoute } from '../../routes/route-declaration.js';
import type { CompiledPolicy } from '../../policy/index.js';
import type { TestRequest } from '../client/application-server.js';
import { aliasesOf } from './example-ids.js';
import type { MatrixExamples } from './matrix-examples.js';
import type { MatrixPlace } from './matrix-places.js';
import { AUTHENTICATED, decided, rejected } from './verdict.js';

/** What requests are sent with. */
export interface MatrixCredential {
  /** As it is named in the report. */
  readonly name: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** A token whose policy is known. */
export interface MatrixToken extends MatrixCredential {
  readonly headers: { readonly authorization: string };
  readonly policy: CompiledPolicy;
  /** The items that the policy names, by policy ID. */
  readonly namedIds: ReadonlyMap<string, readonly string[]>;
}

/** A request, and what may become of it. */
export interface MatrixRequest {
  readonly place: MatrixPlace;
  readonly credential: string;
  readonly request: TestRequest;
  /** The verdicts that keep the promise. None where nothing is promised. */
  readonly promised: readonly string[];
}

/** A request for a place. */
export function matrixRequest(
  place: MatrixPlace,
  { name, headers }: MatrixCredential,
  path: string,
  promised: readonly string[],
): MatrixRequest {
  const request = { method: place.method, path, headers: { ...place.headers, ...headers } };
  return { place, credential: name, request, promised };
}

/** The requests for a place with a token: one, or those for each item in each of its spellings. */
export function tokenRequests(
  place: MatrixPlace,
  token: MatrixToken,
  examples: MatrixExamples,
): MatrixRequest[] {
  const { policy } = place.route;
  switch (policy.kind) {
    case 'skipped':
      return [];
    case 'closed':
      return [matrixRequest(place, token, examples.path(place), [rejected('route-closed')])];
    case 'misconfigured':
      return [matrixRequest(place, token, examples.path(place), [rejected('route-misconfigured')])];
    case 'authenticated':
      return [matrixRequest(place, token, examples.path(place), [AUTHENTICATED])];
    case 'collection':
      return [
        matrixRequest(place, token, examples.path(place), [promiseOf(place, token, policy.policyId, null)]),
      ];
    case 'item':
      return itemRequests(place, policy, token, examples);
  }
}

function itemRequests(
  place: MatrixPlace,
  policy: ItemRoute,
  token: MatrixToken,
  examples: MatrixExamples,
): MatrixRequest[] {
  const { policyId } = policy;
  const ids = new Set([examples.ids, token.namedIds].flatMap((named) => named.get(policyId) ?? []));
  return [...ids].flatMap((id) => {
    const promise = promiseOf(place, token, policyId, id);
    return [
      matrixRequest(place, token, examples.path(place, id), [promise]),
      ...aliasesOf(place.route, policy, id).map((alias) =>
        matrixRequest(place, token, examples.path(place, alias), [
          rejected('resource-id-not-canonical'),
          promise,
        ]),
      ),
    ];
  });
}

function promiseOf(
  { method }: MatrixPlace,
  { policy }: MatrixToken,
  policyId: string,
  resourceId: string | null,
): string {
  return decided(policy.allows(policyId, method, resourceId), policyId, resourceId);
}
