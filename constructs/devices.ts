import { Duration } from 'cdk8s';

/** How many devices a request is for. */
export enum AllocationMode {
  /** As many as `count` says. */
  EXACT_COUNT = 'ExactCount',
  /** All that match. */
  ALL = 'All',
}

/** What a taint does to those who do not tolerate it. */
export enum DeviceTaintEffect {
  /** Nobody new gets the device. */
  NO_SCHEDULE = 'NoSchedule',
  /** Who has it loses it. */
  NO_EXECUTE = 'NoExecute',
}

/** Options of a toleration. */
export interface DeviceTolerationOptions {
  /**
   * The effect that is tolerated.
   * @default - every effect
   */
  readonly effect?: DeviceTaintEffect;
  /**
   * How long a NO_EXECUTE taint is tolerated.
   * @default - for ever
   */
  readonly duration?: Duration;
}

/** A taint of devices that does not matter to a request. */
export class DeviceToleration {
  /** A taint with this key and value. */
  public static equal(key: string, value: string, options: DeviceTolerationOptions = {}): DeviceToleration {
    return new DeviceToleration(key, { key, value, operator: 'Equal' }, options);
  }

  /** A taint with this key, whatever its value. */
  public static exists(key: string, options: DeviceTolerationOptions = {}): DeviceToleration {
    return new DeviceToleration(key, { key, operator: 'Exists' }, options);
  }

  private constructor(
    /** Key of the taint. */
    public readonly key: string,
    private readonly match: object,
    private readonly options: DeviceTolerationOptions,
  ) {}

  /** @internal */
  public _toWire(): object {
    const { effect, duration } = this.options;
    return { ...this.match, ...(effect ? { effect } : {}), ...(duration ? { tolerationSeconds: duration.toSeconds() } : {}) };
  }
}

/** Which devices, and how many. */
export interface DeviceSelectionProps {
  /** DeviceClass of the devices, for example `gpu.nvidia.com`. */
  readonly deviceClassName: string;
  /**
   * Number of devices; not with AllocationMode.ALL.
   * @default 1
   */
  readonly count?: number;
  /**
   * Whether `count` devices or all that match.
   * @default AllocationMode.EXACT_COUNT
   */
  readonly allocationMode?: AllocationMode;
  /**
   * CEL expressions that a device has to meet, all of them.
   * @default - any device of the class
   */
  readonly selectors?: string[];
  /**
   * Taints that do not matter.
   * @default - none
   */
  readonly tolerations?: DeviceToleration[];
  /**
   * Parts of a device that can be shared, as quantities, for example `{ memory: '10Gi' }`.
   * @default - whole devices
   */
  readonly capacity?: { [name: string]: string };
}

/** A request for one kind of devices. */
export interface ExactDeviceRequestProps extends DeviceSelectionProps {
  /**
   * Access for administration, beside whoever has the devices.
   * @default false
   */
  readonly adminAccess?: boolean;
}

/** One of several kinds of devices that would do. */
export interface DeviceAlternativeProps extends DeviceSelectionProps {
  /** Name of the alternative. */
  readonly name: string;
}

/** A request for devices. */
export class DeviceRequest {
  /**
   * Devices of one kind.
   * @throws if `count` is no whole number above 0, or given with AllocationMode.ALL
   */
  public static exactly(name: string, props: ExactDeviceRequestProps): DeviceRequest {
    return new DeviceRequest(name, { name, exactly: { ...selection(props), ...(props.adminAccess === undefined ? {} : { adminAccess: props.adminAccess }) } });
  }

  /**
   * Devices of the first kind of which there are enough.
   * @throws if a `count` is no whole number above 0, or given with AllocationMode.ALL
   */
  public static firstAvailable(name: string, alternatives: DeviceAlternativeProps[]): DeviceRequest {
    return new DeviceRequest(name, { name, firstAvailable: alternatives.map(alternative => ({ name: alternative.name, ...selection(alternative) })) });
  }

  private constructor(
    /** Name of the request, by which containers, constraints and configurations refer to it. */
    public readonly name: string,
    private readonly request: object,
  ) {}

  /** @internal */
  public _toWire(): object {
    return this.request;
  }
}

/** What the devices of several requests have to do with one another. */
export class DeviceConstraint {
  /** All devices have the same value of an attribute. Without requests: the devices of all of them. */
  public static sameAttribute(attribute: string, requests: string[] = []): DeviceConstraint {
    return new DeviceConstraint(attribute, 'matchAttribute', requests);
  }

  /** Every device has another value of an attribute. Without requests: the devices of all of them. */
  public static distinctAttribute(attribute: string, requests: string[] = []): DeviceConstraint {
    return new DeviceConstraint(attribute, 'distinctAttribute', requests);
  }

  private constructor(
    /** The attribute that is compared. */
    public readonly attribute: string,
    private readonly comparison: 'matchAttribute' | 'distinctAttribute',
    /** @internal */
    public readonly _requests: string[],
  ) {}

  /** @internal */
  public _toWire(): object {
    return { [this.comparison]: this.attribute, ...some('requests', this._requests) };
  }
}

/** How a driver sets up the devices. */
export class DeviceConfig {
  /** Parameters that only the driver understands. Without requests: for the devices of all of them. */
  public static opaque(driver: string, parameters: { [field: string]: unknown }, requests: string[] = []): DeviceConfig {
    return new DeviceConfig(driver, parameters, requests);
  }

  private constructor(
    /** The driver that is told. */
    public readonly driver: string,
    private readonly parameters: { [field: string]: unknown },
    /** @internal */
    public readonly _requests: string[],
  ) {}

  /** @internal */
  public _toWire(): object {
    return { opaque: { driver: this.driver, parameters: this.parameters }, ...some('requests', this._requests) };
  }
}

function selection({ deviceClassName, count, allocationMode, selectors, tolerations, capacity }: DeviceSelectionProps): object {
  if (count !== undefined && !(Number.isInteger(count) && count > 0)) throw new Error(`a request is for a whole number of devices above 0, not for ${count}`);
  if (count !== undefined && allocationMode === AllocationMode.ALL) throw new Error(`a request for all devices has no count, not even ${count}`);
  return {
    deviceClassName,
    ...(allocationMode ? { allocationMode } : {}),
    ...(count === undefined ? {} : { count }),
    ...some('selectors', selectors?.map(expression => ({ cel: { expression } }))),
    ...some('tolerations', tolerations?.map(toleration => toleration._toWire())),
    ...(capacity ? { capacity: { requests: capacity } } : {}),
  };
}

function some(field: string, values: readonly unknown[] = []): object {
  return values.length > 0 ? { [field]: values } : {};
}
