import type { Container, PodCliqueTemplate } from '../src/core';

const GROUP_VARIABLE = /(?<!\$)\$\((GROVE_PCSG_\w+)\)(?:-\$\(GROVE_PCSG_INDEX\)-([a-z0-9.-]+?)-\d+\.)?/g;

/**
 * References to variables of scaling groups in pods that do not have them, or to a clique as a sibling that is none: Kubernetes would leave the words as they
 * are, and the software would look for a host that does not exist.
 */
export function referenceFindings({ name, spec: { podSpec } }: PodCliqueTemplate, siblings: readonly string[] | undefined): string[] {
  const wrong = new Set<string>();
  for (const container of [...podSpec.containers, ...(podSpec.initContainers ?? [])]) {
    for (const text of texts(container)) {
      if (!text.includes('$(GROVE_PCSG_')) continue;
      for (const [, variable, clique] of text.matchAll(GROUP_VARIABLE)) {
        if (!siblings) wrong.add(`${name} refers to ${variable}, which only pods of a scaling group have`);
        else if (clique !== undefined && !siblings.includes(clique)) wrong.add(`${name} looks for pods of ${clique} in its own scaling group, where they are not; use podAddressInCopy`);
      }
    }
  }
  return [...wrong];
}

function texts({ command = [], args = [], env = [] }: Container): string[] {
  return [...command, ...args, ...env.flatMap(({ value }) => value ?? [])];
}
