import { existsSync } from 'node:fs';
import * as path from 'node:path';
import { ADDRESS_VARIABLE } from './connect';
import { startControlPlane } from './control-plane';

/**
 * One control plane for the whole test run, with the custom resources of crds/. The test files find it through an environment
 * variable. It ends with the test run's process: see {@link Processes}.
 */
export default async function globalSetup(): Promise<void> {
  const definitions = path.join(__dirname, '../../crds');
  const controlPlane = await startControlPlane({ definitions: existsSync(definitions) ? definitions : undefined });
  process.env[ADDRESS_VARIABLE] = JSON.stringify(controlPlane);
}
