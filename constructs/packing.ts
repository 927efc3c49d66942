import type { TopologyLevel } from './topology';
import type { TopologyConstraint } from '../src/core';

/** How closely the pods of a set, a scaling group or a clique are packed, in levels of a topology. */
export class Packing {
  /** All pods in one domain of the level; the gang waits until one can hold them. */
  public static required(level: TopologyLevel): Packing {
    return new Packing(level, undefined);
  }

  /** All pods in one domain of the level if one can hold them, in as few as possible otherwise. */
  public static preferred(level: TopologyLevel): Packing {
    return new Packing(undefined, level);
  }

  /** @internal */
  private constructor(
    /** @internal */
    public readonly _required?: TopologyLevel,
    /** @internal */
    public readonly _preferred?: TopologyLevel,
  ) {}

  /**
   * The same packing with a narrower level, of which one domain should hold all pods.
   * @throws if there is a preference already, or if the level is not a narrower one of the same topology
   */
  public butPreferably(level: TopologyLevel): Packing {
    const required = this._required;
    if (this._preferred || !required) throw new Error(`${this._preferred?.domain} is preferred already, and only one level can be; ${level.domain} cannot be, too`);
    if (required._topology.name !== level._topology.name) {
      throw new Error(`${required.domain} is a level of ${required._topology.name}, ${level.domain} one of ${level._topology.name}`);
    }
    if (required._isNarrowerThan(level) || required.domain === level.domain) {
      throw new Error(`${level.domain} is not narrower than ${required.domain}, which is required: the preference would say nothing`);
    }
    return new Packing(required, level);
  }

  /** @internal */
  public get _levels(): TopologyLevel[] {
    return [this._required, this._preferred].filter(level => level !== undefined);
  }

  /** @internal */
  public _toConstraint(): TopologyConstraint {
    const [level] = this._levels;
    return {
      ...(level ? { topologyName: level._topology.name } : {}),
      pack: {
        ...(this._required ? { required: this._required.domain } : {}),
        ...(this._preferred ? { preferred: this._preferred.domain } : {}),
      },
    };
  }
}
