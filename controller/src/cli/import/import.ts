import { basename } from 'node:path';
import { KubeObject } from 'cdk8s-grove/core';
import { convertLeaderWorkerSet, isLeaderWorkerSet } from './leader-worker-set';
import { generateProgram } from './program';
import { EXIT, UsageError } from '../exit';
import { ManifestObject, namesOf, readManifests, synthesisHint } from '../manifests';
import { Terminal } from '../terminal';
import { isPodCliqueSet, isTopologyBinding, judge, label } from '../verdicts';

export interface ImportOptions {
  readonly filename: readonly string[];
  readonly output?: 'ts' | 'json';
}

/**
 * `grove import`: a TypeScript program that synthesizes the PodCliqueSets and ClusterTopologyBindings of the manifests, and what comes closest to their
 * LeaderWorkerSets. What is left out or means something else is told on standard error.
 */
export function importManifests(options: ImportOptions, terminal: Terminal): number {
  const manifests = readManifests(options.filename);
  const notes: string[] = [];
  const sources = manifests.flatMap(manifest => translated(manifest, notes));
  if (sources.length === 0) {
    throw new UsageError(`no PodCliqueSet, ClusterTopologyBinding or LeaderWorkerSet in ${namesOf(options.filename)}${synthesisHint(options.filename)}`);
  }
  const refused = sources.flatMap(manifest => judge(manifest, { topologies: [] }).errors.map(error => ({ manifest, error })));
  for (const { manifest, error: { field, type, detail } } of refused) {
    terminal.err.write(`error  ${manifest.file}  ${label(manifest.object)}  ${field}: ${type}: ${detail}\n`);
  }
  if (refused.length > 0) return EXIT.findings;
  const objects = sources.map(({ object }) => object);
  const program = generateProgram(chartName(options.filename), objects.filter(isPodCliqueSet), objects.filter(isTopologyBinding));
  notes.push(...program.notes);
  if (options.output === 'json') terminal.out.write(`${JSON.stringify({ program: program.text, notes }, null, 2)}\n`);
  else terminal.out.write(program.text);
  notes.forEach(note => terminal.err.write(`note  ${note}\n`));
  return EXIT.ok;
}

function translated(manifest: ManifestObject, notes: string[]): ManifestObject[] {
  const { object } = manifest;
  if (isPodCliqueSet(object) || isTopologyBinding(object)) return [manifest];
  if (!isLeaderWorkerSet(object)) {
    notes.push(`${object.kind} ${object.metadata?.name ?? ''} of ${manifest.file} is left out: it is not Grove's`);
    return [];
  }
  const conversion = convertLeaderWorkerSet(object);
  notes.push(...conversion.notes);
  return [{ ...manifest, object: conversion.set as unknown as KubeObject }];
}

/** The chart, and with it the file that it synthesizes to, is called like the first file. */
function chartName([first = '-']: readonly string[]): string {
  const name = first === '-' ? '' : basename(first).replace(/(\.k8s)?\.(ya?ml|json)$/, '').toLowerCase().replace(/[^a-z0-9-]+/g, '-').replace(/^-+|-+$/g, '');
  return name || 'grove';
}

