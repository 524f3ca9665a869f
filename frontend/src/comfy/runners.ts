/** What a graph needs of runners: what they lack of it, and which of them take it by its tags. */

import type { Lacking, Runner } from '../api/schema'
import { texts } from './texts'

const MODEL = /\.(safetensors|sft|ckpt|pth?|bin|gguf|onnx)$/i

/** What a runner lacks of a graph, a line each: "Node class FancyNode", "Model cat.safetensors". */
export function lackingLines({ classes, options }: Lacking): string[] {
  const models = options.filter(({ value }) => MODEL.test(value))
  const others = options.filter(({ value }) => !MODEL.test(value))
  return [
    ...new Set([
      ...classes.map(name => texts.nodeClassName(name)),
      ...models.map(({ value }) => texts.modelValue(value)),
      ...others.map(({ nodeType, input, value }) => `${value} as ${input} of ${nodeType}`),
    ]),
  ]
}

const MOST_TAGS = 10

/** Add what was typed to tags, several apart by commas; case counts, none twice, at most ten. */
export function tagsWith(typed: string, tags: readonly string[]): string[] {
  const parts = typed.split(',').map(part => part.trim())
  return [...new Set([...tags, ...parts.filter(Boolean)])].slice(0, MOST_TAGS)
}

/** The runners that take work with these tags: those that have all of them, or none at all. */
export function matching(runners: readonly Runner[], tags: readonly string[]): Runner[] {
  return runners.filter(
    runner =>
      runner.status === 'active' &&
      (!runner.tags.length || tags.every(tag => runner.tags.includes(tag))),
  )
}

/** All tags of these runners, in order. */
export function tagsInUse(runners: readonly Runner[]): string[] {
  return [...new Set(runners.flatMap(runner => runner.tags))].sort()
}
