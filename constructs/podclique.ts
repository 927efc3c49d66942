import { ApiObject, ApiObjectMetadataDefinition, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { AutoscalingProps, toAutoScalingConfig } from './autoscaling';
import { Packing } from './packing';
import { neutralPodSpec, withExtendedResources, withSharedMemory } from './pod-spec';
import type { PodCliqueSet } from './podcliqueset';
import type { PodCliqueTemplate, PodSpec } from '../src/core';

/** Properties of a clique: everything that cdk8s-plus knows of pods, and what makes them part of a gang. */
export interface PodCliqueProps extends kplus.WorkloadProps {
  /**
   * Name of the clique.
   * @default - the construct's id
   */
  readonly name?: string;
  /**
   * Role of the pods; unique in the set.
   * @default - the name
   */
  readonly roleName?: string;
  /**
   * Number of pods.
   * @default 1
   */
  readonly replicas?: number;
  /**
   * Number of pods without which the gang neither starts nor lives.
   * @default - all of them
   */
  readonly minAvailable?: number;
  /**
   * GPUs of each pod (`nvidia.com/gpu`), given to its first container.
   * @default 0
   */
  readonly gpus?: number;
  /**
   * Further extended resources of each pod, given to its first container, for example `{ 'rdma/ib': 8 }`.
   * @default - none
   */
  readonly extendedResources?: { [name: string]: number };
  /**
   * Memory below `/dev/shm` of each pod's first container; NCCL and engines with several processes exchange data there. It counts towards
   * the container's memory limit.
   * @default - 64 MiB, as container runtimes have it
   */
  readonly sharedMemory?: Size;
  /**
   * How closely the pods are packed.
   * @default - as the scaling group and the set are
   */
  readonly packing?: Packing;
  /**
   * Asks for a HorizontalPodAutoscaler. Not for cliques of a scaling group.
   * @default - none
   */
  readonly autoscaling?: AutoscalingProps;
  /**
   * Labels of the clique and its pods.
   * @default - none
   */
  readonly labels?: { [key: string]: string };
  /**
   * Annotations of the clique and its pods.
   * @default - none
   */
  readonly annotations?: { [key: string]: string };
  /**
   * Name of the scheduler of the pods; the same for all cliques of a set.
   * @default - the controller's own
   */
  readonly schedulerName?: string;
  /**
   * Fields of the pod spec that cdk8s-plus does not know, as they are written in a manifest. They win over the rest.
   * @default - none
   */
  readonly podSpecPatch?: { [field: string]: unknown };
}

/**
 * Pods of one role. Made by `PodCliqueSet.addClique` or `ScalingGroup.addClique`.
 *
 * Unlike other workloads of cdk8s-plus, containers get no CPU or memory limits, no security context, no pull policy and no start-up probe
 * unless asked for: a probe that nobody chose would kill a server that loads its model for longer than 30 seconds. Containers that are
 * attached ready-made (`attachContainer`) keep what cdk8s-plus gave them.
 */
export class PodClique extends kplus.Workload {
  public readonly resourceType = 'podcliques';
  /** Name of the clique in its set. */
  public readonly cliqueName: string;
  protected readonly apiObject: ApiObject;
  private readonly containerProps = new Map<string, kplus.ContainerProps>();
  private readonly parents: PodClique[] = [];
  private isSelected = false;
  private hasPodMetadata = false;

  /** @internal */
  constructor(private readonly podCliqueSet: PodCliqueSet, id: string, private readonly props: PodCliqueProps = {}) {
    super(podCliqueSet, id, { ...props, select: false, containers: undefined, initContainers: undefined });
    if (props.metadata) throw new Error(`${this.node.path}: a clique has no metadata of its own; use name, labels and annotations`);
    this.apiObject = podCliqueSet._apiObject;
    this.cliqueName = props.name ?? id;
    props.containers?.forEach(container => this.addContainer(container));
    props.initContainers?.forEach(container => this.addInitContainer(container));
  }

  /** Labels and annotations of the clique and its pods, in addition to those of the props. */
  public get podMetadata(): ApiObjectMetadataDefinition {
    this.hasPodMetadata = true;
    return super.podMetadata;
  }

  /** Adds a container. Nothing is limited or restricted unless it is asked for. */
  public addContainer(container: kplus.ContainerProps): kplus.Container {
    return this.remember(container, super.addContainer(neutral(container)));
  }

  /** Adds a container that runs before the others. */
  public addInitContainer(container: kplus.ContainerProps): kplus.Container {
    return this.remember(container, super.addInitContainer(neutral(container)));
  }

  /** Lets these pods start only when the minimum of each of the given cliques is ready. Turns the set's start-up order to explicit. */
  public startAfter(...cliques: PodClique[]): PodClique {
    for (const clique of cliques) {
      if (clique.podCliqueSet !== this.podCliqueSet) {
        throw new Error(`${this.node.path} cannot start after ${clique.node.path}: they are in different PodCliqueSets`);
      }
      if (!this.parents.includes(clique)) this.parents.push(clique);
    }
    return this;
  }

  /** Selects these pods, for services and network policies. */
  public toPodSelectorConfig(): kplus.PodSelectorConfig {
    this.isSelected = true;
    return super.toPodSelectorConfig();
  }

  /** @internal */
  public get _startsAfter(): string[] {
    return this.parents.map(clique => clique.cliqueName);
  }

  /** @internal */
  public _toTemplate(): PodCliqueTemplate {
    const { roleName, replicas = 1, minAvailable, packing, autoscaling } = this.props;
    return {
      name: this.cliqueName,
      ...this.podLabelsAndAnnotations(),
      ...(packing ? { topologyConstraint: packing._toConstraint() } : {}),
      spec: {
        roleName: roleName ?? this.cliqueName,
        replicas,
        ...(minAvailable === undefined ? {} : { minAvailable }),
        ...(this.parents.length > 0 ? { startsAfter: this._startsAfter } : {}),
        ...(autoscaling ? { autoScalingConfig: toAutoScalingConfig(autoscaling) } : {}),
        podSpec: this.podSpec(),
      },
    };
  }

  /** The label by which cdk8s-plus selects pods is there only when somebody selects these. */
  private podLabelsAndAnnotations(): Pick<PodCliqueTemplate, 'labels' | 'annotations'> {
    const isPlain = !this.hasPodMetadata && !this.props.podMetadata;
    const metadata: { labels?: Record<string, string>; annotations?: Record<string, string> } = isPlain ? {} : this.podMetadata.toJson();
    const { [kplus.Pod.ADDRESS_LABEL]: address, ...others } = metadata.labels ?? {};
    const labels = { ...this.props.labels, ...others, ...(this.isSelected ? { [kplus.Pod.ADDRESS_LABEL]: address } : {}) };
    const annotations = { ...this.props.annotations, ...metadata.annotations };
    return {
      ...(Object.keys(labels).length > 0 ? { labels } : {}),
      ...(Object.keys(annotations).length > 0 ? { annotations } : {}),
    };
  }

  /** What cdk8s-plus does not know is added after the conversion of what it does. */
  private podSpec(): PodSpec {
    const { gpus, extendedResources, sharedMemory, schedulerName, podSpecPatch } = this.props;
    const spec = neutralPodSpec(this._toPodSpec(), this.props, this.containerProps);
    const amounts = { ...(gpus ? { 'nvidia.com/gpu': gpus } : {}), ...extendedResources };
    const [first, ...others] = spec.containers;
    const equipped = first && Object.keys(amounts).length > 0 ? { ...spec, containers: [withExtendedResources(first, amounts), ...others] } : spec;
    return { ...(sharedMemory ? withSharedMemory(equipped, sharedMemory) : equipped), ...(schedulerName ? { schedulerName } : {}), ...podSpecPatch };
  }

  private remember(props: kplus.ContainerProps, container: kplus.Container): kplus.Container {
    this.containerProps.set(container.name, props);
    return container;
  }
}

/** cdk8s-plus limits CPU and memory of a container that says nothing; here saying nothing means nothing. */
function neutral(container: kplus.ContainerProps): kplus.ContainerProps {
  return { ...container, resources: container.resources ?? {} };
}
