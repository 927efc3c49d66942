import { readFileSync, readdirSync } from 'node:fs';
import * as path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseAllDocuments } from 'yaml';
import { Login, apply, demand } from './admin';

const ESTABLISH_LIMIT_MS = 20_000;

/**
 * Applies the custom resource definitions in the YAML files of a folder (not of its sub-folders) and waits until the server serves them.
 * @throws Error when the server refuses one
 */
export async function installDefinitions(login: Login, folder: string): Promise<void> {
  const files = readdirSync(folder).filter((name) => /\.ya?ml$/.test(name));
  const definitions = files.flatMap((file) => parseAllDocuments(readFileSync(path.join(folder, file), 'utf8')))
    .map((document) => document.toJS() as { kind?: string; metadata: { name: string } } | null)
    .filter((object) => object?.kind === 'CustomResourceDefinition');
  await Promise.all(definitions.map(async (definition) => {
    const { name } = definition!.metadata;
    await apply(login, pathOf(name), definition!);
    await untilEstablished(login, name);
  }));
}

async function untilEstablished(login: Login, name: string): Promise<void> {
  const giveUpMs = Date.now() + ESTABLISH_LIMIT_MS;
  for (;;) {
    const definition = await demand(login, 'GET', pathOf(name));
    const conditions: { type: string; status: string; message?: string }[] = definition.status?.conditions ?? [];
    if (conditions.some(({ type, status }) => type === 'Established' && status === 'True')) return;
    if (Date.now() > giveUpMs) throw new Error(`${name} is not established: ${JSON.stringify(conditions)}`);
    await delay(50);
  }
}

function pathOf(name: string): string {
  return `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${name}`;
}
