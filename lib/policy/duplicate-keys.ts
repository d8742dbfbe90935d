const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],]/g;

interface Level {
  /** The keys seen so far; null in a list. */
  readonly keys: Set<string> | null;
  /** The key or index under which the value being read stands. */
  at: string | number;
  /** Whether the next string is a key. */
  expectsKey: boolean;
}

/**
 * The paths of keys that stand twice in one object. `JSON.parse` keeps the last of them silently, so the author
 * of a policy and whatever decides by it would read two documents.
 *
 * @param text - JSON that `JSON.parse` has accepted.
 */
export function* duplicateKeys(text: string): Generator<(string | number)[]> {
  const levels: Level[] = [];
  for (const [token] of text.matchAll(TOKEN)) {
    const level = levels.at(-1);
    if (token === '{') {
      levels.push({ keys: new Set(), at: '', expectsKey: true });
    } else if (token === '[') {
      levels.push({ keys: null, at: 0, expectsKey: false });
    } else if (token === '}' || token === ']') {
      levels.pop();
    } else if (level === undefined) {
      continue;
    } else if (token === ',') {
      level.expectsKey = level.keys !== null;
      if (typeof level.at === 'number') level.at += 1;
    } else if (level.keys !== null && level.expectsKey) {
      const key = JSON.parse(token) as string;
      level.at = key;
      level.expectsKey = false;
      if (level.keys.has(key)) yield levels.map(({ at }) => at);
      level.keys.add(key);
    }
  }
}
