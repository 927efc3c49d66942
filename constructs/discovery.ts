import * as kplus from 'cdk8s-plus-28';

/**
 * A variable that Grove sets in every container. Use `reference` in a command, in arguments or in the value of a variable: Kubernetes puts the value in
 * there (and nowhere else: not in files).
 */
export class PodVariable {
  /** Name of the set. */
  public static readonly SET_NAME = new PodVariable('GROVE_PCS_NAME');
  /** Number of the set's copy that the pod belongs to, from 0. */
  public static readonly SET_COPY = new PodVariable('GROVE_PCS_INDEX');
  /** Full name of the pod's clique on the cluster, for example `llm-0-decode-1-worker`. */
  public static readonly CLIQUE_NAME = new PodVariable('GROVE_PCLQ_NAME');
  /** Number of the pod in its clique, from 0. */
  public static readonly POD_INDEX = new PodVariable('GROVE_PCLQ_POD_INDEX');
  /** Host name below which every pod of the copy has its name. */
  public static readonly SERVICE_NAME = new PodVariable('GROVE_HEADLESS_SERVICE');
  /** Full name of the pod's scaling group on the cluster. Only in pods of a scaling group. */
  public static readonly GROUP_NAME = new PodVariable('GROVE_PCSG_NAME', true);
  /** Number of the scaling group's copy that the pod belongs to, from 0. Only in pods of a scaling group. */
  public static readonly GROUP_COPY = new PodVariable('GROVE_PCSG_INDEX', true);
  /** Pods of one copy of the scaling group, all its cliques together: the world size in pods. Only in pods of a scaling group. */
  public static readonly GROUP_PODS = new PodVariable('GROVE_PCSG_TEMPLATE_NUM_PODS', true);

  private constructor(
    /** Name of the variable. */
    public readonly variableName: string,
    /** Whether only pods of a scaling group have it. */
    public readonly isOfGroup: boolean = false,
  ) {}

  /** The variable as it is written in a command, in arguments or in another variable: `$(NAME)`. */
  public get reference(): string {
    return `$(${this.variableName})`;
  }

  /** The value under another name, for software that wants it so. */
  public toEnvValue(): kplus.EnvValue {
    return kplus.EnvValue.fromValue(this.reference);
  }
}

/**
 * Address of a pod as the others of the same copy of the set write it.
 *
 * @internal
 */
export function standaloneAddress(clique: string, index: number): string {
  return `${PodVariable.SET_NAME.reference}-${PodVariable.SET_COPY.reference}-${clique}-${index}.${PodVariable.SERVICE_NAME.reference}`;
}

/**
 * Address of a pod in the reader's own copy of their scaling group.
 *
 * @internal
 */
export function siblingAddress(clique: string, index: number): string {
  return `${PodVariable.GROUP_NAME.reference}-${PodVariable.GROUP_COPY.reference}-${clique}-${index}.${PodVariable.SERVICE_NAME.reference}`;
}
