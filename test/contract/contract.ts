import { customTypes, discovering } from './custom';
import { collecting, deleting } from './deletes';
import { bindingPods, changingPods, startingPods } from './pods';
import { listing, watching } from './reads';
import { Bench, installDefinitions, Subject } from './subject';
import { creating, patching, updating } from './writes';

/**
 * What every cluster has to do for us. The real one is right by definition; running the same tests on it keeps them true,
 * and running them on the embedded one keeps that honest.
 */
export function contract(name: string, connect: () => Promise<Subject>): void {
  describe(name, () => {
    let bench: Bench;
    beforeAll(async () => {
      const subject = await connect();
      await installDefinitions(subject.client);
      bench = { ...subject, namespace: (prefix) => subject.namespace(prefix), close: () => subject.close(), home: await subject.namespace('contract') };
    });
    afterAll(() => bench.close());

    const parts = [creating, updating, patching, listing, watching, deleting, startingPods, changingPods, bindingPods, customTypes, discovering, collecting];
    for (const part of parts) {
      part(() => bench);
    }
  });
}
