import { ensureBindings } from './library';

/** Name of the variable by which the test files find the bindings. */
export const BINDINGS_VARIABLE = 'GROVE_TEST_BINDINGS';

/** One build for the whole test run. */
export default async function globalSetup(): Promise<void> {
  process.env[BINDINGS_VARIABLE] = JSON.stringify(await ensureBindings());
}
