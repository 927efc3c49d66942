import { DEFAULT_ADMISSION_CONFIG } from './admit';
import { TOPOLOGY_AWARE_BACKENDS } from './backend-rules';
import { fieldError } from './errors';
import { metadataErrors } from './metadata-rules';
import type { AdmissionConfig, FieldError, TopologyAdmissionRequest, TopologyAdmissionResult } from './request';
import { shapeFindings } from './shape-rules';
import type { ClusterTopologyBinding } from '../api';

/** Upstream's name for the list of bindings, from before the field was renamed; tools match on it (spec 02 §9). */
const BINDINGS = 'spec.schedulerTopologyReferences';

/** The verdict on a ClusterTopologyBinding, created or updated (spec 02 §9): there is nothing that an update may not change. Never throws. */
export function admitTopology({ object: submitted, config }: TopologyAdmissionRequest): TopologyAdmissionResult {
  const { object, malformed, refused } = shapeFindings(submitted, 'ClusterTopologyBinding');
  const errors = malformed.length > 0 ? malformed : [...refused, ...bindingErrors(object, { ...DEFAULT_ADMISSION_CONFIG, ...config })];
  return { object, allowed: errors.length === 0, errors, warnings: [] };
}

function bindingErrors({ metadata, spec }: ClusterTopologyBinding, config: AdmissionConfig): FieldError[] {
  const { levels, schedulerTopologyBindings = [] } = spec;
  return [
    ...metadataErrors(metadata),
    ...repeated(levels, 'domain', 'spec.levels'),
    ...repeated(levels, 'key', 'spec.levels'),
    ...repeated(schedulerTopologyBindings, 'schedulerName', BINDINGS),
    ...schedulerTopologyBindings.flatMap(({ schedulerName }, index) => backendErrors(schedulerName, `${BINDINGS}[${index}].schedulerName`, config)),
  ];
}

function repeated<Field extends string>(entries: readonly Readonly<Record<Field, string>>[], field: Field, path: string): FieldError[] {
  const seen = new Set<string>();
  return entries.flatMap(({ [field]: value }, index) => {
    const again = seen.has(value);
    seen.add(value);
    return again ? [fieldError('Duplicate', `${path}[${index}].${field}`, `"${value}" must come up once only`, value)] : [];
  });
}

function backendErrors(name: string, path: string, { schedulers }: AdmissionConfig): FieldError[] {
  if (!schedulers.includes(name)) return [fieldError('Invalid', path, 'scheduler backend is not enabled in Grove', name)];
  if (TOPOLOGY_AWARE_BACKENDS.includes(name)) return [];
  return [fieldError('Invalid', path, 'scheduler backend does not implement topology-aware scheduling', name)];
}
