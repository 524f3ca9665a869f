/** What a node is called where it has a name of its own. No React. */
import type { DocumentNode } from '../document/types'

/** The title a person gave a node, else the name of the app it calls; '' when it has neither. */
export function ownTitle({ type, data }: Pick<DocumentNode, 'type' | 'data'>): string {
  if (typeof data.label === 'string' && data.label) return data.label
  return type === 'falApp' && typeof data.app === 'string' ? appTitle(data.app) : ''
}

/** The last part of an app's id in words: `fal-ai/imageutils/crop-image` is "Crop image". */
export function appTitle(app: string): string {
  const words = (app.trim().replace(/\/+$/, '').split('/').at(-1) ?? '').replaceAll(/[-_]+/g, ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}
