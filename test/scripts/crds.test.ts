import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { customResourceDefinitions } from '../../scripts/crds/crd';
import { readDeclarations } from '../../scripts/crds/declarations';
import { parseDocComment, tagColumns } from '../../scripts/crds/doc-comment';
import { Schema } from '../../scripts/crds/schema';
import { OpenApiSchema, structuralSchema } from '../../scripts/crds/structural';

describe('a doc comment', () => {
  test('is paragraphs, then tags that end with their line', () => {
    const comment = '/**\n   * One line\n   * and its end.\n   *\n   * Another.\n   * @pattern ^a{1,3}@b$\n   * @minimum 0\n   */';
    expect(parseDocComment(comment)).toEqual({
      description: 'One line and its end.\nAnother.',
      tags: [{ name: 'pattern', text: '^a{1,3}@b$' }, { name: 'minimum', text: '0' }],
    });
  });

  test('may be one line', () => {
    expect(parseDocComment('/** All of it. */')).toEqual({ description: 'All of it.', tags: [] });
  });

  test('has rows whose columns may be empty and may hold an "or"', () => {
    expect(tagColumns('has(a) || has(b) | say so | | Reason')).toEqual(['has(a) || has(b)', 'say so', '', 'Reason']);
  });
});

describe('a definition', () => {
  const HEAD = `
    /**
     * A thing.
     * @resource group=example.com plural=things singular=thing shortName=th scope=Cluster
     * @subresource status
     */
    interface Thing {
      apiVersion: 'example.com/v1beta2';
      kind: 'Thing';
      /** What is wanted. */
      spec: ThingSpec;
    }`;

  function definitionOf(source: string): ReturnType<typeof customResourceDefinitions>[number] {
    const folder = mkdtempSync(join(tmpdir(), 'crds-'));
    try {
      writeFileSync(join(folder, 'thing.ts'), source);
      return customResourceDefinitions({ declarations: readDeclarations(folder), foreign: name => ({ 'type': 'object', 'x-name': name }) })[0];
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  const specOf = (source: string): Schema => definitionOf(HEAD + source).spec.versions[0].schema.openAPIV3Schema.properties!.spec;

  test('is named by its tags and versioned by its type', () => {
    const { metadata, spec } = definitionOf(`${HEAD} interface ThingSpec {}`);
    expect(metadata.name).toBe('things.example.com');
    expect(spec).toMatchObject({ group: 'example.com', scope: 'Cluster', names: { kind: 'Thing', listKind: 'ThingList', shortNames: ['th'] } });
    expect(spec.versions[0]).toMatchObject({ name: 'v1beta2', subresources: { status: {} } });
  });

  test('says of a field what its type and its tags say', () => {
    const spec = specOf(`
      /** @format int32 */
      type Int32 = number;
      interface Base {
        /** Inherited. */
        readonly first: string;
      }
      interface ThingSpec extends Base {
        /**
         * How many.
         * @default 3
         * @minimum 1
         */
        count?: Int32;
        /** Which. */
        mode?: 'A' | 'B';
        /** Labels. */
        labels?: Readonly<Record<string, string>>;
        /**
         * Parts.
         * @listType map
         * @listMapKey name
         */
        parts?: readonly Part[];
      }
      /**
       * A part.
       * @cel has(self.name) || true | needs a name | .name | FieldValueRequired | optionalOldSelf
       */
      interface Part {
        /** Its name. */
        name: string;
      }`);
    expect(spec.required).toEqual(['first']);
    expect(spec.properties).toEqual({
      first: { description: 'Inherited.', type: 'string' },
      count: { description: 'How many.', type: 'integer', format: 'int32', default: 3, minimum: 1 },
      mode: { description: 'Which.', type: 'string', enum: ['A', 'B'] },
      labels: { description: 'Labels.', type: 'object', additionalProperties: { type: 'string' } },
      parts: {
        'description': 'Parts.',
        'type': 'array',
        'items': {
          'description': 'A part.',
          'type': 'object',
          'properties': { name: { description: 'Its name.', type: 'string' } },
          'required': ['name'],
          'x-kubernetes-validations': [
            { rule: 'has(self.name) || true', message: 'needs a name', fieldPath: '.name', reason: 'FieldValueRequired', optionalOldSelf: true },
          ],
        },
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['name'],
      },
    });
  });

  test.each([
    ['a field without a doc comment', 'interface ThingSpec { count: number }', /ThingSpec\.count has no doc comment/],
    ['a type without a schema', 'interface ThingSpec {\n/** X. */\nx: () => void }', /ThingSpec\.x: .* does not know what \(\) => void is/],
    ['an unknown name', 'interface ThingSpec {\n/** X. */\nx: Nothing }', /Nothing is not declared/],
  ])('is refused for %s', (_, source, message) => {
    expect(() => specOf(source)).toThrow(message);
  });
});

describe('a structural schema', () => {
  const REF = '#/components/schemas/';
  const structural = (types: Record<string, OpenApiSchema>) => structuralSchema('Root', types);

  test('has references in their place, with the description of the field', () => {
    expect(structural({
      Root: { type: 'object', properties: { part: { description: 'The part.', allOf: [{ $ref: `${REF}Part` }], default: {} } } },
      Part: { type: 'object', description: 'A part.', required: ['name'], properties: { name: { type: 'string', default: '' }, kind: { type: 'string', default: 'X' } } },
    })).toEqual({
      type: 'object',
      properties: {
        part: { description: 'The part.', type: 'object', required: ['name'], properties: { name: { type: 'string' }, kind: { type: 'string', default: 'X' } } },
      },
    });
  });

  test('keeps what has no fields of its own as it is', () => {
    expect(structural({ Root: { type: 'object' } })).toEqual({ 'type': 'object', 'x-kubernetes-preserve-unknown-fields': true });
  });

  test('takes quantities as numbers and as strings', () => {
    const quantity = { $ref: `${REF}io.k8s.apimachinery.pkg.api.resource.Quantity` };
    const { additionalProperties } = structural({ 'Root': { type: 'object', additionalProperties: quantity }, 'io.k8s.apimachinery.pkg.api.resource.Quantity': {} });
    expect(additionalProperties).toMatchObject({ 'anyOf': [{ type: 'integer' }, { type: 'string' }], 'x-kubernetes-int-or-string': true });
    expect(['8', '500m', '1.5Gi', '-1'].every(text => new RegExp(additionalProperties!.pattern as string).test(text))).toBe(true);
  });

  test('does not exist for a type that contains itself', () => {
    const Root = { type: 'object', properties: { child: { $ref: `${REF}Root` } } };
    expect(() => structural({ Root })).toThrow(/Root contains itself/);
  });
});
