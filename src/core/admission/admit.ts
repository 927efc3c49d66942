import { backendErrors } from './backend-rules';
import { cliqueErrors } from './clique-rules';
import { withAdmissionDefaults, withServerDefaults } from './defaults';
import { fieldError } from './errors';
import { groupErrors } from './group-rules';
import { mnnvlErrors, mnnvlUpdateErrors } from './mnnvl-rules';
import { podErrors } from './pod-rules';
import { podWarnings } from './pod-warnings';
import type { AdmissionConfig, AdmissionRequest, AdmissionResult, FieldError } from './request';
import { rollingUpdateErrors } from './rolling-update-rules';
import { setErrors } from './set-rules';
import { shapeFindings } from './shape-rules';
import { sharingErrors } from './sharing-rules';
import { startupErrors } from './startup-rules';
import { constraintShapeErrors, topologyErrors, topologyWarnings } from './topology-rules';
import { deprecationWarnings, topologyUpdateErrors } from './topology-update-rules';
import { updateErrors } from './update-rules';
import type { PodCliqueSet } from '../api';
import { claimNameWarnings } from '../desired/claim-names';
import { SCHEDULER_NAME } from '../gang/pinning';

/** Schedulers that Grove can work with. Offline, where nobody knows which of them a cluster has, all are allowed. */
export const KNOWN_SCHEDULERS: readonly string[] = [SCHEDULER_NAME, 'default-scheduler', 'kai-scheduler', 'volcano', 'lpx-scheduler'];

export const DEFAULT_ADMISSION_CONFIG: AdmissionConfig = {
  topologyAwareScheduling: true,
  autoMnnvl: true,
  schedulers: [SCHEDULER_NAME, 'default-scheduler'],
  defaultScheduler: SCHEDULER_NAME,
};

/**
 * The verdict on a PodCliqueSet, the same for `cdk8s synth`, the command line, the webhook and the controller (spec 02): defaults first, then
 * the schema and every rule, with all errors at once. With `oldObject` it is the verdict on an update. Never throws, whatever the object is,
 * and admits its own result unchanged.
 */
export function admit(request: AdmissionRequest): AdmissionResult {
  const config = { ...DEFAULT_ADMISSION_CONFIG, ...request.config };
  const { object: completed, malformed, refused } = shapeFindings(withServerDefaults(request.object), 'PodCliqueSet');
  if (malformed.length > 0) return { object: request.object, allowed: false, errors: malformed, warnings: [] };
  const object = withAdmissionDefaults(completed);
  const old = request.oldObject === request.object ? object : request.oldObject && readOld(request.oldObject);
  if (old instanceof Unreadable) return { object, allowed: false, errors: [old.error], warnings: podWarnings(object) };
  const found = old ? updateVerdict(old, object, config, request) : creationVerdict(object, config, request);
  const errors = [...refused, ...found];
  const warnings = warningsOf(object, Boolean(old), config, request);
  return { object, allowed: errors.length === 0, errors, warnings: errors.length > 0 ? warnings : [...warnings, ...claimNameWarnings(object)] };
}

/** A stored set that cannot be compared with. */
class Unreadable {
  public constructor(public readonly error: FieldError) {}
}

function readOld(stored: PodCliqueSet): PodCliqueSet | Unreadable {
  const { object: completed, malformed } = shapeFindings(withServerDefaults(stored), 'PodCliqueSet');
  const [first] = [...malformed].sort((one, other) => (one.field < other.field ? -1 : 1));
  if (!first) return withAdmissionDefaults(completed);
  return new Unreadable(fieldError('InternalError', first.field, `the stored set cannot be read: ${first.detail}`));
}

function creationVerdict(set: PodCliqueSet, config: AdmissionConfig, { topologies }: AdmissionRequest): FieldError[] {
  return [
    ...topologyErrors(set, config, topologies),
    ...structuralErrors(set, config, true),
    ...mnnvlErrors(set, config),
    ...backendErrors(set, config),
  ];
}

/** What may not change is only asked of a set that is sound as it is now (spec 02 §3), and not of a set that is compared with itself. */
function updateVerdict(old: PodCliqueSet, set: PodCliqueSet, config: AdmissionConfig, { topologies }: AdmissionRequest): FieldError[] {
  const errors = [...structuralErrors(set, config, false), ...mnnvlUpdateErrors(old, set), ...backendErrors(set, config)];
  if (errors.length > 0 || old === set) return errors;
  return [...updateErrors(old, set), ...topologyUpdateErrors(old, set, config, topologies)];
}

function structuralErrors(set: PodCliqueSet, config: AdmissionConfig, creating: boolean): FieldError[] {
  return [
    ...constraintShapeErrors(set, creating),
    ...setErrors(set),
    ...sharingErrors(set),
    ...cliqueErrors(set, config),
    ...podErrors(set, creating),
    ...startupErrors(set),
    ...groupErrors(set),
    ...rollingUpdateErrors(set),
  ];
}

function warningsOf(set: PodCliqueSet, updating: boolean, config: AdmissionConfig, { topologies }: AdmissionRequest): string[] {
  return [...podWarnings(set), ...(updating ? deprecationWarnings(set) : topologyWarnings(set, config, topologies))];
}
