/** A node whose model changes keeps what fits, parks the rest, and gets it back. */
import { describe, expect, it } from 'vitest'
import type { DocumentNode, JsonObject } from '../../api/document'
import type { NodeType } from '../../api/schema'
import { input } from '../../catalog/ports'
import { catalogOf } from '../../catalog/recorded'
import { apply } from '../../document/operations'
import { parkedOf, refit } from './refit'

const catalog = catalogOf([
  {
    type: 'generateImage',
    name: 'Generate image',
    dynamic: 'model',
    inputs: [
      input({ name: 'prompt', type: 'text', widget: 'textarea' }),
      input({ name: 'model', type: 'text', widget: 'model' }),
    ],
    outputs: [],
  } as unknown as NodeType,
])
const STEPS: JsonObject = { name: 'steps', type: 'slider', min: 1, max: 50 }
const FEW: JsonObject = { name: 'steps', type: 'slider', min: 1, max: 4 }
const STYLE: JsonObject = { name: 'style', type: 'select', options: ['photo', 'drawing'] }
const LORAS: JsonObject = { name: 'loras', type: 'json', advanced: true }

function node(data: JsonObject): DocumentNode {
  return { id: 'n', type: 'generateImage', position: { x: 0, y: 0 }, data }
}

/** The data of a node after its model has got these fields. */
function refitted(data: JsonObject, rows: JsonObject[]): JsonObject {
  const before = node(data)
  const document = { nodes: [before], edges: [], viewport: { x: 0, y: 0, zoom: 1 } }
  return apply(document as never, refit(catalog, before, rows)).nodes[0]?.data ?? {}
}

describe('the fields of a model', () => {
  it('are declared in the node, and its inputs follow', () => {
    const data = refitted({ prompt: 'a fox' }, [STEPS, LORAS])
    const names = catalog.inputsOf(node(data)).map(port => port.name)
    expect(names.slice(-2)).toEqual(['steps', 'loras'])
    expect(data.prompt).toBe('a fox')
  })

  it('keep a value that the new model takes too', () => {
    const data = refitted({ inputs: [STEPS], steps: 3 }, [FEW])
    expect(data.steps).toBe(3)
    expect(parkedOf({ data })).toEqual({})
  })

  it('park what the new model does not take: gone, out of its limits, no choice of it', () => {
    const data = refitted(
      { inputs: [STEPS, STYLE, LORAS], steps: 28, style: 'oil', loras: '[1]' },
      [FEW, STYLE],
    )
    expect(parkedOf({ data })).toEqual({ steps: 28, style: 'oil', loras: '[1]' })
    expect(data.steps).toBeUndefined()
  })

  it('give a parked value back to a model that takes it', () => {
    const parked = refitted({ inputs: [STEPS], steps: 28 }, [])
    expect(parked.inputs).toBeUndefined()
    const data = refitted(parked, [STEPS])
    expect(data.steps).toBe(28)
    expect(data.parked).toBeUndefined()
  })
})
