import type { Node, PodSpec, Taint, Toleration } from '../api';
import { amounts } from './resources';
import type { PlacementNode } from '../placement/problem';

/** The taint that a cordoned node has, sooner or later. */
const CORDONED: Taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };

/** The node as placement sees it. */
export function placementNode(node: Node): PlacementNode {
  const { name = '', labels = {} } = node.metadata;
  return { name, domain: labels, allocatable: amounts(node.status?.allocatable), taints: repellingTaints(node), labels };
}

/** Whether new pods may be placed on the node at all. */
export function isUsable({ metadata, status }: Node): boolean {
  const ready = (status?.conditions ?? []).some(({ type, status: value }) => type === 'Ready' && value === 'True');
  return ready && metadata.deletionTimestamp === undefined;
}

/** The node as it will be when nobody repairs it any more. */
export function inGoodOrder(node: PlacementNode): PlacementNode {
  return { ...node, taints: (node.taints ?? []).filter(taint => !taint.startsWith('node.kubernetes.io/')) };
}

/** The taints that keep pods away, each as the text `key=value:effect`. */
export function repellingTaints({ spec = {} }: Node): string[] {
  const taints = [...spec.taints ?? [], ...(spec.unschedulable ? [CORDONED] : [])];
  return [...new Set(taints.filter(({ effect }) => effect === 'NoSchedule' || effect === 'NoExecute').map(taintText))].sort();
}

/** Those of the taints, in the text form, that the pod puts up with. */
export function toleratedTaints(spec: PodSpec, taints: Iterable<string>): string[] {
  return [...taints].filter(text => (spec.tolerations ?? []).some(toleration => tolerates(toleration, parseTaint(text))));
}

function taintText({ key, value = '', effect }: Taint): string {
  return `${key}=${value}:${effect}`;
}

function parseTaint(text: string): Required<Taint> {
  const equals = text.indexOf('=');
  const colon = text.lastIndexOf(':');
  return { key: text.slice(0, equals), value: text.slice(equals + 1, colon), effect: text.slice(colon + 1) };
}

function tolerates({ key, operator = 'Equal', value = '', effect }: Toleration, taint: Required<Taint>): boolean {
  if (effect && effect !== taint.effect) return false;
  if (!key) return operator === 'Exists';
  return key === taint.key && (operator === 'Exists' || value === taint.value);
}
