import { cliqueErrors } from './clique-rules';
import { withDefaults } from './defaults';
import { groupErrors } from './group-rules';
import type { AdmissionConfig, AdmissionRequest, AdmissionResult } from './request';
import { setErrors } from './set-rules';
import { shapeErrors } from './shape-rules';
import { startupErrors } from './startup-rules';
import { SCHEDULER_NAME } from '../desired/pods';

export const DEFAULT_ADMISSION_CONFIG: AdmissionConfig = {
  topologyAwareScheduling: true,
  autoMnnvl: true,
  schedulers: [SCHEDULER_NAME, 'default-scheduler'],
  defaultScheduler: SCHEDULER_NAME,
};

/**
 * The verdict on a PodCliqueSet, the same for `cdk8s synth`, the command line, the webhook and the controller: defaults first, then every
 * rule, with all errors at once. The rules on topology, resource sharing, MNNVL and what an update may change are not checked yet.
 */
export function admit(request: AdmissionRequest): AdmissionResult {
  const config = { ...DEFAULT_ADMISSION_CONFIG, ...request.config };
  const malformed = shapeErrors(request.object);
  if (malformed.length > 0) return { object: request.object, allowed: false, errors: malformed, warnings: [] };
  const object = withDefaults(request.object);
  const errors = [
    ...setErrors(object),
    ...cliqueErrors(object, config, request.oldObject === undefined),
    ...startupErrors(object),
    ...groupErrors(object),
  ];
  return { object, allowed: errors.length === 0, errors, warnings: [] };
}
