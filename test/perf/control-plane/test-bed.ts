import { join } from 'node:path';
import { ControllerProcess } from './controller-process';
import { cpuSeconds, peakRssMb, round } from './process-figures';
import { Requests, difference, total, writesIn } from './requests';
import { Client, HttpsTransport } from '../../../controller/src/kube';
import { ControlPlane, startControlPlane } from '../../control-plane/control-plane';
import { createNodes } from '../../control-plane/nodes';
import { until } from '../../control-plane/until';
import { grantControllerRights } from '../../integration/operator';

const DEFINITIONS = join(__dirname, '..', '..', '..', 'crds');
const LIMIT_MS = 900_000;

/** Something that is done to the cluster, and what is waited for then, in order. */
export interface Phase {
  readonly name: string;
  /** Pods that it is about, over which writes are divided. */
  readonly pods: number;
  act(): Promise<unknown>;
  /** Asked again and again, so a question should cost the server next to nothing. */
  readonly milestones: Readonly<Record<string, () => Promise<boolean>>>;
}

export interface PhaseFigures {
  /** From the act to each milestone. */
  readonly seconds: Readonly<Record<string, number>>;
  /** By the controller, from the act until a second has passed without any. */
  readonly writes: Requests;
  readonly writesPerPod: number;
  /** The same without bindings, which other controllers leave to another scheduler. */
  readonly writesPerPodWithoutBindings: number;
  /** By everybody else: the fake kubelets, the controllers of Kubernetes, the bench. */
  readonly writesByOthers: Requests;
  /** By process. */
  readonly cpuSeconds: Readonly<Record<string, number>>;
}

/** A real control plane with fake nodes, and the bundled controller in a process of its own. */
export class TestBed {
  /** Runs `work` on a test bed of its own, and takes it down. */
  static async use<T>(nodes: number, work: (bed: TestBed) => Promise<T>): Promise<T> {
    const controlPlane = await startControlPlane({ definitions: DEFINITIONS });
    const login = { server: controlPlane.server, ca: controlPlane.ca, token: controlPlane.adminToken };
    const transport = new HttpsTransport(login);
    try {
      await createNodes(login, { count: nodes });
      const client = new Client({ transport });
      await grantControllerRights(client);
      const controller = await ControllerProcess.start(controlPlane.operatorKubeconfig);
      try {
        return await work(new TestBed(controlPlane, client, controller));
      } finally {
        await controller.stop();
      }
    } finally {
      await transport.close();
      await controlPlane.stop();
    }
  }

  private constructor(private readonly controlPlane: ControlPlane, readonly client: Client, readonly controller: ControllerProcess) {}

  /** Does what the phase says, waits for its milestones and for the controller to come to rest, and tells what it took. */
  async measure({ name, pods, act, milestones }: Phase): Promise<PhaseFigures> {
    const [writesBefore, allBefore, cpuBefore] = [await this.controller.writes(), await this.allWrites(), this.cpu()];
    const startMs = performance.now();
    await act();
    const seconds: Record<string, number> = {};
    for (const [milestone, isReached] of Object.entries(milestones)) {
      await until(`${name}: ${milestone}`, async () => await isReached() || undefined, LIMIT_MS);
      seconds[milestone] = Math.round(performance.now() - startMs) / 1000;
      progress(`${name}: ${milestone} after ${seconds[milestone]} s`);
    }
    await this.settle();
    const cpuSince = this.cpu();
    const writes = difference(await this.controller.writes(), writesBefore);
    const perPod = (count: number) => round(count / pods);
    return {
      seconds,
      writes,
      writesPerPod: perPod(total(writes)),
      writesPerPodWithoutBindings: perPod(total(writes) - (writes['create pods/binding'] ?? 0)),
      writesByOthers: difference(difference(await this.allWrites(), allBefore), writes),
      cpuSeconds: Object.fromEntries(Object.entries(cpuSince).map(([process, spent]) => [process, round(spent - cpuBefore[process])])),
    };
  }

  /** What the controller does while nothing happens. */
  async idle(seconds: number): Promise<{ seconds: number; writes: Requests; controllerCpuSeconds: number }> {
    const [before, cpuBefore] = [await this.controller.writes(), cpuSeconds(this.controller.pid)];
    progress(`${seconds} s idle`);
    await new Promise(resolve => setTimeout(resolve, seconds * 1000));
    const writes = difference(await this.controller.writes(), before);
    return { seconds, writes, controllerCpuSeconds: round(cpuSeconds(this.controller.pid) - cpuBefore) };
  }

  get controllerPeakRssMb(): number {
    return peakRssMb(this.controller.pid);
  }

  /** Waits until a second passes without a write. */
  private async settle(): Promise<void> {
    let last = await this.controller.writes();
    await until('a second without writes', async () => {
      await new Promise(resolve => setTimeout(resolve, 1000));
      const now = await this.controller.writes();
      const isQuiet = total(difference(now, last)) === 0;
      last = now;
      return isQuiet || undefined;
    }, 60_000);
  }

  private async allWrites(): Promise<Requests> {
    return writesIn(await this.client.getPath('/metrics') as string);
  }

  private cpu(): Record<string, number> {
    const pids = { controller: this.controller.pid, ...this.controlPlane.pids };
    return Object.fromEntries(Object.entries(pids).map(([process, pid]) => [process, cpuSeconds(pid)]));
  }
}

function progress(line: string): void {
  process.stderr.write(`${line}\n`);
}
