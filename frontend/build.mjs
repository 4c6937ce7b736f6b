// Builds the components' browser side into ui/components/built, with the licences of what goes in.
import { copyFileSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';

const OUT = '../ui/components/built';
const COMPONENTS = [
  'bands',
  'chart',
  'flow',
  'fullscreen',
  'keys',
  'list',
  'map',
  'named',
  'prose',
  'series',
  'tiles',
  'times',
  'typing',
];

rmSync(OUT, { recursive: true, force: true });
const result = await build({
  entryPoints: {
    ...Object.fromEntries(COMPONENTS.map((name) => [name, `src/${name}.ts`])),
    'map-worker': 'maplibre-gl/dist/maplibre-gl-worker.mjs',
  },
  outdir: OUT,
  bundle: true,
  format: 'esm',
  target: 'es2022',
  minify: true,
  legalComments: 'none',
  metafile: true,
  logLevel: 'info',
});

// A style sheet may import what it shares with another: each component's stands in a shadow root of its own. It keeps
// its lines: Streamlit takes a text without a line break for the name of a file.
await build({
  entryPoints: Object.fromEntries(COMPONENTS.map((name) => [name, `src/${name}.css`])),
  outdir: OUT,
  bundle: true,
  legalComments: 'none',
});
for (const name of COMPONENTS) copyFileSync(`src/${name}.html`, `${OUT}/${name}.html`);

// The packages that the bundle is made of; one that was bundled before brings its own dependencies' code too.
const packages = new Set();
function add(name) {
  if (packages.has(name)) return;
  packages.add(name);
  Object.keys(about(name).dependencies ?? {}).forEach(add);
}
function about(name) {
  return JSON.parse(readFileSync(`node_modules/${name}/package.json`, 'utf8'));
}
for (const path of Object.keys(result.metafile.inputs)) {
  const name = path.match(/node_modules\/((?:@[^/]+\/)?[^/]+)\//)?.[1];
  if (name) add(name);
}
const texts = [...packages].sort().map((name) => {
  const file = readdirSync(`node_modules/${name}`).find((found) => /^licen[cs]e(\.\w+)?$/i.test(found));
  const text = file ? readFileSync(`node_modules/${name}/${file}`, 'utf8') : 'The package brings no text of its own.';
  const { version, license } = about(name);
  return `${name} ${version} (${license})\n\n${text.trim()}\n`;
});
writeFileSync(`${OUT}/LICENCES.txt`, texts.join(`\n${'-'.repeat(80)}\n\n`));
