import { PodCliqueResourceSharing, PodCliqueSetResourceSharing, ResourceClaimTemplateConfig, ScalingGroupResourceSharing } from 'cdk8s-grove/core';
import type { SetContext } from './set';
import { Expression, Source, literal } from './source';

const GROVE = 'cdk8s-grove';
const SCOPES = { AllReplicas: 'ALL_REPLICAS', PerReplica: 'PER_REPLICA' } as const;

/** Writes the claim templates of a set and who shares claims made from them. */
export function importClaims(context: SetContext): void {
  const { source, set: { spec: { template } }, variable, variables, patches } = context;
  const templates = new Map<string, string>();
  (template.resourceClaimTemplates ?? []).forEach((config, index) => {
    const own = source.variable(`${config.name}-claims`);
    templates.set(config.name, own);
    const { requests, isExact } = requestsOf(source, config);
    if (!isExact) patches.push([`/spec/template/resourceClaimTemplates/${index}/templateSpec`, config.templateSpec]);
    source.add(`const ${own} = ${variable}.addClaimTemplate(${literal(config.name)}, ${literal({ requests })});`);
  });
  const share = (owner: string | undefined, sharings: readonly Sharing[] = []) => sharings.forEach(sharing => {
    source.add(`${owner}.shareClaims(${claimTemplate(source, sharing, templates)}, ${literal(sharingOptions(context, sharing))});`);
  });
  share(variable, template.resourceSharing);
  template.podCliqueScalingGroups?.forEach(({ name, resourceSharing }) => share(variables.get(`group ${name}`), resourceSharing));
  template.cliques.forEach(({ name, resourceSharing }) => share(variables.get(`clique ${name}`), resourceSharing));
}

type Sharing = PodCliqueResourceSharing & Pick<PodCliqueSetResourceSharing | ScalingGroupResourceSharing, 'filter'>;

function claimTemplate(source: Source, { name, namespace }: Sharing, templates: ReadonlyMap<string, string>): string {
  const own = namespace ? undefined : templates.get(name);
  return own ?? `${source.use(GROVE, 'ClaimTemplate')}.fromName(${[name, ...(namespace ? [namespace] : [])].map(word => literal(word)).join(', ')})`;
}

function sharingOptions({ source, variables }: SetContext, { scope, filter }: Sharing): object {
  const named = (kind: string, names: readonly string[] | undefined) => (names?.length ? names.map(name => new Expression(variables.get(`${kind} ${name}`) ?? name)) : undefined);
  return {
    scope: new Expression(`${source.use(GROVE, 'SharingScope')}.${SCOPES[scope]}`),
    cliques: named('clique', filter?.childCliqueNames),
    scalingGroups: named('group', filter && 'childScalingGroupNames' in filter ? filter.childScalingGroupNames : undefined),
  };
}

/** The requests of a template, and whether they say all of it; otherwise it is patched in as it is written. */
function requestsOf(source: Source, { templateSpec }: ResourceClaimTemplateConfig): { requests: unknown[]; isExact: boolean } {
  const { metadata, spec: { devices, ...others } } = templateSpec;
  const { requests: given = [], ...further } = devices ?? {};
  const typed = given.map(request => deviceRequest(source, request));
  const isExact = metadata === undefined && Object.keys({ ...others, ...further }).length === 0 && typed.every(({ isWhole }) => isWhole);
  return { requests: typed.map(({ request }) => request), isExact };
}

function deviceRequest(source: Source, given: unknown): { request: Expression; isWhole: boolean } {
  const { name, exactly = {}, ...others } = given as { readonly name: string; readonly exactly?: Readonly<Record<string, unknown>> };
  const { deviceClassName = 'patched-below', count, ...further } = exactly;
  return {
    request: new Expression(`${source.use(GROVE, 'DeviceRequest')}.exactly(${literal(name)}, ${literal({ deviceClassName, count })})`),
    isWhole: exactly.deviceClassName !== undefined && Object.keys({ ...others, ...further }).length === 0,
  };
}
