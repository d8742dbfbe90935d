/** Builds dist/esm and dist/cjs, the two formats of the package, at once. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');

rmSync('dist', { recursive: true, force: true });
const codes = await Promise.all(
  ['esm', 'cjs'].map(async (format) => {
    const compiler = spawn(process.execPath, [tsc, '-p', `lib/tsconfig.${format}.json`], {
      stdio: 'inherit',
    });
    const [code] = await once(compiler, 'exit');
    return code;
  }),
);
if (codes.some((code) => code !== 0)) process.exit(1);
// Last: whoever finds it finds a whole build.
writeFileSync('dist/cjs/package.json', '{ "type": "commonjs" }\n');
