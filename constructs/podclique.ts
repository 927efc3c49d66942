import { ApiObject, ApiObjectMetadataDefinition, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { Autoscaling } from './autoscaling';
import { siblingAddress, standaloneAddress } from './discovery';
import { extendedResourceFindings, withExtendedResources } from './extended-resources';
import { kedaFindings } from './keda';
import { NvlinkDomain } from './nvlink-domain';
import { Packing } from './packing';
import { PodResourceClaim, ResourceClaimUse, UsedClaim, claimFindings, withResourceClaims } from './pod-resource-claim';
import { neutralPodSpec, withSharedMemory } from './pod-spec';
import { patchedPodSpec } from './pod-spec-patch';
import type { PodCliqueSet } from './podcliqueset';
import { ClaimTemplate, CliqueSharingOptions } from './resource-sharing';
import { RollingUpdate, toRollingUpdate } from './rolling-update';
import type { ScalingGroup } from './scaling-group';
import type { PodCliqueResourceSharing, PodCliqueTemplate, PodSpec } from '../src/core';

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
   * The multi-node NVLink domain of the pods.
   * @default - that of the scaling group or the set
   */
  readonly nvlinkDomain?: NvlinkDomain;
  /**
   * Who scales the pods. Not for cliques of a scaling group, which scales as a whole.
   * @default - nobody
   */
  readonly autoscaling?: Autoscaling;
  /**
   * How rolling updates go about the pods. Not for cliques of a scaling group, which is updated as a whole.
   * @default - one pod at a time, however long it takes
   */
  readonly rollingUpdate?: RollingUpdate;
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
   * Fields of the pod spec that cdk8s-plus does not know, as they are written in a manifest. They are merged into what the other properties made, as
   * `kubectl patch` would (a strategic merge): an object field by field; a list of named things (containers, volumes, variables, mounts, ports …)
   * thing by thing, what is new at the end; any other list takes the place of the old one, and null removes a field.
   * @default - none
   */
  readonly podSpecPatch?: { [field: string]: unknown };
}

/**
 * Pods of one role. Made by `PodCliqueSet.addClique` or `ScalingGroup.addClique`.
 *
 * Unlike other workloads of cdk8s-plus, containers get no CPU or memory limits, nothing in a security context, no pull policy and no start-up
 * probe unless asked for: a probe that nobody chose would kill a server that loads its model for longer than 30 seconds. Containers that are
 * attached ready-made (`attachContainer`) keep what cdk8s-plus gave them.
 */
export class PodClique extends kplus.Workload {
  public readonly resourceType = 'podcliques';
  /** Name of the clique in its set. */
  public readonly cliqueName: string;
  /** Number of pods; with a scaling group, in each of its copies. */
  public readonly replicas: number;
  protected readonly apiObject: ApiObject;
  private readonly containerProps = new Map<string, kplus.ContainerProps>();
  private readonly parents: PodClique[] = [];
  private readonly claims: UsedClaim[] = [];
  private readonly sharings: PodCliqueResourceSharing[] = [];
  private group?: ScalingGroup;
  private isSelected = false;
  private isAddressed = false;
  private hasPodMetadata = false;

