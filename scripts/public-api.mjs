/**
 * Writes what each entry of the package exports, with its types, to api/<entry>.d.ts: a change of the public API is then
 * seen in the diff. With `--check` it writes nothing and fails where a file says something else. Build first.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { ENTRIES } from './entries.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const isCheck = process.argv.includes('--check');
const printer = ts.createPrinter({ removeComments: true });

const fileOf = (path) => `${root}dist/esm/${path}.d.ts`;
const program = ts.createProgram(Object.values(ENTRIES).map(fileOf), {
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  target: ts.ScriptTarget.ES2022,
  skipLibCheck: true,
});
const checker = program.getTypeChecker();

function declarationsOf(symbol) {
  const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  const texts = (target.declarations ?? []).map((declaration) => {
    const node = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration;
    const text = printer.printNode(ts.EmitHint.Unspecified, node, node.getSourceFile());
    // An alias has another name here than where it is declared.
    return target.name === symbol.name ? text : `// ${symbol.name}:\n${text}`;
  });
  return texts.join('\n');
}

let isStale = false;
mkdirSync(`${root}api`, { recursive: true });
for (const [name, path] of Object.entries(ENTRIES)) {
  const entry = program.getSourceFile(fileOf(path));
  const exported = checker.getExportsOfModule(checker.getSymbolAtLocation(entry));
  const sorted = exported.toSorted((one, other) => (one.name < other.name ? -1 : 1));
  const text = `${sorted.map(declarationsOf).join('\n\n')}\n`;
  const file = `${root}api/${name === '.' ? 'index' : name.slice(2).replaceAll('/', '-')}.d.ts`;
  if (!isCheck) writeFileSync(file, text);
  else if (!existsSync(file) || readFileSync(file, 'utf8') !== text) {
    console.error(`${file.slice(root.length)} does not match the build. Run: npm run api`);
    isStale = true;
  }
}
if (isStale) process.exitCode = 1;
