import { alignedRows } from '../../utils/aligned-rows.js';

/** A request that became something else than its token's policy promises. */
export interface PolicyDisagreement {
  readonly method: string;
  readonly path: string;
  /** Whom the request was for, such as `ProjectController.find`. */
  readonly handler: string;
  /** What the request was sent with: the name of a policy, `no token` or `a damaged token`. */
  readonly credential: string;
  /** What had to become of it. */
  readonly promised: string;
  /** What became of it. */
  readonly got: string;
}

const HEADER = ['METHOD', 'PATH', 'WITH', 'PROMISED', 'GOT', 'HANDLER'];
/** More than anybody reads, and few enough for a terminal. */
const SHOWN = 40;

/** What to do about it, by what was got. */
const HINTS: readonly { readonly about: RegExp; readonly hint: string }[] = [
  {
    about: /before the policy guard$/,
    hint:
      'What answers before the policy guard may want something: headers: { ... }, params: { ... } for path parameters, ' +
      'ids: { ... } for items. A 404 may also be a route that another one hides. except: (route) => ... leaves routes out.',
  },
  {
    about: /^rejected: resource-id-not-canonical/,
    hint: 'A path that a parameter of another route takes too is authorized as that route: declare the fixed path before it.',
  },
  {
    about: /^skipped by skipIf/,
    hint: 'skipIf lets only some requests of a route pass the guard by: it has to tell by the handler alone.',
  },
  {
    about: /^not stopped/,
    hint: 'Stopped here, as handlers may have run: leave routes that middleware answers out with except: (route) => ...',
  },
];

/** Routes that are not authorized as policies promise. */
export class PolicyMatrixError extends Error {
  override readonly name = 'PolicyMatrixError';
  readonly code = 'API_TOKEN_POLICY_MATRIX';

  /**
   * @param disagreements - All of them; the message shows the first.
   * @param requests - How many requests were sent.
   */
  constructor(
    readonly disagreements: readonly PolicyDisagreement[],
    readonly requests: number,
  ) {
    super([summary(disagreements, requests), ...table(disagreements), ...hints(disagreements)].join('\n'));
  }
}

function summary({ length }: readonly PolicyDisagreement[], requests: number): string {
  return `API tokens are not authorized as their policies promise (${length} times, in ${requests} requests):`;
}

function table(disagreements: readonly PolicyDisagreement[]): string[] {
  const rows = disagreements
    .slice(0, SHOWN)
    .map(({ method, path, credential, promised, got, handler }) => [
      method,
      path,
      credential,
      promised,
      got,
      handler,
    ]);
  const lines = alignedRows([HEADER, ...rows]).map((line) => `  ${line}`);
  const hidden = disagreements.length - rows.length;
  return hidden > 0 ? [...lines, `  … and ${hidden} more`] : lines;
}

function hints(disagreements: readonly PolicyDisagreement[]): string[] {
  return HINTS.filter(({ about }) => disagreements.some((found) => about.test(found.got))).map(
    ({ hint }) => hint,
  );
}
