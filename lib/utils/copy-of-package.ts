/** The place in a line of a stack trace: `at <function> (<place>:<line>:<column>)`. */
const PLACE = /(?:\(|at )((?:file:)?\/?[^()\n]*?):\d+:\d+\)?$/m;

/** Where this copy of the package was loaded from. The module formats have no common name for it but the stack. */
export const COPY: string =
  PLACE.exec(new Error('copy').stack ?? '')?.[1]?.replace(/\/[^/]*$/, '') ?? 'an unknown place';
