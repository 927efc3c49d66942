import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { BINDINGS_VARIABLE } from './global-setup';
import { Bindings, goBuild } from './library';
import { ROOT, TIMEOUT_MS, run, tool } from './tools';

jest.setTimeout(2 * TIMEOUT_MS);

interface Snippet {
  readonly language: string;
  readonly code: string;
  /** File and line, for people. */
  readonly place: string;
}

const bindings = JSON.parse(process.env[BINDINGS_VARIABLE]!) as Bindings;
const folder = mkdtempSync(join(tmpdir(), 'grove-snippets-'));
const snippets = [join(ROOT, 'README.md'), ...markdownIn(join(ROOT, 'docs'))].flatMap(snippetsOf);
const inLanguage = (...languages: string[]) => snippets.filter(({ language }) => languages.includes(language));

afterAll(() => rmSync(folder, { recursive: true }));

function markdownIn(path: string): string[] {
  return readdirSync(path, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.md')).sort().map(name => join(path, name));
}

function snippetsOf(file: string): Snippet[] {
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(/^```(\w+)\n([^]*?)^```$/gm)].map(match => ({
    language: match[1]!, code: match[2]!, place: `${relative(ROOT, file)}:${text.slice(0, match.index).split('\n').length + 1}`,
  }));
}

/** Runs a program in the folder of that name and returns the manifests that it writes, by the names of their files. */
async function manifests(name: string, synthesize: (cwd: string, env: NodeJS.ProcessEnv) => Promise<unknown>): Promise<Record<string, string>> {
  const [cwd, outdir] = [join(folder, name), join(folder, name, 'dist')];
  await synthesize(cwd, { CDK8S_OUTDIR: outdir });
  return Object.fromEntries(readdirSync(outdir).sort().map(file => [file, readFileSync(join(outdir, file), 'utf8')]));
}

function write(name: string, file: string, code: string): void {
  mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, name, file), code);
}

async function inTypeScript(name: string, code: string): Promise<Record<string, string>> {
  write(name, 'main.ts', code);
  return manifests(name, async (cwd, env) => run(tool('tsx'), ['--tsconfig', join(ROOT, 'tsconfig.check.json'), join(cwd, 'main.ts')], { env }));
}

async function inPython(name: string, code: string): Promise<Record<string, string>> {
  write(name, 'main.py', code);
  return manifests(name, async (cwd, env) => run(bindings.python, ['main.py'], { cwd, env }));
}

async function inGo(name: string, code: string): Promise<Record<string, string>> {
  write(name, 'main.go', code);
  write(name, 'go.mod', 'module example.com/snippet\n\ngo 1.25\n');
  return manifests(name, async (cwd, env) => {
    await run('go', goBuild(bindings, join(cwd, 'program')), { cwd });
    await run(join(cwd, 'program'), [], { env });
  });
}

test('README shows the same program in three languages, and they write the same bytes', async () => {
  const [typescript, python, go] = ['ts', 'python', 'go'].map(language => inLanguage(language).filter(({ place }) => place.startsWith('README.md:')));
  expect([typescript, python, go].map(found => found?.length)).toEqual([1, 1, 1]);
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  const expected = await inTypeScript('readme-ts', typescript![0]!.code);
  expect(Object.keys(expected)).toEqual(['chatbot.k8s.yaml']);
  expect(await inPython('readme-python', python![0]!.code)).toEqual(expected);
  expect(await inGo('readme-go', go![0]!.code)).toEqual(expected);
});

test('programs in Python and Go elsewhere in the docs run', async () => {
  const elsewhere = inLanguage('python', 'go').filter(({ place }) => !place.startsWith('README.md:'));
  for (const [index, { language, code }] of elsewhere.entries()) {
    const written = language === 'go' ? await inGo(`go-${index}`, code) : await inPython(`python-${index}`, code);
    expect(Object.keys(written)).not.toEqual([]);
  }
});

/** jsii-rosetta looks for snippets in an assembly: the library's own, whose README is made of all snippets here. */
test('every snippet in TypeScript compiles and can be said in the other languages', async () => {
  const assembly = join(folder, 'assembly');
  mkdirSync(assembly);
  cpSync(join(bindings.package, 'lib'), join(assembly, 'lib'), { recursive: true });
  cpSync(join(bindings.package, 'package.json'), join(assembly, 'package.json'));
  symlinkSync(join(ROOT, 'node_modules'), join(assembly, 'node_modules'));
  const typescript = inLanguage('ts', 'typescript');
  const markdown = typescript.map(({ code }) => `\`\`\`ts\n${code}\`\`\`\n`);
  writeFileSync(join(assembly, '.jsii'), JSON.stringify({
    ...JSON.parse(readFileSync(join(bindings.package, '.jsii'), 'utf8')), readme: { markdown: markdown.join('\n') },
  }));
  /** Where a line of the joined text comes from. */
  const placeOf = (line: number): string => {
    let first = 1;
    const index = markdown.findIndex(text => {
      first += text.split('\n').length;
      return first > line;
    });
    return typescript[index]?.place ?? 'nowhere';
  };
  await run(tool('jsii-rosetta'), ['extract', '--compile', '--fail', '.'], { cwd: assembly })
    .catch((error: Error) => { throw new Error(error.message.replace(/cdk8s-grove-README-L(\d+)\.ts/g, (_, line) => placeOf(Number(line)))); });
});
