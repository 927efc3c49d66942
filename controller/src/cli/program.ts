import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { runController } from './controller';
import { diffManifests } from './diff';
import { EXIT, UsageError } from './exit';
import { expandManifests } from './expand';
import { importManifests } from './import/import';
import { Terminal } from './terminal';
import { validate } from './validate';
import { version } from '../../package.json';

/** Runs one command line and resolves to its exit code: 0 ok, 1 findings, 2 usage. */
export async function runCommandLine(words: readonly string[], terminal: Terminal): Promise<number> {
  let code: number = EXIT.ok;
  const program = grove(terminal, result => { code = result; });
  try {
    await program.parseAsync(words, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    if (error instanceof UsageError) {
      terminal.err.write(`grove: ${error.message}\n`);
      return EXIT.usage;
    }
    throw error;
  }
}

function grove(terminal: Terminal, exit: (code: number) => void): Command {
  const program = new Command('grove')
    .description('Grove on any Kubernetes cluster: validate PodCliqueSets, see what becomes of them, and run the controller that makes it so.')
    .version(version, '-V, --version')
    .configureOutput({ writeOut: text => terminal.out.write(text), writeErr: text => terminal.err.write(text) })
    .exitOverride()
    .showHelpAfterError('(grove --help shows the verbs, grove <verb> --help its options with examples)');
  const filename = new Option('-f, --filename <path...>', 'manifest files, folders, or - for standard input').makeOptionMandatory();
  const topology = new Option('--topology <path...>', 'manifests with the cluster\'s ClusterTopologyBindings, to look constraints up in; those among the manifests count too');

  program.command('validate')
    .description('check PodCliqueSets and ClusterTopologyBindings against the admission rules, without a cluster; exit code 1 when there are findings')
    .addOption(filename)
    .addOption(topology)
    .option('--old <path...>', 'manifests with the PodCliqueSets as they are stored: sets that are among them are checked as updates')
    .option('--allow-unknown-fields', 'only warn of fields that this version does not know: for a cluster whose Grove or Kubernetes is newer')
    .addOption(new Option('-o, --output <format>', 'text or one JSON document').choices(['text', 'json']).default('text'))
    .addHelpText('after', '\nExamples:\n  grove validate -f examples/chatbot\n  helm template ./chart | grove validate -f - -o json\n  kubectl get pcs -o yaml | grove validate -f dist --old -')
    .action(options => exit(validate(options, terminal)));

  program.command('expand')
    .description('print every object that the controller would create for the PodCliqueSets; exit code 1 when a set would be refused')
    .addOption(filename)
    .addOption(topology)
    .addOption(new Option('-o, --output <format>', 'one YAML stream, one JSON List, kinds and names, or a tree of gangs, cliques and pods with packing and order of start')
      .choices(['yaml', 'json', 'name', 'tree']).default('yaml'))
    .addHelpText('after', '\nExamples:\n  grove expand -f examples/chatbot -o tree\n  grove expand -f examples/chatbot -o name\n  cdk8s synth -p | grove expand -f - -o json')
    .action(options => exit(expandManifests(options, terminal)));

  program.command('diff')
    .description('tell what an edit does to a running set: nothing, in place, pods replaced in which order, or refused because it needs a new set')
    .argument('<old>', 'manifest file or folder as it is, or - for standard input')
    .argument('<new>', 'manifest file or folder as it is to be, or -')
    .addOption(topology)
    .addOption(new Option('-o, --output <format>', 'text or one JSON document').choices(['text', 'json']).default('text'))
    .addHelpText('after', `
Sets are compared by namespace and name. Exit code 0: the cluster accepts every edit, whatever it does; 1: it refuses one; 2: wrong usage.
With -o json, sets[].outcome is one of unchanged, no-live-effect, in-place, scale, on-delete, rolling-recreate, needs-recreate, refused, created, deleted.

Examples:
  kubectl get pcs -n llm -o yaml | grove diff - dist
  git show main:llm.yaml | grove diff - llm.yaml -o json`)
    .action((old, updated, options) => exit(diffManifests(old, updated, options, terminal)));

  program.command('import')
    .description('write a TypeScript program that synthesizes the PodCliqueSets and ClusterTopologyBindings of the manifests, or the like of their LeaderWorkerSets')
    .addOption(filename)
    .addOption(new Option('-o, --output <format>', 'the program, or one JSON document with program and notes').choices(['ts', 'json']).default('ts'))
    .addHelpText('after', `
What is left out or means something else is told on standard error. Exit code 1: a set is one that the cluster would refuse.

Examples:
  grove import -f llm.yaml > main.ts
  kubectl get leaderworkerset vllm -o yaml | grove import -f - > main.ts`)
    .action(options => exit(importManifests(options, terminal)));

  program.command('controller')
    .description('run the controller against a cluster until it is told to stop (SIGTERM, Ctrl-C)')
    .option('--kubeconfig <file>', 'how to reach the cluster; default: KUBECONFIG, ~/.kube/config, or the service account of the pod')
    .option('--context <name>', 'context of the kubeconfig; default: its current one')
    .option('--port <number>', 'port of /healthz, /readyz and /metrics; 0 takes a free one', port, 8080)
    .option('--no-leader-elect', 'do not ask for the lease: no other controller may run')
    .option('-n, --namespace <name>', 'namespace of the lease', process.env.POD_NAMESPACE ?? 'grove-system')
    .option('--startup-image <image>', 'image with a shell for the init container that waits for parents')
    .option('--schedulers <names>', 'schedulers that pods may name, separated by commas; default: all that Grove can work with', names)
    .option('--no-mnnvl', 'refuse sets that ask for NVLink domains')
    .addOption(new Option('--log-level <level>').choices(['debug', 'info', 'warn', 'error']).default('info'))
    .addHelpText('after', '\nExamples:\n  grove controller --kubeconfig ~/.kube/config --no-leader-elect\n  grove controller --port 9090 --log-level debug')
    .action(async options => exit(await runController(options)));

  return program;
}

function names(text: string): string[] {
  const found = text.split(',').map(name => name.trim());
  if (found.includes('')) throw new InvalidArgumentError('names are separated by single commas');
  return found;
}

function port(text: string): number {
  if (!/^\d+$/.test(text) || Number(text) > 65_535) throw new InvalidArgumentError('a port is a number from 0 to 65535');
  return Number(text);
}
