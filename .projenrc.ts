import { JsonFile, TextFile, cdk8s, javascript, typescript } from 'projen';

const transform = ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } }];

const project = new cdk8s.ConstructLibraryCdk8s({
  name: 'cdk8s-grove',
  description: 'NVIDIA Grove for TypeScript: typed cdk8s constructs and a light controller for large AI inference on Kubernetes',
  keywords: ['cdk8s', 'grove', 'kubernetes', 'gang-scheduling', 'inference', 'nvlink'],
  author: 'cdk8s-grove maintainers',
  authorAddress: 'maintainers@cdk8s-grove.example',
  authorOrganization: true,
  repositoryUrl: 'https://github.com/cdk8s-grove/cdk8s-grove.git',
  defaultReleaseBranch: 'main',
  license: 'Apache-2.0',
  stability: 'experimental',
  packageManager: javascript.NodePackageManager.NPM,
  minNodeVersion: '20.20.0',
  projenrcTs: true,
  projenVersion: '0.103.25',
  runner: typescript.TypeScriptRunner.tsx({}),

  cdk8sVersion: '2.69.0',
  constructsVersion: '10.3.0',
  jsiiVersion: '~6.0.16',
  typescriptVersion: '~6.0.3',
  peerDeps: ['cdk8s-plus-28@^2.5.6'],
  devDeps: [
    'cdk8s-plus-28@2.5.6',
    '@marcbachmann/cel-js@8.0.0',
    '@types/node@^20',
    '@swc/core@1.16.18',
    '@swc/jest@0.2.39',
    'ajv@8.20.0',
    'esbuild@0.28.2',
    'fast-check@4.10.2',
    'fengari@0.1.5',
    'highs@1.15.3',
    'tsx@4.23.15',
    'yaml@2.9.1',
  ],

  entrypoint: 'lib/src/index.js',
  tsconfig: {
    compilerOptions: { rootDir: '.', outDir: 'lib', target: 'es2022', lib: ['es2022'], module: 'node16', types: ['node'] },
    include: ['constructs/**/*.ts'],
  },
  github: false,
  release: false,
  depsUpgrade: false,
  sampleCode: false,
  integrationTestAutoDiscover: false,
  jestOptions: {
    updateSnapshot: javascript.UpdateSnapshot.NEVER,
    junitReporting: false,
    configFilePath: 'jest.config.json',
    jestConfig: { testMatch: [] },
  },
  publishToPypi: { distName: 'cdk8s-grove', module: 'cdk8s_grove' },
  publishToGo: { moduleName: 'github.com/cdk8s-grove/cdk8s-grove-go', packageName: 'cdk8sgrove' },
  gitignore: ['/controller/lib', '/controller/dist', '/examples/*/dist', '/examples/*/*/dist', '__pycache__', '*.tsbuildinfo'],
});

// --- the package: one jsii library with a plain-TypeScript subpath for the controller and for users' own tools
project.package.addField('types', 'lib/src/index.d.ts');
project.package.addField('exports', {
  '.': './lib/src/index.js',
  './core': './lib/src/core/index.js',
  './crds/*': './crds/*',
  './gitops/*': './gitops/*',
  './package.json': './package.json',
  './.jsii': './.jsii',
  './.warnings.jsii.js': './.warnings.jsii.js',
});
project.package.addField('workspaces', ['controller']);
// A newer resolver lacks some per-platform binaries on slow mirrors, and `npm ci` then refuses the lock file.
project.package.addPackageResolutions('unrs-resolver@1.12.2');
project.npmignore!.addPatterns(
  '/controller', '/examples', '/constructs', '/test', '/docs', '/scripts', '/.ci', '/jest.config.json', '/tsconfig.*.json', '/CONTRIBUTING.md', '/.nvmrc', '*.ts', '!*.d.ts',
);
project.tasks.addEnvironment('JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION', '20');

new JsonFile(project, 'controller/package.json', {
  obj: {
    name: 'cdk8s-grove-controller',
    version: '0.0.0',
    description: 'The light Grove controller and the grove command line',
    license: 'Apache-2.0',
    private: true,
    bin: { 'grove': 'dist/grove.cjs', 'kubectl-grove': 'dist/grove.cjs' },
    files: ['dist'],
    dependencies: {
      '@kubernetes/client-node': '1.4.0',
      'cdk8s-grove': 'file:..',
      'commander': '14.0.3',
      'pino': '10.4.0',
      'prom-client': '15.1.3',
      'yaml': '2.9.1',
    },
  },
});

