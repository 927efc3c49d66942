import { AdmissionResult, ClusterTopologyBinding, FieldError, KNOWN_SCHEDULERS, KubeObject, PodCliqueSet, admit, admitTopology } from './core';

/** What cdk8s gives a validation plugin (cdk8s-cli, plugins/validation), as far as it is used here. */
interface ValidationContext {
  readonly manifests: readonly string[];
  readonly report: {
    addViolation(violation: object): void;
    submit(status: 'success' | 'failure', metadata?: { readonly [key: string]: string }): void;
  };
  readonly logger: { log(message: string): void };
  parseManifest(path: string): unknown[];
}

/** `properties` of the entry in cdk8s.yaml. */
interface ValidationProperties {
  /** Manifest files with the ClusterTopologyBindings of the cluster; those that the app synthesizes count too. */
  readonly topology?: readonly string[];
  /** Names of the schedulers of the cluster. By default all that Grove can work with. */
  readonly schedulers?: readonly string[];
}

interface Found {
  readonly manifest: string;
  readonly object: KubeObject;
}

/**
 * The validation plugin for `cdk8s synth`, named under `validations:` in cdk8s.yaml: the admission rules over every PodCliqueSet and
 * ClusterTopologyBinding that an app of any language synthesizes, also over those that no construct of this library has made. cdk8s makes it by name;
 * it is no part of the constructs.
 *
 * @internal
 */
export class GroveValidation {
  constructor(private readonly properties: ValidationProperties = {}) {}

  /** Judges the manifests and hands in the report. Warnings are logged and pass. */
  public async validate(context: ValidationContext): Promise<void> {
    const found = context.manifests.flatMap(manifest => groveObjects(context, manifest));
    const known = (this.properties.topology ?? []).flatMap(manifest => groveObjects(context, manifest));
    const topologies = [...found, ...known].map(({ object }) => object).filter(isTopologyBinding);
    const verdicts = found.map(one => ({ ...one, verdict: this.judge(one.object, topologies) }));
    for (const { manifest, object, verdict } of verdicts) {
      verdict.errors.forEach(error => context.report.addViolation(violation(error, manifest, object)));
      verdict.warnings.forEach(warning => context.logger.log(`warning: ${object.kind} ${object.metadata?.name}: ${warning}`));
    }
    context.report.submit(verdicts.some(({ verdict }) => verdict.errors.length > 0) ? 'failure' : 'success', { checked: String(found.length) });
  }

  private judge(object: KubeObject, topologies: readonly ClusterTopologyBinding[]): Pick<AdmissionResult, 'errors' | 'warnings'> {
    const config = { schedulers: this.properties.schedulers ?? KNOWN_SCHEDULERS };
    if (object.kind === 'ClusterTopologyBinding') return admitTopology({ object: object as unknown as ClusterTopologyBinding, config });
    return admit({ object: object as unknown as PodCliqueSet, config, ...(topologies.length > 0 ? { topologies } : {}) });
  }
}

function groveObjects(context: ValidationContext, manifest: string): Found[] {
  return context.parseManifest(manifest).filter(isGroveObject).map(object => ({ manifest, object }));
}

function isGroveObject(value: unknown): value is KubeObject {
  const { apiVersion, kind } = (value ?? {}) as Partial<KubeObject>;
  return typeof apiVersion === 'string' && apiVersion.startsWith('grove.io/') && ['PodCliqueSet', 'ClusterTopologyBinding'].includes(kind ?? '');
}

/** Whether topologies can be looked up in it: it has levels, at least. */
function isTopologyBinding(object: KubeObject): object is KubeObject & ClusterTopologyBinding {
  return object.kind === 'ClusterTopologyBinding' && Array.isArray((object as Partial<ClusterTopologyBinding>).spec?.levels);
}

function violation({ type, field, detail }: FieldError, manifestPath: string, object: KubeObject): object {
  return {
    ruleName: `${object.kind} ${type}`,
    recommendation: `${field}: ${detail}`,
    fix: `Change ${field}; grove validate tells the same with the line of the manifest`,
    violatingResources: [{ resourceName: object.metadata?.name ?? '', locations: [field], manifestPath }],
  };
}
