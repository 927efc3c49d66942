import { Client } from './client';
import { Clock, sleep } from './clock';
import { ignoreNotFound, isAlreadyExists, isConflict, isNotFound, messageOf } from './errors';
import { Logger } from './log';
import { microTime } from './micro-time';
import { KubeObject } from './object';
import { LEASE } from './resource';

export interface Lease extends KubeObject {
  readonly spec?: LeaseSpec;
}

export interface LeaseSpec {
  readonly holderIdentity?: string;
  readonly leaseDurationSeconds?: number;
  readonly acquireTime?: string;
  readonly renewTime?: string;
  readonly leaseTransitions?: number;
}

export interface LeaseLockOptions {
  readonly client: Client;
  readonly lease: { readonly namespace: string; readonly name: string };
  readonly identity: string;
  readonly clock: Clock;
  readonly leaseDurationMs: number;
  /** After which an attempt without an answer counts as failed. */
  readonly attemptTimeoutMs: number;
  readonly log: Logger;
}

/**
 * A lock in the shape of a Lease object. It is free when nobody holds it or when it has not changed for as long as it lasts, by
 * our own clock: what other machines' clocks wrote into it is not compared with ours.
 */
export class LeaseLock {
  private seen?: Lease;
  private changedAtMs = 0;
  /** What was seen is known to be outdated: an attempt has to look first. */
  private isOutdated = true;

  constructor(private readonly options: LeaseLockOptions) {}

  /** Who holds the lock as far as was seen. */
  get holder(): string | undefined {
    return this.seen?.spec?.holderIdentity || undefined;
  }

  get isOurs(): boolean {
    return this.holder === this.options.identity;
  }

  /** One attempt to take or keep the lock; whether it worked. Never rejects. */
  async acquireOrRenew(): Promise<boolean> {
    const { clock, attemptTimeoutMs, log, lease, identity } = this.options;
    const answered = new AbortController();
    try {
      const late = sleep(clock, attemptTimeoutMs, answered.signal).then(() => { throw new Error(`no answer for ${attemptTimeoutMs} ms`); });
      this.remember(await Promise.race([this.attempt(), late]));
      return this.isOurs;
    } catch (error) {
      const isRace = isConflict(error) || isAlreadyExists(error);
      this.isOutdated ||= isRace || isNotFound(error);
      const fields = { lease: `${lease.namespace}/${lease.name}`, identity, error: messageOf(error) };
      if (this.isOurs) log.warn(fields, 'lease not renewed');
      else if (isRace) log.debug(fields, 'lease not taken');
      else log.warn(fields, 'lease not taken');
      return false;
    } finally {
      answered.abort();
    }
  }

  /** Gives the lock back, if it is ours, so that the next one need not wait. Never rejects: after a while the lease is free anyway. */
  async release(): Promise<void> {
    if (!this.seen || !this.isOurs) return;
    const { client, clock, attemptTimeoutMs } = this.options;
    const spec = { ...this.seen.spec, holderIdentity: '', leaseDurationSeconds: 1, renewTime: microTime(clock.now()) };
    const answered = new AbortController();
    const written = client.update<Lease>(LEASE, { ...this.seen, spec }).catch(() => undefined);
    await Promise.race([written, sleep(clock, attemptTimeoutMs, answered.signal)]);
    answered.abort();
    this.seen = undefined;
    this.isOutdated = true;
  }

  /** The lease as it is after the attempt. */
  private async attempt(): Promise<Lease> {
    const { client, lease } = this.options;
    const current = this.isOurs && !this.isOutdated ? this.seen : await ignoreNotFound(client.get<Lease>(LEASE, lease));
    if (!current) return client.create<Lease>(LEASE, { metadata: lease, spec: this.nextSpec() });
    if (!this.mayTake(current)) return current;
    return client.update<Lease>(LEASE, { ...current, spec: this.nextSpec(current.spec) });
  }

  private mayTake(current: Lease): boolean {
    const holder = current.spec?.holderIdentity;
    if (!holder || holder === this.options.identity) return true;
    return sameSpec(current, this.seen) && this.options.clock.elapsed() >= this.changedAtMs + this.options.leaseDurationMs;
  }

  private nextSpec(current: LeaseSpec = {}): LeaseSpec {
    const { identity, clock, leaseDurationMs } = this.options;
    const now = microTime(clock.now());
    const isRenewal = current.holderIdentity === identity;
    return {
      ...current,
      holderIdentity: identity,
      leaseDurationSeconds: Math.ceil(leaseDurationMs / 1000),
      acquireTime: isRenewal ? current.acquireTime : now,
      renewTime: now,
      leaseTransitions: (current.leaseTransitions ?? 0) + (isRenewal || current.holderIdentity === undefined ? 0 : 1),
    };
  }

  private remember(lease: Lease): void {
    if (!sameSpec(lease, this.seen)) this.changedAtMs = this.options.clock.elapsed();
    this.seen = lease;
    this.isOutdated = false;
  }
}

function sameSpec(a: Lease, b: Lease | undefined): boolean {
  return JSON.stringify(a.spec) === JSON.stringify(b?.spec);
}