// --- one resolution of `cdk8s-grove` for tests, examples, type check and bundle: the sources
const aliases = { 'cdk8s-grove/core': 'src/core/index.ts', 'cdk8s-grove': 'src/index.ts' };
new JsonFile(project, 'tsconfig.check.json', {
  marker: false,
  obj: {
    extends: './tsconfig.json',
    compilerOptions: {
      noEmit: true,
      rootDir: '.',
      module: 'preserve',
      moduleResolution: 'bundler',
      target: 'es2023',
      lib: ['es2023'],
      esModuleInterop: true,
      skipLibCheck: true,
      resolveJsonModule: true,
      types: ['node', 'jest'],
      paths: Object.fromEntries(Object.entries(aliases).map(([name, file]) => [name, [`./${file}`]])),
    },
    include: ['src', 'constructs', 'controller/src', 'examples', 'test', 'scripts', '.projenrc.ts'],
    exclude: ['node_modules', '**/node_modules', 'lib'],
  },
});
// The core is held to checks that jsii's own tsconfig may not have.
new JsonFile(project, 'tsconfig.core.json', {
  marker: false,
  obj: {
    compilerOptions: {
      noEmit: true,
      strict: true,
      noUncheckedIndexedAccess: true,
      exactOptionalPropertyTypes: true,
      noImplicitOverride: true,
      noUnusedLocals: true,
      noUnusedParameters: true,
      target: 'es2022',
      lib: ['es2022'],
      module: 'node16',
      types: [],
      skipLibCheck: true,
    },
    include: ['src/core/**/*.ts'],
  },
});

