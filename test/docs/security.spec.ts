import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const ROOT = join(__dirname, '../..');
const TESTS = join(ROOT, 'test');
/** The cases that were written down before the code, and those that people met in applications. */
const CASE = /(?:[ACDFKLMOPTWX]|R[BCILOSX])\d{2}/;
/** A step of .ci/run, and two that wait for the SQL store. */
const ELSEWHERE = ['RO09', 'RS04', 'RS07'];
const ROW = /^\| (?<id>[A-Z]{1,2}\d{2}) +\| (?<promise>.+?) *\| `(?<keeper>[^`]+)` +\| (?<tests>.+?) *\|$/gm;

const page = readFileSync(join(ROOT, 'docs/security.md'), 'utf8');
const rows = [...page.matchAll(ROW)].map(({ groups }) => ({
  id: groups!['id']!,
  keeper: groups!['keeper']!,
  tests: [...groups!['tests']!.matchAll(/`([^`]+)`/g)].map(([, file]) => file!),
}));

/** Which cases stand in a title of each file: a text that begins with one, or with several. */
function casesByFile(): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const name of readdirSync(TESTS, { recursive: true, encoding: 'utf8' })) {
    if (name.includes('node_modules') || !/\.(?:spec|test)\.m?[jt]s$/.test(name)) continue;
    const text = readFileSync(join(TESTS, name), 'utf8');
    const titles = [
      ...text.matchAll(/['"`]((?:[A-Z]\d{2}[ '"`])+)/g),
      ...text.matchAll(/['"`](?:[^'"`\n]*[ (])?(R[BCILOSX]\d{2})\b/g),
    ];
    const cases = titles.flatMap(([title]) => title.match(new RegExp(CASE, 'g')) ?? []);
    found.set(name.replaceAll('\\', '/'), new Set(cases));
  }
  return found;
}

const shown = casesByFile();

describe('docs/security.md', () => {
  it('has each of the 143 cases and the 70 of applications once', () => {
    expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
    expect(rows.filter(({ id }) => id.length === 3)).toHaveLength(143);
    expect(rows.filter(({ id }) => id.length === 4)).toHaveLength(70 - ELSEWHERE.length);
    expect(rows.filter(({ id }) => ELSEWHERE.includes(id))).toEqual([]);
  });

  it('names every case that a test has in its title, or says that it waits', () => {
    const named = new Set(page.match(new RegExp(`\\b${CASE.source}\\b`, 'g')));
    const titled = new Set([...shown.values()].flatMap((ids) => [...ids]));
    expect([...titled].filter((id) => !named.has(id))).toEqual([]);
  });

  it.each(rows.map(({ id, ...row }) => [id, row] as const))(
    'tells the truth about %s',
    (id, { keeper, tests }) => {
      expect({ keeper, isThere: existsSync(join(ROOT, 'lib', keeper)) }).toEqual({ keeper, isThere: true });
      expect(tests).not.toEqual([]);
      expect(tests.filter((file) => !existsSync(join(TESTS, file)))).toEqual([]);
      expect(tests.filter((file) => !shown.get(file)?.has(id))).toEqual([]);
    },
  );
});
