import { ANNOTATION } from '../api';
import type { PodCliqueSet } from '../api';
import { broken, fieldError } from './errors';
import type { AdmissionConfig, FieldError } from './request';
import { isLabel } from './syntax';

/** Value by which a layer says that it is in no group, whatever encloses it. */
const OPT_OUT = 'none';

/** A place where the annotation may be. */
interface Layer {
  /** Tells the layers of one set apart, and finds the same one in another version of the set. */
  readonly key: string;
  readonly path: string;
  readonly group: string | undefined;
}

/** Rules on the MNNVL groups of a new set (spec 02 §7). */
export function mnnvlErrors(set: PodCliqueSet, { autoMnnvl }: AdmissionConfig): FieldError[] {
  return layers(set).flatMap(({ path, group }) => (group === undefined ? [] : broken(
    group === '' && fieldError('Invalid', path, 'must not be empty', group),
    group !== '' && !isLabel(group) && fieldError('Invalid', path, `must be "${OPT_OUT}" or a lower-case RFC 1123 label`, group),
    !autoMnnvl && group !== OPT_OUT && fieldError('Invalid', path, 'MNNVL is not enabled here; enable it or remove the annotation', group),
  )));
}

/** MNNVL groups stay as they are: pods hold claims on the domains that were made for them. */
export function mnnvlUpdateErrors(old: PodCliqueSet, set: PodCliqueSet): FieldError[] {
  const before = new Map(layers(old).map(was => [was.key, was]));
  return layers(set).flatMap(({ key, path, group }) => {
    const was = before.get(key);
    if (!was || was.group === group) return [];
    if (was.group === undefined) return [fieldError('Forbidden', path, 'cannot be added to an existing set', group)];
    if (group === undefined) return [fieldError('Forbidden', path, `cannot be removed from an existing set; it was "${was.group}"`)];
    return [fieldError('Invalid', path, `cannot be changed; it was "${was.group}"`, group)];
  });
}

function layers(set: PodCliqueSet): Layer[] {
  const { cliques, podCliqueScalingGroups: groups = [] } = set.spec.template;
  return [
    layer('set', 'metadata', set.metadata.annotations),
    ...cliques.map(({ name, annotations }, index) => layer(`clique ${name}`, `spec.template.cliques[${index}]`, annotations)),
    ...groups.map(({ name, annotations }, index) => layer(`group ${name}`, `spec.template.podCliqueScalingGroups[${index}]`, annotations)),
  ];
}

function layer(key: string, path: string, annotations: Readonly<Record<string, string>> = {}): Layer {
  return { key, path: `${path}.annotations.${ANNOTATION.mnnvlGroup}`, group: annotations[ANNOTATION.mnnvlGroup] };
}
