import { ApiObject, ApiObjectMetadata, Duration, JsonPatch, Lazy } from 'cdk8s';
import { Construct } from 'constructs';
import { Autoscaling, ReplicasOwner } from './autoscaling';
import { goDuration } from './go-duration';
import { addScaledObject, kedaFindings } from './keda';
import { NvlinkDomain, NvlinkDomainPlan } from './nvlink-domain';
import { Packing } from './packing';
import { PodClique, PodCliqueProps } from './podclique';
import { referenceFindings } from './references';
import { ClaimTemplate, ClaimTemplateProps, SetSharingOptions, requestFindings, toClaimTemplate, toSetSharing } from './resource-sharing';
import { ScalingGroup, ScalingGroupProps } from './scaling-group';
import { Topology, completed, toBinding } from './topology';
import { SCHEDULERS, sentence } from './verdict';
import {
  CliqueStartupType, PodCliqueSet as PodCliqueSetObject, PodCliqueSetResourceSharing, ResourceClaimTemplateConfig,
  admit, claimNameWarnings, cliqueName, oversizedNvlinkDomains, planNvlinkDomains, scalingGroupName,
} from '../src/core';

/** Who waits for whom when a gang starts. */
export enum StartupOrder {
  /** Nobody waits. */
  ANY_ORDER = 'CliqueStartupTypeAnyOrder',
  /** Each clique waits for the one that was added before it. */
  IN_ORDER = 'CliqueStartupTypeInOrder',
  /** Each clique waits for those that `startAfter` names. */
  EXPLICIT = 'CliqueStartupTypeExplicit',
}

/** How changed templates reach running pods. */
export enum UpdateStrategy {
  /** The controller replaces pods, copy by copy. */
  ROLLING_RECREATE = 'RollingRecreate',
  /** Pods change when somebody deletes them. */
  ON_DELETE = 'OnDelete',
}

/** Properties of a PodCliqueSet. */
export interface PodCliqueSetProps {
  /**
   * Name, labels and annotations of the object.
   * @default - named after the construct's id, without a hash: the name is part of every pod's
   */
  readonly metadata?: ApiObjectMetadata;
  /**
   * Independent copies of the system.
   * @default 1
   */
  readonly replicas?: number;
  /**
   * Who decides how many copies there are. With AUTOSCALER, `replicas` must be left out.
   * @default ReplicasOwner.GIT
   */
  readonly replicasOwner?: ReplicasOwner;
  /**
   * Who scales the copies; only `Autoscaling.byKeda`, with ReplicasOwner.AUTOSCALER.
   * @default - nobody
   */
  readonly autoscaling?: Autoscaling;
  /**
   * Who waits for whom.
   * @default - EXPLICIT once a clique has a `startAfter`, ANY_ORDER otherwise
   */
  readonly startupOrder?: StartupOrder;
  /**
   * How closely the pods of each copy are packed.
   * @default - anywhere
   */
  readonly packing?: Packing;
  /**
   * The multi-node NVLink domain of the pods with GPUs; every copy has its own.
   * @default - none
   */
  readonly nvlinkDomain?: NvlinkDomain;
  /**
   * PriorityClass of the gangs.
   * @default - none
   */
  readonly priorityClassName?: string;
  /**
   * How long a copy may lack its minimum of pods before it is recreated whole.
   * @default Duration.hours(4)
   */
  readonly terminationDelay?: Duration;
  /**
   * Whether pods get their DNS names before they are ready.
   * @default true
   */
  readonly publishNotReadyAddresses?: boolean;
  /**
   * How changed templates reach running pods.
   * @default - ROLLING_RECREATE
   */
  readonly updateStrategy?: UpdateStrategy;
}

/**
 * A whole inference system: cliques of pods that start together or not at all, in order and close to one another. What is synthesized carries
 * every default and has passed the same admission rules as in the cluster; what they refuse fails the synthesis with path and field.
 */
export class PodCliqueSet extends Construct {
  private readonly cliques: PodClique[] = [];
  private readonly scalingGroups: ScalingGroup[] = [];
  private readonly claimTemplates: ResourceClaimTemplateConfig[] = [];
  private readonly sharings: PodCliqueSetResourceSharing[] = [];
  private readonly apiObject: ApiObject;
  /** The last verdict without problems, and what it was about. */
  private passed?: { readonly evidence: string; readonly judgement: Judgement };

  constructor(scope: Construct, id: string, private readonly props: PodCliqueSetProps = {}) {
    super(scope, id);
    const { metadata, nvlinkDomain, autoscaling } = props;
    const annotations = nvlinkDomain ? { annotations: { ...metadata?.annotations, ...nvlinkDomain._annotations } } : {};
    this.apiObject = new ApiObject(this, 'Resource', {
      apiVersion: 'grove.io/v1alpha1',
      kind: 'PodCliqueSet',
      metadata: { ...metadata, ...annotations, name: metadata?.name ?? id },
      spec: Lazy.any({ produce: () => this.admitted() }),
    });
    if (autoscaling?._keda) addScaledObject(this, 'scaled-object', { kind: 'PodCliqueSet', name: this.name, namespace: metadata?.namespace, replicas: 1 }, autoscaling._keda);
    this.node.addValidation({ validate: () => this.findings() });
  }

