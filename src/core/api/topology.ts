/**
 * Where the pods of a scope may be: inside one domain (required), preferably inside one domain, or both.
 * @cel has(self.pack) || has(self.packDomain) | topologyConstraint must specify pack or deprecated packDomain | .pack | FieldValueRequired
 * @cel !(has(self.packDomain) && has(self.pack) && has(self.pack.required)) | must not set both pack.required and deprecated packDomain | .pack.required
 */
export interface TopologyConstraint {
  /** Name of the ClusterTopologyBinding whose domains this constraint speaks of. Inherited from the enclosing scope when empty. */
  readonly topologyName?: string;
  /** How the pods of this scope are packed. */
  readonly pack?: TopologyPack;
  /**
   * Deprecated spelling of `pack.required`; only objects that already carry it may keep it.
   * @minLength 1
   * @maxLength 63
   * @pattern ^[a-z][a-z0-9-]*$
   */
  readonly packDomain?: string;
}

/**
 * How tightly the pods of a scope are packed.
 * @cel has(self.required) || has(self.preferred) | pack must specify at least one of required or preferred | | FieldValueRequired
 */
export interface TopologyPack {
  /**
   * Domain that must hold every pod of the scope; the gang waits until one can.
   * @minLength 1
   * @maxLength 63
   * @pattern ^[a-z][a-z0-9-]*$
   */
  readonly required?: string;
  /**
   * Domain that should hold every pod of the scope; pods spread over more of them when none can.
   * @minLength 1
   * @maxLength 63
   * @pattern ^[a-z][a-z0-9-]*$
   */
  readonly preferred?: string;
}
