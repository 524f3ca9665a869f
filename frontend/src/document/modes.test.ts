/** The cases of modes that hold in every language; Python runs the same file. */
import { expect, it } from 'vitest'
import shared from '../../../tests/pure/modes_cases.json'
import type { NodeType } from '../api/catalog'
import type { DocumentNode } from '../api/document'
import { input } from '../catalog/ports'
import { catalogOf } from '../catalog/recorded'
import { effective } from './modes'

interface Declared {
  inputs?: Record<string, string>
  outputs?: Record<string, string>
  many?: string[]
  sink?: boolean
  dynamic?: NodeType['dynamic']
}

interface Case {
  name: string
  nodes: Record<string, string>
  modes?: Record<string, unknown>
  pinned?: string[]
  edges: string[]
  runs: { edges: string[]; left: string[]; missing?: Record<string, string>; pinned?: string[] }
}

const catalog = catalogOf(
  Object.entries(shared.types as Record<string, Declared>).map(([type, row]) => ({
    type,
    name: type,
    category: 'Test',
    description: '',
    aliases: [],
    version: 1,
    runs: true,
    deterministic: true,
    preview: null,
    width: 280,
    sink: row.sink ?? false,
    dynamic: row.dynamic ?? null,
    inputs: Object.entries(row.inputs ?? {}).map(([name, kind]) =>
      input({ name, type: kind, many: row.many?.includes(name) ?? false }),
    ),
    outputs: Object.entries(row.outputs ?? {}).map(([name, kind]) => ({
      name,
      type: kind,
      label: name,
    })),
  })),
)

it.each(shared.cases as unknown as Case[])('$name', ({ nodes, modes, pinned, edges, runs }) => {
  const document = {
    nodes: Object.entries(nodes).map(
      ([id, type]): DocumentNode => ({
        id,
        type,
        position: { x: 0, y: 0 },
        data: {},
        ...(modes && id in modes ? { mode: modes[id] as string } : {}),
        ...(pinned?.includes(id) ? { pinned: { outputs: { image: 'made' } } } : {}),
      }),
    ),
    edges: edges.map(id => {
      const [from, to] = id.split('>').map(end => end.split('.')) as [string[], string[]]
      const [source, sourceHandle] = from as [string, string]
      const [target, targetHandle] = to as [string, string]
      return { id, source, sourceHandle, target, targetHandle }
    }),
  }
  const found = effective(document, catalog)
  expect(
    found.edges.map(
      ({ source, sourceHandle, target, targetHandle }) =>
        `${source}.${sourceHandle}>${target}.${targetHandle}`,
    ),
  ).toEqual(runs.edges)
  expect(found.nodes.map(node => node.id)).toEqual(runs.left)
  expect(Object.fromEntries(found.missing)).toEqual(runs.missing ?? {})
  expect([...found.pinned]).toEqual(runs.pinned ?? [])
})
