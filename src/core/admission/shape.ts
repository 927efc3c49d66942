/** One row of the table of shapes: what a value must be, as the schema of its CustomResourceDefinition says. Numbers refer to other rows. */
export interface Shape {
  /** Absent: anything may stand here. */
  readonly type?: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean' | 'intOrString';
  readonly required?: readonly string[];
  /** Row of each field. Other fields are not looked at. */
  readonly fields?: Readonly<Record<string, number>>;
  /** Row of the entries of a list. */
  readonly items?: number;
  /** Row of the values of a map. */
  readonly values?: number;
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  /** Fields that tell the entries of a list apart; none: the entries themselves do. */
  readonly keys?: readonly string[];
}
