import { ApiObject } from 'cdk8s';
import { IConstruct } from 'constructs';
import { GroveOperator } from './operator';

/** A difference between Git and the cluster that Argo CD should not mend: an entry of an Application's `spec.ignoreDifferences`. */
export interface IgnoredDifference {
  /** API group of the object. */
  readonly group: string;
  /** Kind of the object. */
  readonly kind: string;
  /** Name of the object. */
  readonly name: string;
  /**
   * Namespace of the object.
   * @default - that of the Application
   */
  readonly namespace?: string;
  /** The fields, as JSON pointers. */
  readonly jsonPointers: string[];
}

const WAVE = 'argocd.argoproj.io/sync-wave';

/** Waves by kind; objects of other kinds stay where they are, in wave 0. */
const WAVES: Readonly<Record<string, string>> = {
  'apiextensions.k8s.io/CustomResourceDefinition': '-3',
  'grove.io/ClusterTopologyBinding': '-1',
  'grove.io/PodCliqueSet': '1',
  'keda.sh/ScaledObject': '2',
};

/** What Argo CD has to be told of Grove's objects. The health of each kind is in the package's `gitops/argocd/argocd-cm.yaml`. */
export class ArgoCd {
  /**
   * Annotates the objects of an app or a chart so that Argo CD applies them in waves: definitions (-3), the controller (-2), topologies (-1), all else (0),
   * sets (1), KEDA's autoscalers (2). Argo CD begins a wave when everything of those before it is healthy. A wave that an object has already stays.
   * To be called when all objects have been added.
   */
  public static addSyncWaves(scope: IConstruct): void {
    for (const object of apiObjects(scope)) {
      const wave = WAVES[`${object.apiGroup}/${object.kind}`] ?? (isOfController(object) ? '-2' : undefined);
      if (wave && object.metadata.toJson().annotations?.[WAVE] === undefined) object.metadata.addAnnotation(WAVE, wave);
    }
  }

  /**
   * The differences that are not Git's to mend: the replicas of the sets that have ReplicasOwner.AUTOSCALER. For an Application's `spec.ignoreDifferences`,
   * together with the sync option `RespectIgnoreDifferences=true`.
   */
  public static ignoredDifferences(scope: IConstruct): IgnoredDifference[] {
    return apiObjects(scope).filter(object => object.kind === 'PodCliqueSet' && object.apiGroup === 'grove.io').flatMap(set => {
      const { metadata: { name, namespace }, spec } = set.toJson();
      if (spec.replicas !== undefined) return [];
      return [{ group: 'grove.io', kind: 'PodCliqueSet', name, ...(namespace ? { namespace } : {}), jsonPointers: ['/spec/replicas'] }];
    });
  }

  private constructor() {}
}

function apiObjects(scope: IConstruct): ApiObject[] {
  return scope.node.findAll().filter(construct => ApiObject.isApiObject(construct)) as ApiObject[];
}

/** Whether the object is part of a GroveOperator. */
function isOfController(object: ApiObject): boolean {
  return object.node.scopes.some(scope => scope instanceof GroveOperator);
}
