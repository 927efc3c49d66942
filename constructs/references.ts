import type { PodCliqueSet, PodCliqueTemplate } from '../src/core';

const GROUP_VARIABLE = /(?<!\$)\$\((GROVE_PCSG_\w+)\)(?:-\$\(GROVE_PCSG_INDEX\)-([a-z0-9.-]+?)-\d+\.)?/g;
const POD_OF_SET = /(?<!\$)\$\(GROVE_PCS_NAME\)-\$\(GROVE_PCS_INDEX\)-([a-z0-9.-]+?)-\d+\.\$\(GROVE_HEADLESS_SERVICE\)/g;

/**
 * References to variables of scaling groups in pods that do not have them, to a clique as a sibling that is none, or to a clique that is of another set:
 * Kubernetes would leave the words as they are, or the software would look for a host that does not exist.
 */
export function referenceFindings({ spec: { template: { cliques, podCliqueScalingGroups: groups = [] } } }: PodCliqueSet): string[] {
  const groupOf = (clique: string) => groups.find(({ cliqueNames }) => cliqueNames.includes(clique));
  const isThere = (address: string) => cliques.some(({ name }) => name === address && !groupOf(name))
    || groups.some(({ name, cliqueNames }) => cliqueNames.some(clique => isMember(address, name, clique)));
  return cliques.flatMap(clique => [...new Set(texts(clique).flatMap(text => [
    ...siblingFindings(text, clique.name, groupOf(clique.name)?.cliqueNames),
    ...[...text.matchAll(POD_OF_SET)].flatMap(([, address = '']) =>
      (isThere(address) ? [] : [`${clique.name} looks for pods of ${address} in its own set, where they are not`])),
  ]))]);
}

/** Whether the name is that of a clique in some copy of a scaling group: `decode-1-worker`. */
function isMember(address: string, group: string, clique: string): boolean {
  const copy = address.slice(group.length + 1, -clique.length - 1);
  return address === `${group}-${copy}-${clique}` && /^\d+$/.test(copy);
}

function siblingFindings(text: string, name: string, siblings: readonly string[] | undefined): string[] {
  return [...text.matchAll(GROUP_VARIABLE)].flatMap(([, variable, clique]) => {
    if (!siblings) return [`${name} refers to ${variable}, which only pods of a scaling group have`];
    if (clique === undefined || siblings.includes(clique)) return [];
    return [`${name} looks for pods of ${clique} in its own scaling group, where they are not; use podAddressInCopy`];
  });
}

/** What may hold references. */
function texts({ spec: { podSpec: { containers, initContainers = [] } } }: PodCliqueTemplate): string[] {
  return [...containers, ...initContainers]
    .flatMap(({ command = [], args = [], env = [] }) => [...command, ...args, ...env.flatMap(({ value }) => value ?? [])])
    .filter(text => text.includes('$(GROVE_PCS'));
}
