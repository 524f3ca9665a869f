/** Declarations made by chance, with what Python reads in them: the same is read here. */
import { expect, it } from 'vitest'
import cases from '../../../tests/pure/declared_ports_random_cases.json'
import type { NodeType } from '../api/catalog'
import type { JsonObject } from '../api/document'
import { input } from './ports'
import { catalogOf } from './recorded'

const { rules } = catalogOf([])
const inputs = [input({ name: 'b', type: 'text' })]
const declared = { dynamic: 'declared', inputs, outputs: [] as unknown } as NodeType
const fields = { dynamic: 'fields', inputs: [] as unknown, outputs: [] as unknown } as NodeType

it('reads declarations made by chance as the server does', () => {
  for (const wanted of cases) {
    const data = wanted.data as unknown as JsonObject
    expect({
      data,
      inputs: rules.inputsOf(declared, data),
      outputs: rules.outputsOf(declared, data),
      fields: rules.outputsOf(fields, { fields: data.inputs }),
    }).toEqual(wanted)
  }
})
