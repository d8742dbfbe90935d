/** `:name`, `:"any name"`, `*name`, `*` and, on Express 4, an unnamed `(…)`. */
const PARAMETER = /[:*](?:"(?<quoted>[^"]+)"|(?<name>[\p{ID_Start}_$][\p{ID_Continue}$]*))|\*|\((?!\?)/gu;

/** The names of a route path's parameters; `*` for one without a name. */
export function pathParameters(path: string): string[] {
  return [...path.matchAll(PARAMETER)].map(({ groups }) => groups?.['quoted'] ?? groups?.['name'] ?? '*');
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