  /** Name of the object. */
  public get name(): string {
    return this.apiObject.name;
  }

  /** @internal */
  public get _apiObject(): ApiObject {
    return this.apiObject;
  }

  /** Adds pods of one role. */
  public addClique(id: string, props: PodCliqueProps = {}): PodClique {
    const clique = new PodClique(this, id, props);
    this.cliques.push(clique);
    this.scaleByKeda(clique, 'PodClique', clique.replicas, copy => cliqueName(this.name, copy, clique.cliqueName));
    return clique;
  }

  /** Adds a group of cliques that scale together: cliques of the set that are named in the props, or cliques that are added to the group. */
  public addScalingGroup(id: string, props: ScalingGroupProps = {}): ScalingGroup {
    const group = new ScalingGroup(this, id, props);
    this.scalingGroups.push(group);
    this.scaleByKeda(group, 'PodCliqueScalingGroup', group.replicas, copy => scalingGroupName(this.name, copy, group.groupName));
    return group;
  }

  /**
   * Adds a template of ResourceClaims, to be shared with `shareClaims` of the set, of a scaling group or of a clique.
   * @throws if there is a template of that name, if two of its requests have one name, or if a constraint or configuration is of a request that it lacks
   */
  public addClaimTemplate(name: string, props: ClaimTemplateProps): ClaimTemplate {
    if (this.claimTemplates.some(template => template.name === name)) throw new Error(`${this.node.path}: there is a claim template ${name} already`);
    const [mistake] = requestFindings(props);
    if (mistake) throw new Error(`${this.node.path}: the claim template ${name} ${mistake}`);
    this.claimTemplates.push(toClaimTemplate(name, props));
    return ClaimTemplate._inSet(this, name);
  }

  /**
   * Lets pods share claims made from a template: one for all copies of the set, or one for each.
   * @throws if the template, a clique or a scaling group is of another set
   */
  public shareClaims(template: ClaimTemplate, options: SetSharingOptions): void {
    this._requireOwnTemplate(template);
    const stranger = options.cliques?.find(clique => !this.cliques.includes(clique))
      ?? options.scalingGroups?.find(group => !this.scalingGroups.includes(group));
    if (stranger) throw new Error(`${stranger.node.path} is not in ${this.node.path}, whose pods are to share ${template.name}`);
    this.sharings.push(toSetSharing(template, options));
  }

  /** The multi-node NVLink domains that each copy of the set gets, and how many pods, GPUs and nodes each of them takes. */
  public nvlinkDomains(): NvlinkDomainPlan[] {
    return planNvlinkDomains(this.submitted(), this.topology()?.nvlinkDomainSize?.gpusPerNode).map(plan => ({ ...plan, cliques: [...plan.cliques] }));
  }

  /** Changes the synthesized object where the constructs cannot. */
  public addJsonPatch(...patches: JsonPatch[]): void {
    this.apiObject.addJsonPatch(...patches);
  }

  /** @internal */
  public _requireOwnTemplate(template: ClaimTemplate): void {
    if (template._owner && template._owner !== this) throw new Error(`${this.node.path} cannot share ${template.name}: it is kept in another PodCliqueSet`);
  }

  /**
   * cdk8s validates the whole app again for each of its charts; a set that has passed is not asked again, or an app of many charts would take
   * minutes. What changes afterwards does not slip through: the object is made anew when it is written, and judged anew if it is another.
   */
  private findings(): string[] {
    return this.passed ? [] : this.judged().problems;
  }

  private admitted(): object {
    const { spec, problems } = this.judged();
    if (!spec || problems.length > 0) throw new Error(problems.join('\n'));
    if (this.props.replicasOwner !== ReplicasOwner.AUTOSCALER) return spec;
    const { replicas: _, ...others } = spec;
    return others;
  }

  private judged(): Judgement {
    const unfinished = this.unfinished();
    if (unfinished.length > 0) return { problems: unfinished };
    const topology = this.topology();
    const submitted = this.submitted();
    const evidence = JSON.stringify([submitted, topology]);
    if (this.passed?.evidence === evidence) return this.passed.judgement;
    const judgement = this.verdict(submitted, topology);
    this.passed = judgement.problems.length > 0 ? undefined : { evidence, judgement };
    return judgement;
  }

  private verdict(submitted: PodCliqueSetObject, topology: Topology | undefined): Judgement {
    const binding = topology && toBinding(topology);
    const { object, errors } = admit({ object: submitted, config: { schedulers: SCHEDULERS }, ...(binding ? { topologies: [binding] } : {}) });
    return { spec: object.spec, problems: errors.length > 0 ? errors.map(sentence) : this.surprises(object, topology) };
  }

