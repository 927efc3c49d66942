import { ChildProcess, execFileSync, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Requests, writesIn } from './requests';
import { until } from '../../control-plane/until';

const ROOT = join(__dirname, '..', '..', '..');

/** The bundled controller, as a cluster would run it. `GROVE_BENCH_NODE_OPTIONS` gives its Node further options, for example `--cpu-prof`. */
export class ControllerProcess {
  static async start(kubeconfig: string): Promise<ControllerProcess> {
    const bundle = join(ROOT, 'controller', 'dist', 'grove.cjs');
    execFileSync('npm', ['run', '--silent', 'bundle'], { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] });
    const options = (process.env.GROVE_BENCH_NODE_OPTIONS ?? '').split(' ').filter(Boolean);
    const child = spawn(process.execPath, [...options, bundle, 'controller', '--kubeconfig', kubeconfig, '--port', '0'], { stdio: ['ignore', 'ignore', 'pipe'] });
    const port = await new Promise<number>((resolve, reject) => {
      child.once('exit', code => reject(new Error(`the controller ended with code ${code}`)));
      createInterface({ input: child.stderr! }).on('line', line => {
        const fields = line.startsWith('{') ? JSON.parse(line) as { port?: number; level: number } : undefined;
        if (fields?.port !== undefined) resolve(fields.port);
        if (!fields || fields.level >= 40) process.stderr.write(`${line}\n`);
      });
    });
    const started = new ControllerProcess(child, port);
    await until('the controller ready', async () => (await fetch(`http://127.0.0.1:${port}/readyz`)).ok || undefined);
    return started;
  }

  private constructor(private readonly child: ChildProcess, private readonly port: number) {}

  get pid(): number {
    return this.child.pid!;
  }

  get isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Writes so far by `verb resource`; the lease, which any controller renews for ever, is left out. */
  async writes(): Promise<Requests> {
    return writesIn(await (await fetch(`http://127.0.0.1:${this.port}/metrics`)).text());
  }

  async stop(): Promise<void> {
    if (!this.isRunning) return;
    this.child.kill('SIGTERM');
    await new Promise(resolve => this.child.once('exit', resolve));
  }
}
