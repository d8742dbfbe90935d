/**
 * `:name`, `:"any name"`, `*name`, `*` and, on Express 4, an unnamed `(…)`; each but the last with the pattern that may
 * follow it, as in `:id(\\d+)`.
 */
const PARAMETER =
  /(?:[:*](?:"(?<quoted>[^"]+)"|(?<name>[\p{ID_Start}_$][\p{ID_Continue}$]*))|\*)(?:\((?:[^()\\]|\\.|\([^()]*\))*\))?|\((?!\?)(?:[^()\\]|\\.|\([^()]*\))*\)/gu;

/** The names of a route path's parameters; `*` for one without a name. */
export function pathParameters(path: string): string[] {
  return [...path.matchAll(PARAMETER)].map(nameOf);
}

/** The name of the last parameter of a path, if it stands in the last segment. */
export function parameterAtEnd(path: string): string | undefined {
  const last = [...path.matchAll(PARAMETER)].at(-1);
  if (last === undefined) return undefined;
  return path.includes('/', last.index + last[0].length) ? undefined : nameOf(last);
}

function nameOf({ groups }: RegExpMatchArray): string {
  return groups?.['quoted'] ?? groups?.['name'] ?? '*';
}

/** Every way to join a route path of one list of parts per level: Nest takes lists at each. */
export function joinedPaths(...levels: readonly (string | readonly string[] | undefined)[]): string[] {
  return levels.reduce<string[]>(
    (starts, level) => {
      const ends = (Array.isArray(level) ? level : [level ?? '']) as readonly string[];
      return starts.flatMap((start) => ends.map((end) => joined(start, end)));
    },
    [''],
  );
}

function joined(start: string, end: string): string {
  const part = end.replace(/^\/+|\/+$/g, '');
  return part === '' ? start : `${start}/${part}`;
}