  /** What keeps the object from being made at all, and what admission cannot see. */
  private unfinished(): string[] {
    if (this.cliques.length === 0) return ['spec.template.cliques: Required: a set needs one clique at least; add one with addClique'];
    const { startupOrder = StartupOrder.EXPLICIT } = this.props;
    const unordered = this.isOrdered() && startupOrder !== StartupOrder.EXPLICIT
      ? [`spec.template.cliqueStartupType: Invalid value "${startupOrder}": startAfter needs StartupOrder.EXPLICIT`]
      : [];
    return [
      ...unordered,
      ...this.cliques.flatMap((clique, index) => clique._findings(`spec.template.cliques[${index}]`)),
      ...this.scalingGroups.flatMap((group, index) => group._findings(`spec.template.podCliqueScalingGroups[${index}]`)),
      ...this.ownerFindings(),
    ];
  }

  /** What the cluster would accept, and what would not work there. */
  private surprises(object: PodCliqueSetObject, topology: Topology | undefined): string[] {
    const size = topology?.nvlinkDomainSize;
    return [...referenceFindings(object), ...claimNameWarnings(object), ...(size ? oversizedNvlinkDomains(object, size) : [])];
  }

  private ownerFindings(): string[] {
    const { replicas, replicasOwner = ReplicasOwner.GIT, autoscaling } = this.props;
    if (replicasOwner === ReplicasOwner.GIT) {
      return autoscaling ? ['spec.replicas: Invalid: Git and the autoscaler would both write it; give it away with ReplicasOwner.AUTOSCALER'] : [];
    }
    const scaled = [...this.cliques, ...this.scalingGroups].filter(({ _keda }) => _keda);
    return [
      ...(replicas === undefined ? [] : [`spec.replicas: Invalid value ${replicas}: it belongs to the autoscaler; leave it out`]),
      ...(autoscaling && !autoscaling._keda ? ['autoscaling: Invalid: the controller scales cliques and scaling groups; a set is scaled with Autoscaling.byKeda'] : []),
      ...(autoscaling?._keda ? kedaFindings('autoscaling', 1, 0, autoscaling._keda) : []),
      ...scaled.map(({ node }) => `${node.id}: KEDA needs a ScaledObject for each copy of the set, and how many there will be is not known with ReplicasOwner.AUTOSCALER`),
    ];
  }

  /** The topology that the packings speak of, with all that is known of it in this app. */
  private topology(): Topology | undefined {
    for (const packing of [this.props.packing, ...[...this.scalingGroups, ...this.cliques].map(({ _packing }) => _packing)]) {
      if (packing) return completed(packing._levels[0]!._topology, this);
    }
    return undefined;
  }

  private submitted(): PodCliqueSetObject {
    const { replicas = 1, packing, priorityClassName, terminationDelay, publishNotReadyAddresses = true, updateStrategy } = this.props;
    const groups = this.scalingGroups.map(group => group._toConfig());
    return {
      apiVersion: 'grove.io/v1alpha1',
      kind: 'PodCliqueSet',
      metadata: this.apiObject.metadata.toJson(),
      spec: {
        replicas,
        ...(updateStrategy ? { updateStrategy: { type: updateStrategy } } : {}),
        template: {
          cliques: this.cliques.map(clique => clique._toTemplate()),
          cliqueStartupType: this.startupType(),
          ...(priorityClassName ? { priorityClassName } : {}),
          headlessServiceConfig: { publishNotReadyAddresses },
          ...(packing ? { topologyConstraint: packing._toConstraint() } : {}),
          terminationDelay: goDuration(terminationDelay ?? Duration.hours(4)),
          ...(this.claimTemplates.length > 0 ? { resourceClaimTemplates: this.claimTemplates } : {}),
          ...(this.sharings.length > 0 ? { resourceSharing: this.sharings } : {}),
          ...(groups.length > 0 ? { podCliqueScalingGroups: groups } : {}),
        },
      },
    };
  }

  private startupType(): CliqueStartupType {
    return this.props.startupOrder ?? (this.isOrdered() ? StartupOrder.EXPLICIT : StartupOrder.ANY_ORDER);
  }

  private isOrdered(): boolean {
    return this.cliques.some(clique => clique._startsAfter.length > 0);
  }

  /** A ScaledObject for what each copy of the set has of a clique or a scaling group. */
  private scaleByKeda(scaled: PodClique | ScalingGroup, kind: 'PodClique' | 'PodCliqueScalingGroup', replicas: number, nameIn: (copy: number) => string): void {
    const keda = scaled._keda;
    if (!keda) return;
    const namespace = this.props.metadata?.namespace;
    for (let copy = 0; copy < (this.props.replicas ?? 1); copy += 1) {
      addScaledObject(scaled, `scaled-object-${copy}`, { kind, name: nameIn(copy), namespace, replicas }, keda);
    }
  }
}

interface Judgement {
  /** With every default; absent when the object cannot be made. */
  readonly spec?: PodCliqueSetObject['spec'];
  readonly problems: string[];
}
