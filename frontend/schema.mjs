/**
 * Writes src/api/schema.d.ts, the types of the API, from its OpenAPI description; with `--check`
 * compares instead. Values of which nothing is known are JSON, and not `unknown`.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import openapiTS, { astToString, COMMENT_HEADER } from 'openapi-typescript'
import ts from 'typescript'

const source = new URL('../workflows/api/openapi/openapi.json', import.meta.url)
const target = new URL('src/api/schema.d.ts', import.meta.url)

const isEmpty = schema => Object.keys(schema).every(key => key === 'description')
const name = text => ts.factory.createTypeReferenceNode(text)

const types = await openapiTS(source, {
  rootTypes: true,
  rootTypesNoSchemaPrefix: true,
  rootTypesKeepCasing: true,
  // A field of a request that has a default may be left out.
  defaultNonNullable: false,
  inject: "import type { Json, JsonObject } from './json'\n",
  transform(schema) {
    if (isEmpty(schema)) return name('Json')
    const { type, properties, additionalProperties: more } = schema
    if (properties || !more || !isEmpty(more)) return undefined
    const object = name('JsonObject')
    if (!Array.isArray(type)) return object
    return ts.factory.createUnionTypeNode([
      object,
      ts.factory.createLiteralTypeNode(ts.factory.createNull()),
    ])
  },
})
const text = COMMENT_HEADER + astToString(types)

if (!process.argv.includes('--check')) writeFileSync(target, text)
else if (readFileSync(target, 'utf8') !== text) {
  console.error('frontend/src/api/schema.d.ts is out of date; run `make openapi`.')
  process.exit(1)
}
