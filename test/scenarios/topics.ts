import { cascadeDelete } from './cascade-delete';
import { Scenario } from './cluster';
import { gangScheduling } from './gang-scheduling';
import { gangTermination } from './gang-termination';
import { mnnvl } from './mnnvl';
import { updateOnDelete } from './on-delete';
import { resourceSharing } from './resource-sharing';
import { rollingUpdate } from './rolling-update';
import { startupOrder } from './startup-order';
import { topologyBindings } from './topology-bindings';
import { topologyPacking } from './topology-packing';

/** The scenarios that one controller with its defaults plays, by what they are about. */
export const topics: Readonly<Record<string, readonly Scenario[]>> = {
  'gang scheduling': gangScheduling,
  'gang termination': gangTermination,
  'start-up order': startupOrder,
  'rolling update': rollingUpdate,
  'update on delete': updateOnDelete,
  'cascade delete': cascadeDelete,
  'topology packing': topologyPacking,
  'topology bindings': topologyBindings,
  'MNNVL': mnnvl,
  'resource sharing': resourceSharing,
};
