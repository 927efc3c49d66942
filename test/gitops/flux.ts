import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { evaluate } from '@marcbachmann/cel-js';
import { parse } from 'yaml';
import type { KubeObject } from '../../src/core';
import { asCel } from '../support/cel';

export interface HealthCheck {
  readonly apiVersion: string;
  readonly kind: string;
  readonly inProgress?: string;
  readonly failed?: string;
  readonly current: string;
}

export const HEALTH_CHECKS: readonly HealthCheck[] = parse(readFileSync(join(__dirname, '../../gitops/flux/health-checks.yaml'), 'utf8')).healthCheckExprs;

/**
 * What Flux finds with the expressions of the object's kind, in Flux's order: the observed generation, then inProgress, failed and current. An expression
 * that cannot be evaluated makes Flux wait.
 */
export function fluxHealth(object: KubeObject): 'InProgress' | 'Failed' | 'Current' | 'Error' {
  const check = HEALTH_CHECKS.find(({ apiVersion, kind }) => apiVersion === object.apiVersion && kind === object.kind);
  if (!check) throw new Error(`no health check for ${object.apiVersion} ${object.kind}`);
  const { status, metadata } = object as KubeObject & { status?: { observedGeneration?: number } };
  if (status?.observedGeneration !== undefined && status.observedGeneration !== metadata.generation) return 'InProgress';
  try {
    for (const [expression, verdict] of [[check.inProgress, 'InProgress'], [check.failed, 'Failed'], [check.current, 'Current']] as const) {
      if (expression !== undefined && evaluate(expression, asCel(object) as Record<string, unknown>) === true) return verdict;
    }
    return 'InProgress';
  } catch {
    return 'Error';
  }
}
