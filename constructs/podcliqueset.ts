import { ApiObject, ApiObjectMetadata, Duration, JsonPatch, Lazy } from 'cdk8s';
import { Construct } from 'constructs';
import { Packing } from './packing';
import { PodClique, PodCliqueProps } from './podclique';
import { ScalingGroup, ScalingGroupProps } from './scaling-group';
import { AdmissionResult, CliqueStartupType, FieldError, PodCliqueSet as PodCliqueSetObject, admit } from '../src/core';

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
  private readonly apiObject: ApiObject;
  private hasPassed = false;

  constructor(scope: Construct, id: string, private readonly props: PodCliqueSetProps = {}) {
    super(scope, id);
    this.apiObject = new ApiObject(this, 'Resource', {
      apiVersion: 'grove.io/v1alpha1',
      kind: 'PodCliqueSet',
      metadata: { ...props.metadata, name: props.metadata?.name ?? id },
      spec: Lazy.any({ produce: () => this.admitted().spec }),
    });
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
    return clique;
  }

  /** Adds a group of cliques that scale together; its cliques are added to the group. */
  public addScalingGroup(id: string, props: ScalingGroupProps = {}): ScalingGroup {
    const group = new ScalingGroup(this, id, props);
    this.scalingGroups.push(group);
    return group;
  }

  /** Changes the synthesized object where the constructs cannot. */
  public addJsonPatch(...patches: JsonPatch[]): void {
    this.apiObject.addJsonPatch(...patches);
  }

  /**
   * cdk8s validates the whole app again for each of its charts; a set that has passed is not asked again, or an app of many charts would take
   * minutes. What changes afterwards does not slip through: `admitted` judges what is written.
   */
  private findings(): string[] {
    if (this.hasPassed) return [];
    const unfinished = this.unfinished();
    const problems = unfinished.length > 0 ? unfinished : this.verdict().errors.map(sentence);
    this.hasPassed = problems.length === 0;
    return problems;
  }

  private admitted(): PodCliqueSetObject {
    const unfinished = this.unfinished();
    if (unfinished.length > 0) throw new Error(unfinished.join('\n'));
    const { object, errors } = this.verdict();
    if (errors.length > 0) throw new Error(errors.map(sentence).join('\n'));
    return object;
  }

  /** What keeps the object from being made at all. */
  private unfinished(): string[] {
    if (this.cliques.length === 0) return ['spec.template.cliques: Required: a set needs one clique at least; add one with addClique'];
    const { startupOrder = StartupOrder.EXPLICIT } = this.props;
    const unordered = this.isOrdered() && startupOrder !== StartupOrder.EXPLICIT
      ? [`spec.template.cliqueStartupType: Invalid value "${startupOrder}": startAfter needs StartupOrder.EXPLICIT`]
      : [];
    const empty = this.cliques.flatMap(({ containers, cliqueName }, index) => (containers.length > 0 ? [] : [
      `spec.template.cliques[${index}].spec.podSpec.containers: Required: the pods of ${cliqueName} need a container; add one with addContainer`,
    ]));
    return [...unordered, ...empty];
  }

  private verdict(): AdmissionResult {
    return admit({ object: this.submitted() });
  }

  private submitted(): PodCliqueSetObject {
    const { replicas = 1, packing, priorityClassName, terminationDelay, publishNotReadyAddresses = true, updateStrategy } = this.props;
    const groups = this.scalingGroups.map(group => group._toConfig());
    return {
      apiVersion: 'grove.io/v1alpha1',
      kind: 'PodCliqueSet',
      metadata: { name: this.name },
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
}

function sentence({ field, type, badValue, detail }: FieldError): string {
  return `${field}: ${type}${badValue === undefined ? '' : ` value ${JSON.stringify(badValue)}`}: ${detail}`;
}

/** As the API server writes a duration back, so that GitOps tools see no difference. */
function goDuration(duration: Duration): string {
  const seconds = duration.toSeconds();
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  if (hours > 0) return `${hours}h${minutes}m${rest}s`;
  return minutes > 0 ? `${minutes}m${rest}s` : `${rest}s`;
}
