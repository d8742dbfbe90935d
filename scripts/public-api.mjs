/**
 * Writes what each entry exports, as its types are published, to api/<entry>.d.ts, so that a change of the public API is
 * seen in its diff. With --check it writes nothing, and fails where they differ. Needs the build.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format } from 'prettier';
import ts from 'typescript';
import { ENTRIES } from './entries.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = resolve(root, 'dist/esm');
const entryFile = (folder) => join(dist, folder, 'index.d.ts');

const program = ts.createProgram(Object.values(ENTRIES).map(entryFile), {
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  skipLibCheck: true,
});
const checker = program.getTypeChecker();
const printer = ts.createPrinter({ removeComments: true });

const resolved = (symbol) =>
  symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;

const ownDeclarations = (symbol) =>
  (symbol.declarations ?? [])
    .map((node) =>
      ts.isVariableDeclaration(node) ? node.parent.parent : ts.isTypeParameterDeclaration(node) ? null : node,
    )
    .filter((node) => node?.getSourceFile().fileName.startsWith(dist) && ts.isStatement(node));

/** The symbols of this package that a declaration names. */
function named(node, found = new Set()) {
  if (ts.isIdentifier(node)) {
    const symbol = checker.getSymbolAtLocation(node);
    if (symbol !== undefined) found.add(resolved(symbol));
  }
  ts.forEachChild(node, (child) => void named(child, found));
  return found;
}

const text = (symbol) =>
  ownDeclarations(symbol)
    .map((node) =>
      printer
        .printNode(ts.EmitHint.Unspecified, node, node.getSourceFile())
        .replace(/^(?:export|declare) /gm, ''),
    )
    .join('\n');

function apiOf(folder) {
  const source = checker.getSymbolAtLocation(program.getSourceFile(entryFile(folder)));
  const exported = new Map(
    checker
      .getExportsOfModule(source)
      .map((symbol) => [symbol.name, resolved(symbol)])
      .toSorted(([left], [right]) => (left < right ? -1 : 1)),
  );
  const shown = new Set(exported.values());
  const hidden = new Set();
  const queue = [...shown];
  for (const symbol of queue) {
    for (const declaration of ownDeclarations(symbol)) {
      for (const other of named(declaration)) {
        if (shown.has(other) || hidden.has(other) || ownDeclarations(other).length === 0) continue;
        hidden.add(other);
        queue.push(other);
      }
    }
  }
  const parts = [...exported].map(([name, symbol]) =>
    symbol.name === name
      ? `export ${text(symbol)}`
      : `export { ${symbol.name} as ${name} };\n${text(symbol)}`,
  );
  const others = [...hidden].map(text).toSorted();
  return [...parts, ...(others.length > 0 ? ['// Named by these, and not exported', ...others] : [])].join(
    '\n\n',
  );
}

let changed = false;
for (const [entry, folder] of Object.entries(ENTRIES)) {
  const name = entry === '.' ? 'index' : entry.slice(2).replaceAll('/', '-');
  const file = join(root, 'api', `${name}.d.ts`);
  const options = JSON.parse(readFileSync(join(root, '.prettierrc.json'), 'utf8'));
  const wanted = await format(`${apiOf(folder)}\n`, { ...options, parser: 'typescript' });
  const written = existsSync(file) ? readFileSync(file, 'utf8') : '';
  if (written === wanted) continue;
  changed = true;
  if (process.argv.includes('--check')) {
    console.error(
      `The public API of ${entry} is not that of api/${name}.d.ts. See the difference: npm run api`,
    );
  } else {
    mkdirSync(join(root, 'api'), { recursive: true });
    writeFileSync(file, wanted);
  }
}
if (changed && process.argv.includes('--check')) process.exitCode = 1;
