/** From the drawing of a ComfyUI file to boxes, sockets and links; finding nodes; reading ids. */

import { describe, expect, it } from 'vitest'
import type { ComfyNode, ComfyView } from '../api/schema'
import { fileColor, typeColor } from './graph/colors'
import { HEAD, measure } from './graph/measures'
import { placing } from './graph/paint'
import { sceneOf } from './graph/scene'
import { findNodes } from './search'
import { canvasAt, everyNode, executionId, keyOf, size, targetOf, wayTo } from './view'

const node = (id: string, more: Partial<ComfyNode> = {}): ComfyNode => ({
  id,
  title: `Node ${id}`,
  type: 'KSampler',
  x: 0,
  y: 0,
  width: 200,
  height: 120,
  mode: 0,
  collapsed: false,
  inputs: [],
  outputs: [],
  widgets: [],
  ...more,
})
const slot = (name: string, type: string) => ({ name, type })
const link = (
  id: string,
  from: string,
  to: string,
  [fromSlot, toSlot]: [number, number] = [0, 0],
) => ({
  id,
  from,
  fromSlot,
  to,
  toSlot,
  type: 'LATENT',
})

const inner: ComfyView['subgraphs'][string] = {
  name: 'Refine',
  nodes: [
    node('5', { title: 'Inner sampler', inputs: [slot('latent', 'LATENT')], x: 300 }),
    node('6', { type: 'deep', title: '' }),
  ],
  links: [link('1', '-10', '5')],
  groups: [],
}
const view: ComfyView = {
  nodes: [
    node('1', { outputs: [slot('LATENT', 'LATENT')] }),
    node('12', { type: 'refine', x: 300, inputs: [slot('latent', 'LATENT')] }),
    node('3', { note: 'Press **run**', title: 'Note', type: 'MarkdownNote' }),
  ],
  links: [link('1', '1', '12'), link('2', '1', '12', [0, 7]), link('3', '1', 'gone')],
  groups: [{ title: 'All', x: -20, y: -60, width: 600, height: 300, color: '#3f789e' }],
  subgraphs: { refine: inner, deep: { name: 'Deep', nodes: [node('9')], links: [], groups: [] } },
}

describe('a drawn node', () => {
  it('has its head above its place and its sockets where its file has them', () => {
    const found = measure(
      node('1', {
        x: 40,
        y: 100,
        inputs: [slot('model', 'MODEL'), slot('latent', 'LATENT')],
        outputs: [slot('LATENT', 'LATENT')],
      }),
    )
    expect(found).toMatchObject({ x: 40, y: 100 - HEAD, width: 200, height: 120 + HEAD })
    const ys = found.sockets.map(socket => [socket.id, socket.y])
    expect(ys).toEqual([
      ['in-0', 46],
      ['in-1', 66],
      ['out-0', 46],
    ])
  })

  it('has the socket of a value at that value', () => {
    const found = measure(
      node('1', {
        inputs: [slot('model', 'MODEL'), slot('seed', 'INT')],
        widgets: [
          { name: 'steps', value: 20 },
          { name: 'seed', value: 5 },
        ],
      }),
    )
    const { top = 0, height = 0 } = found.lines[1] ?? {}
    expect(height).toBeGreaterThan(0)
    expect(found.sockets[1]).toMatchObject({ quiet: true, y: top + height / 2 })
    expect(found.sockets[0]?.quiet).toBe(false)
  })

  it('gives long text the room that is left', () => {
    const text = { name: 'text', value: 'a long prompt, in many words, of what is to be drawn' }
    const found = measure(node('1', { height: 300, widgets: [text, { name: 'n', value: 1 }] }))
    expect(found.lines[0]?.long).toBe(true)
    expect(found.lines[0]?.height).toBeGreaterThan(200)
    const { top = 0, height = 0 } = found.lines[1] ?? {}
    expect(height).toBeGreaterThan(0)
    expect(top + height).toBeLessThanOrEqual(300 + HEAD)
  })

  it('keeps every socket on a card that is too small for them', () => {
    const inputs = Array.from({ length: 30 }, (_, i) => slot(`i${i}`, 'IMAGE'))
    const found = measure(node('1', { height: 60, inputs }))
    expect(Math.max(...found.sockets.map(socket => socket.y))).toBeLessThan(found.height)
  })

  it('is a head alone when it is folded', () => {
    const found = measure(node('1', { collapsed: true, outputs: [slot('a', 'IMAGE')] }))
    expect(found.height).toBe(HEAD)
    expect(found.sockets[0]?.y).toBe(HEAD / 2)
    expect(found.lines).toEqual([])
  })
})

