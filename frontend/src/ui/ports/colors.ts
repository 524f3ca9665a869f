/** The color token and the port shape of each data type (never color alone). */
import { isList, itemType } from '../../catalog/ports'

const TOKEN: Record<string, string> = {
  text: '--t-text',
  number: '--t-number',
  image: '--t-image',
  mask: '--t-mask',
  video: '--t-video',
  audio: '--t-audio',
  json: '--t-json',
  table: '--t-json',
  model: '--t-model',
}
const SHAPE: Record<string, string> = {
  text: 'circle',
  number: 'notch',
  image: 'square',
  mask: 'hollow',
  video: 'triangle',
  audio: 'pill',
  json: 'hexagon',
  table: 'hexagon',
  model: 'diamond',
  any: 'star',
  file: 'page',
}

export function tokenOf(type: string): string {
  return TOKEN[itemType(type)] ?? '--t-any'
}

export function colorOf(type: string): string {
  return `var(${tokenOf(type)})`
}

export function shapeOf(type: string): string {
  return SHAPE[itemType(type)] ?? 'circle'
}

export { isList }