// --- tests: `unit` needs nothing; `integration` starts the real control plane once a run; `bindings` builds the library for Python and Go
const jestProject = (displayName: string, testMatch: string[], extra: object = {}) => ({
  displayName,
  rootDir: '.',
  testMatch,
  testEnvironment: 'node',
  transform: { '^.+\\.(t|j)sx?$': transform },
  transformIgnorePatterns: ['/node_modules/(?!(@kubernetes/client-node|@marcbachmann/cel-js|openid-client|oauth4webapi|jose|jsonpath-plus)/)'],
  modulePathIgnorePatterns: ['<rootDir>/lib', '<rootDir>/dist'],
  moduleNameMapper: Object.fromEntries(Object.entries(aliases).map(([name, file]) => [`^${name}$`, `<rootDir>/${file}`])),
  ...extra,
});
project.tryRemoveFile('jest.config.json');
new JsonFile(project, 'jest.config.json', {
  marker: false,
  obj: {
    projects: [
      jestProject('unit', ['<rootDir>/test/**/*.test.ts'], { testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/integration/', '<rootDir>/test/bindings/'] }),
      jestProject('integration', ['<rootDir>/test/integration/**/*.test.ts'], { globalSetup: '<rootDir>/test/control-plane/global-setup.ts' }),
      jestProject('bindings', ['<rootDir>/test/bindings/**/*.test.ts'], { globalSetup: '<rootDir>/test/bindings/global-setup.ts' }),
    ],
    testTimeout: 60_000,
  },
});

// --- lint: the import direction of the house, and what keeps files readable
const eslint = project.eslint!;
for (const folder of ['constructs', 'controller/src', 'examples', 'scripts']) eslint.addLintPattern(folder);
eslint.allowDevDeps('**/{test,scripts,examples}/**');
eslint.addRules({
  '@stylistic/max-len': ['error', {
    code: 160, ignoreUrls: true, ignoreStrings: true, ignoreTemplateLiterals: true, ignoreRegExpLiterals: true, ignorePattern: '^ +\\* @cel',
  }],
  'max-lines': ['error', 400],
  '@typescript-eslint/no-explicit-any': 'error',
  '@typescript-eslint/member-ordering': 'off',
  'import/no-extraneous-dependencies': 'off',
  'import/no-unresolved': 'off',
  'no-bitwise': 'off',
});
eslint.addOverride({ files: ['controller/src/kube/**', 'test/**'], rules: { '@typescript-eslint/no-explicit-any': 'off' } });
eslint.addOverride({ files: ['crds/**', '**/*.d.ts'], rules: { 'max-lines': 'off' } });
eslint.config.parserOptions = { ecmaVersion: 2022, sourceType: 'module', project: './tsconfig.check.json' };
const rooms: Record<string, string[]> = {
  'src/core': ['cdk8s', 'cdk8s-plus-28', 'constructs', 'cdk8s-grove', '@kubernetes/*', 'node:*', '**/constructs/**', '**/controller/**'],
  'constructs': ['@kubernetes/*', '**/controller/**', 'cdk8s-grove'],
  'controller/src/kube': ['cdk8s-grove', 'cdk8s-grove/*', 'cdk8s', '**/reconcilers/**', '**/scheduler/**', '**/webhook/**', '**/cli/**', '**/cluster/**'],
  'controller/src/reconcilers': ['cdk8s', '**/scheduler/**', '**/webhook/**', '**/cli/**', '**/cluster/**'],
  'controller/src/scheduler': ['cdk8s', '**/reconcilers/**', '**/webhook/**', '**/cli/**', '**/cluster/**'],
  'controller/src/state': ['cdk8s', '**/reconcilers/**', '**/scheduler/**', '**/webhook/**', '**/cli/**', '**/cluster/**', '**/process/**'],
  'controller/src/demo': ['cdk8s', 'constructs', '**/constructs/**', '**/reconcilers/**', '**/scheduler/**', '**/webhook/**', '**/process/**'],
  'controller/src/cluster': ['cdk8s', '**/reconcilers/**', '**/scheduler/**', '**/webhook/**', '**/cli/**'],
};
for (const [room, group] of Object.entries(rooms)) {
  eslint.addOverride({
    files: [`${room}/**/*.ts`],
    rules: { 'no-restricted-imports': ['error', { patterns: [{ group, message: `${room} may not import this (import direction, CONTRIBUTING.md)` }] }] },
  });
}

// --- tasks: what people and CI type
const check = project.addTask('check', { description: 'Type-check everything, hold the core to its stricter rules, lint' });
check.exec('tsc --noEmit -p tsconfig.core.json');
check.exec('tsc --noEmit -p tsconfig.check.json');
check.exec('eslint --ext .ts --no-error-on-unmatched-pattern .projenrc.ts src constructs controller/src examples scripts test', {
  env: { ESLINT_USE_FLAT_CONFIG: 'false' },
});
const bundle = project.addTask('bundle', {
  description: 'Bundle the controller and the command line into controller/dist/grove.cjs',
  exec: [
    'esbuild controller/src/cli/main.ts --bundle --platform=node --target=node20 --format=cjs --outfile=controller/dist/grove.cjs',
    '--banner:js="#!/usr/bin/env node" --log-level=warning --alias:cdk8s-grove/core=./src/core/index.ts',
  ].join(' '),
});
// The flag after --selectProjects ends its list, so that the arguments given to the task are jest's own.
const jest = (name: string, description: string, flags: string) => project.addTask(name, {
  description: `${description}; takes the arguments of jest`, exec: `jest --selectProjects ${name} --ci --passWithNoTests${flags}`, receiveArgs: true,
});
const unit = jest('unit', 'Run the tests that need nothing', '');
const integration = jest('integration', 'Run the tests on the real control plane, which has one controller: a file at a time', ' --runInBand');
const bindings = jest('bindings', 'Run the tests of the Python wheel, the Go module, the npm package and the snippets of the docs', '');
project.addTask('crds', { description: 'Generate crds/ from the doc comments of src/core/api', exec: 'tsx scripts/generate-crds.ts' });
// Plain npm scripts: a projen task would turn every exit code into 1. They resolve `cdk8s-grove` as the type check does.
const run = (name: string, script: string) => project.package.setScript(name, `tsx --tsconfig tsconfig.check.json ${script}`);
run('demo', 'scripts/demo.ts');
run('cluster', 'test/control-plane/playground.ts');
run('bench', 'test/perf/bench.ts');
run('build-bindings', 'test/bindings/build.ts');
const docgen = project.tasks.tryFind('docgen')!;
const test = project.testTask;
test.reset();
test.spawn(check);
test.spawn(project.compileTask);
test.spawn(docgen);
test.spawn(bundle);
test.spawn(unit, { receiveArgs: true });
test.spawn(integration, { receiveArgs: true });
test.spawn(bindings, { receiveArgs: true });
project.postCompileTask.reset();
project.packageTask.reset();
project.packageTask.spawn(project.tasks.tryFind('package:js')!);
for (const name of ['eslint', 'test:watch', 'watch', 'unbump', 'release', 'clobber']) project.removeTask(name);

new TextFile(project, '.nvmrc', { lines: ['20.20.2'] });
// A lock file without download addresses works with any registry.
new TextFile(project, '.npmrc', { lines: ['omit-lockfile-registry-resolved=true', 'fund=false', 'audit=false'] });
project.synth();