describe('the scene of a canvas', () => {
  it('draws the links that have two ends, and the groups behind', () => {
    const scene = sceneOf(view, view)
    expect(scene.links.map(found => found.id)).toEqual(['1'])
    expect(scene.nodes.map(found => [found.id, found.type, found.data.inside])).toEqual([
      ['1', 'node', null],
      ['12', 'node', 'Refine'],
      ['3', 'note', null],
    ])
    expect(scene.areas).toHaveLength(1)
    expect(scene.areas[0]?.zIndex).toBeLessThan(scene.nodes[0]?.zIndex ?? 0)
  })

  it('has the ends of a subgraph as nodes of their own', () => {
    const scene = sceneOf(view, inner)
    expect(scene.nodes.map(found => found.data.node.title)).toContain('Inputs')
    expect(scene.links).toMatchObject([{ source: '-10', target: '5', sourceHandle: 'out-0' }])
  })

  it('fits whole into any box', () => {
    const scene = sceneOf(view, view)
    const { x, y, zoom } = placing(scene, 296, 120, 8)
    for (const { position, width = 0, height = 0 } of [...scene.nodes, ...scene.areas]) {
      expect(position.x * zoom + x).toBeGreaterThanOrEqual(7.9)
      expect((position.x + width) * zoom + x).toBeLessThanOrEqual(288.1)
      expect(position.y * zoom + y).toBeGreaterThanOrEqual(7.9)
      expect((position.y + height) * zoom + y).toBeLessThanOrEqual(112.1)
    }
    expect(placing({ nodes: [], areas: [], links: [] }, 10, 10, 0).zoom).toBe(1)
  })
})

describe('subgraphs', () => {
  it('are reached by the ids of their instances, and runs name their nodes so', () => {
    expect(canvasAt(view, ['12'])).toBe(inner)
    expect(canvasAt(view, ['12', '6'])?.nodes[0]?.id).toBe('9')
    expect(canvasAt(view, ['1'])).toBeNull()
    expect(executionId(['12', '6'], '9')).toBe('12:6:9')
    expect(wayTo('12:6:9')).toEqual({ way: ['12', '6'], id: '9' })
    expect(wayTo('7')).toEqual({ way: [], id: '7' })
  })

  it('are walked once per instance and never without end', () => {
    const ids = [...everyNode(view)].map(found => executionId(found.way, found.node.id))
    expect(ids.sort()).toEqual(['1', '12', '12:5', '12:6', '12:6:9', '3'])
    const endless: ComfyView = { ...view, subgraphs: { refine: { ...inner, nodes: view.nodes } } }
    expect([...everyNode(endless)].length).toBeLessThan(100)
  })

  it('show values of their inside, which are found there', () => {
    const end = {
      id: '-10',
      type: 'subgraph inputs',
      outputs: [slot('latent', 'LATENT'), slot('prompt', 'STRING')],
    }
    const sockets = [slot('clip', 'CLIP'), slot('text', 'STRING')]
    const text = node('5', { type: 'CLIPTextEncode', inputs: sockets })
    const nodes = [text, node('-10', end)]
    const links = [link('1', '-10', '5', [1, 1])]
    const instance = node('12', { type: 'refine' })
    const file: ComfyView = {
      nodes: [instance],
      links: [],
      groups: [],
      subgraphs: { refine: { name: 'Refine', nodes, links, groups: [] } },
    }
    expect(targetOf(file, [], instance, 'prompt')).toEqual({ node: '12:5', input: 'text' })
    expect(targetOf(file, [], instance, 'latent')).toBeNull()
    expect(targetOf(file, ['12'], text, 'text')).toEqual({ node: '12:5', input: 'text' })
    expect(targetOf(file, [], text, '')).toBeNull()
    expect([...everyNode(file)].map(found => found.node.id)).toEqual(['12', '5'])
  })

  it('count by themselves, notes not at all', () => {
    expect(size(view)).toEqual({ nodes: 2, subgraphs: 2 })
  })
})

describe('searching', () => {
  it('finds titles first, then types, values and notes, subgraphs included', () => {
    const titles = (words: string) => findNodes(view, words).map(found => found.node.id)
    expect(titles('inner')).toEqual(['5'])
    expect(findNodes(view, 'inner')[0]).toMatchObject({ way: ['12'], names: ['Node 12'] })
    expect(titles('press run')).toEqual(['3'])
    expect(titles('ksampler')).toContain('9')
    expect(titles('  ')).toEqual([])
    expect(titles('latent')).toContain('12')
    expect(titles('nothing of this')).toEqual([])
  })
})

describe('colors', () => {
  it('of a file are taken only when they are colors', () => {
    expect(fileColor('#3f789e')).toBe('#3f789e')
    expect(fileColor('#fff')).toBe('#fff')
    for (const bad of ['red;x', 'url(//x)', '#12345', '', null, 7 as never]) {
      expect(fileColor(bad)).toBeUndefined()
    }
  })

  it('of types differ, and are the same for the same type', () => {
    expect(typeColor('MODEL', 0.8)).not.toBe(typeColor('LATENT', 0.8))
    expect(typeColor('MY_TYPE', 0.8)).toBe(typeColor('MY_TYPE', 0.8))
    expect(typeColor('', 0.8)).toContain('0.01')
  })
})

it('a drawing is kept by the file it is of', () => {
  const file = {}
  expect(keyOf(file)).toBe(keyOf(file))
  expect(keyOf({})).not.toBe(keyOf(file))
})
