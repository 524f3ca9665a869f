/** What a node is called where it has a name of its own. No React. */
import type { DocumentNode } from '../api/document'

/** The title a user gave a node, else the name of the app it calls; '' when it has neither. */
export function ownTitle({ type, data }: Pick<DocumentNode, 'type' | 'data'>): string {
  if (typeof data.label === 'string' && data.label) return data.label
  return type === 'falApp' && typeof data.app === 'string' ? appTitle(data.app) : ''
}

/**
 * The last part of an app's id in words: `fal-ai/imageutils/crop-image` is "Crop image". One word
 * that is a model's variant takes the model along: `fal-ai/flux/dev` is "Flux dev".
 */
export function appTitle(app: string): string {
  const parts = app.trim().replace(/\/+$/, '').split('/')
  const variant =
    parts.length > 2 && parts[0] !== 'workflows' && /^[a-z0-9.]+$/.test(parts.at(-1) ?? '')
  const whole =
    variant && !/util/.test(parts.at(-2) ?? '') ? parts.slice(-2).join(' ') : parts.at(-1)
  const words = (whole ?? '').replaceAll(/[-_]+/g, ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}
