import { ANNOTATION, STARTUP_CONTAINER, STARTUP_READY } from '../api';
import type { Container, PodSpec } from '../api';

/** Image of the waiting init container when none is configured: anything with a shell, `grep` and `sleep` will do. */
export const DEFAULT_STARTUP_IMAGE = 'busybox:1.37';

const VOLUME = 'grove-startup';
const FOLDER = '/var/grove/startup';

/**
 * Adds the init container that holds a pod back until the controller annotates it (design decision 5). The kubelet projects the
 * annotation into a file, so the pod needs no credentials. It comes after the user's own init containers (spec 06 §3).
 */
export function withStartupGate(spec: PodSpec, image: string): PodSpec {
  const wait: Container = {
    name: STARTUP_CONTAINER,
    image,
    command: ['sh', '-c', `until grep -qx ${STARTUP_READY} ${FOLDER}/state; do sleep 0.2; done`],
    volumeMounts: [{ name: VOLUME, mountPath: FOLDER, readOnly: true }],
  };
  const fieldRef = { fieldPath: `metadata.annotations['${ANNOTATION.startup}']` };
  return {
    ...spec,
    initContainers: [...(spec.initContainers ?? []), wait],
    volumes: [...(spec.volumes ?? []), { name: VOLUME, downwardAPI: { items: [{ path: 'state', fieldRef }] } }],
  };
}
