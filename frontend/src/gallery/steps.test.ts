import { expect, it } from 'vitest'
import type { NodeType } from '../api/catalog'
import { catalogOf } from '../catalog/recorded'
import { stepsOf } from './steps'

const type = (type: string, name: string, runs = true) => ({ type, name, runs }) as NodeType
const catalog = catalogOf([
  type('requestInput', 'Request input'),
  type('cutOut', 'Cut out'),
  type('outline', 'Outline'),
  type('cropImage', 'Crop'),
  type('note', 'Note', false),
])
const node = (id: string, type: string) => ({ id, type, position: { x: 0, y: 0 }, data: {} })
const edge = (source: string, target: string) => ({ id: source + target, source, target })

it('steps are listed in the order of the connections, not of the document', () =>
  expect(
    stepsOf(
      {
        nodes: [
          node('o', 'outline'),
          node('c', 'cutOut'),
          node('r', 'requestInput'),
          node('n', 'note'),
        ],
        edges: [edge('c', 'o'), edge('r', 'c')],
      },
      catalog,
    ),
  ).toEqual(['Cut out', 'Outline']))

it('the same step several times is listed once', () =>
  expect(
    stepsOf(
      { nodes: [node('a', 'cropImage'), node('b', 'cropImage'), node('x', 'unknown')], edges: [] },
      catalog,
    ),
  ).toEqual(['Crop × 2']))

it('a circle does not hide its nodes', () =>
  expect(
    stepsOf(
      {
        nodes: [node('c', 'cutOut'), node('o', 'outline')],
        edges: [edge('c', 'o'), edge('o', 'c')],
      },
      catalog,
    ),
  ).toEqual(['Cut out', 'Outline']))

it('a step that calls an app is named by the app', () => {
  const apps = catalogOf([type('falApp', 'App'), type('falOutput', 'Result object')])
  const app = (id: string, name: string) => ({ ...node(id, 'falApp'), data: { app: name } })
  const nodes = [
    app('a', 'fal-ai/imageutils/rembg'),
    app('b', 'fal-ai/face-to-sticker'),
    node('c', 'falApp'),
    node('o', 'falOutput'),
  ]
  expect(stepsOf({ nodes, edges: [edge('a', 'b'), edge('b', 'c'), edge('c', 'o')] }, apps)).toEqual(
    ['Rembg', 'Face to sticker', 'App'],
  )
})