  /** @internal */
  constructor(private readonly podCliqueSet: PodCliqueSet, id: string, private readonly props: PodCliqueProps = {}) {
    super(podCliqueSet, id, { ...props, select: false, spread: false, containers: undefined, initContainers: undefined });
    if (props.metadata) throw new Error(`${this.node.path}: a clique has no metadata of its own; use name, labels and annotations`);
    this.apiObject = podCliqueSet._apiObject;
    this.cliqueName = props.name ?? id;
    this.replicas = props.replicas ?? 1;
    props.containers?.forEach(container => this.addContainer(container));
    props.initContainers?.forEach(container => this.addInitContainer(container));
    // cdk8s-plus would spread the pods once more each time that it renders them.
    if (props.spread) [kplus.Topology.HOSTNAME, kplus.Topology.ZONE].forEach(topology => this.scheduling.spread({ topology }));
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

  /**
   * Lets each pod claim devices (dynamic resource allocation).
   * @throws if a claim of that name is there already
   */
  public addResourceClaim(claim: PodResourceClaim, use: ResourceClaimUse = {}): PodResourceClaim {
    if (this.claims.some(({ claim: { name } }) => name === claim.name)) throw new Error(`${this.node.path}: there is a claim ${claim.name} already`);
    this.claims.push({ claim, use });
    return claim;
  }

  /**
   * Lets the pods share claims made from a template: one for all of the clique's pods, or one for each.
   * @throws if the template is of another set
   */
  public shareClaims(template: ClaimTemplate, options: CliqueSharingOptions): void {
    this.podCliqueSet._requireOwnTemplate(template);
    this.sharings.push(template._sharing(options.scope));
  }

  /**
   * Lets these pods start only when the minimum of each of the given cliques is ready. Turns the set's start-up order to explicit.
   * @throws if a clique is of another set or if it starts after this one, directly or not
   */
  public startAfter(...cliques: PodClique[]): PodClique {
    for (const clique of cliques) {
      if (clique.podCliqueSet !== this.podCliqueSet) {
        throw new Error(`${this.node.path} cannot start after ${clique.node.path}: they are in different PodCliqueSets`);
      }
      const way = clique.wayTo(this);
      if (way) {
        const reason = clique === this ? 'no clique waits for itself' : `that one already starts after it (${way.map(({ cliqueName }) => cliqueName).join(' after ')})`;
        throw new Error(`${this.node.path} cannot start after ${clique.node.path}: ${reason}`);
      }
      if (!this.parents.includes(clique)) this.parents.push(clique);
    }
    return this;
  }

  /**
   * Address of a pod, to be used in commands, arguments and variables of other pods of the same copy of the set. If the clique is in a scaling group, of the
   * pod in the reader's own copy of the group.
   * @param index number of the pod, from 0
   * @throws if the clique has no such pod
   */
  public podAddress(index: number): string {
    this.requirePod(index);
    this.isAddressed = true;
    return this.group ? siblingAddress(this.cliqueName, index) : standaloneAddress(this.cliqueName, index);
  }

  /** Addresses of all pods, see `podAddress`. With an autoscaler, of those that are there at the beginning. */
  public podAddresses(): string[] {
    return Array.from({ length: this.replicas }, (_, index) => this.podAddress(index));
  }

  /** Address of the first pod, see `podAddress`. */
  public leaderAddress(): string {
    return this.podAddress(0);
  }

  /**
   * Address of a pod in a given copy of its scaling group, to be used in pods of the same copy of the set that are not in the group.
   * @param copy number of the group's copy, from 0
   * @param index number of the pod, from 0
   * @throws if the clique is in no scaling group, or has no such copy or pod
   */
  public podAddressInCopy(copy: number, index: number): string {
    this.requirePod(index);
    if (!this.group) throw new Error(`${this.node.path} is in no scaling group; use podAddress`);
    this.group._requireCopy(copy);
    return standaloneAddress(`${this.group.groupName}-${copy}-${this.cliqueName}`, index);
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
  public get _packing(): Packing | undefined {
    return this.props.packing;
  }

  /** @internal */
  public get _group(): ScalingGroup | undefined {
    return this.group;
  }

  /** @internal */
  public get _keda() {
    return this.props.autoscaling?._keda;
  }

  /** @internal */
  public _join(group: ScalingGroup, podCliqueSet: PodCliqueSet): void {
    if (podCliqueSet !== this.podCliqueSet) throw new Error(`${this.node.path} cannot be in ${group.node.path}: they are in different PodCliqueSets`);
    if (this.group) throw new Error(`${this.node.path} cannot be in ${group.node.path}: it is in ${this.group.node.path}`);
    if (this.isAddressed) throw new Error(`${this.node.path} cannot be in ${group.node.path} any more: its pods' addresses have been given away, and would be others`);
    this.group = group;
  }

  /** @internal */
  public _findings(path: string): string[] {
    if (this.containers.length === 0) return [`${path}.spec.podSpec.containers: Required: the pods of ${this.cliqueName} need a container; add one with addContainer`];
    return [
      // Admission takes 0 for nothing said, and makes it 1.
      ...(this.replicas === 0 ? [`${path}.spec.replicas: Invalid value 0: must be above 0`] : []),
      ...extendedResourceFindings(path, this.props),
      ...claimFindings(`${path}.spec.podSpec.resourceClaims`, this.claims, [...this.containers, ...this.initContainers]),
      ...this.scalingFindings(path),
    ];
  }

  /** @internal */
  public _toTemplate(): PodCliqueTemplate {
    const { roleName, minAvailable, packing, autoscaling, rollingUpdate } = this.props;
    const autoScalingConfig = autoscaling?._toConfig();
    return {
      name: this.cliqueName,
      ...this.podLabelsAndAnnotations(),
      ...(packing ? { topologyConstraint: packing._toConstraint() } : {}),
      ...(this.sharings.length > 0 ? { resourceSharing: this.sharings } : {}),
      ...(rollingUpdate ? { rollingUpdate: toRollingUpdate(rollingUpdate) } : {}),
      spec: {
        roleName: roleName ?? this.cliqueName,
        replicas: this.replicas,
        ...(minAvailable === undefined ? {} : { minAvailable }),
        ...(this.parents.length > 0 ? { startsAfter: this._startsAfter } : {}),
        ...(autoScalingConfig ? { autoScalingConfig } : {}),
        podSpec: this.podSpec(),
      },
    };
  }

  private scalingFindings(path: string): string[] {
    const { autoscaling, minAvailable = this.replicas } = this.props;
    if (!autoscaling?._keda) return [];
    if (this.group) return [`${path}.spec.autoScalingConfig: Invalid: ${this.cliqueName} scales with ${this.group.groupName}; give autoscaling to the group`];
    return kedaFindings(`${path}.autoscaling`, this.replicas, minAvailable, autoscaling._keda);
  }

  /** The label by which cdk8s-plus selects pods is there only when somebody selects these. */
  private podLabelsAndAnnotations(): Pick<PodCliqueTemplate, 'labels' | 'annotations'> {
    const isPlain = !this.hasPodMetadata && !this.props.podMetadata;
    const metadata: { labels?: Record<string, string>; annotations?: Record<string, string> } = isPlain ? {} : this.podMetadata.toJson();
    const { [kplus.Pod.ADDRESS_LABEL]: address, ...others } = metadata.labels ?? {};
    const labels = { ...this.props.labels, ...others, ...(this.isSelected ? { [kplus.Pod.ADDRESS_LABEL]: address } : {}) };
    const annotations = { ...this.props.annotations, ...metadata.annotations, ...this.props.nvlinkDomain?._annotations };
    return {
      ...(Object.keys(labels).length > 0 ? { labels } : {}),
      ...(Object.keys(annotations).length > 0 ? { annotations } : {}),
    };
  }

  /** What cdk8s-plus does not know is added after the conversion of what it does. */
  private podSpec(): PodSpec {
    const { sharedMemory, schedulerName, podSpecPatch } = this.props;
    let spec = withExtendedResources(neutralPodSpec(this._toPodSpec(), this.props, this.containerProps), this.props);
    if (sharedMemory) spec = withSharedMemory(spec, sharedMemory);
    if (this.claims.length > 0) spec = withResourceClaims(spec, this.claims);
    if (schedulerName) spec = { ...spec, schedulerName };
    return podSpecPatch ? patchedPodSpec(spec, podSpecPatch) : spec;
  }

  /** The cliques from this one to another that it starts after, directly or not; both ends included. */
  private wayTo(clique: PodClique): PodClique[] | undefined {
    if (clique === this) return [this];
    for (const parent of this.parents) {
      const way = parent.wayTo(clique);
      if (way) return [this, ...way];
    }
    return undefined;
  }

  private requirePod(index: number): void {
    const most = Math.max(this.replicas, this.props.autoscaling?.maxReplicas ?? 0);
    if (!Number.isInteger(index) || index < 0 || index >= most) throw new Error(`${this.node.path} has no pod ${index}; its pods have the numbers 0 to ${most - 1}`);
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
