/** What a key may do, in words, and what a person's tier lets them give. No React. */

import type { KeyPreset } from '../../api/schema'
export interface Right {
  capability: string
  words: string
}

const RIGHTS: readonly Right[] = [
  { capability: 'workflow:read', words: 'Read workflows' },
  { capability: 'workflow:write', words: 'Create, change and delete workflows' },
  { capability: 'workflow:run', words: 'Run every workflow' },
  { capability: 'execution:read', words: 'Read runs and their results' },
  { capability: 'execution:cancel', words: 'Cancel runs' },
  { capability: 'runner:read', words: 'See runners' },
  { capability: 'runner:write', words: 'Register, change and test runners' },
  { capability: 'model:run', words: 'Run single node types' },
  { capability: 'webhook:receive', words: 'Send ended runs to a webhook' },
  { capability: 'agent:invoke', words: 'Invoke agents' },
  { capability: 'key:read', words: 'List your keys' },
  { capability: 'key:write', words: 'Create and revoke your keys' },
  { capability: 'webhook:read', words: 'Read webhooks and their deliveries' },
  { capability: 'webhook:write', words: 'Set and test webhooks, and redeliver' },
]

/** Whether a list of capabilities covers one of them. */
export function covers(held: readonly string[], capability: string): boolean {
  const [resource] = capability.split(':')
  return held.some(one => one === '*' || one === capability || one === `${resource}:*`)
}

/** The rights a person of this ceiling can give. */
export const offered = (ceiling: readonly string[]): Right[] =>
  RIGHTS.filter(({ capability }) => covers(ceiling, capability))

/** The presets a person of this ceiling can give. */
export const presetsWithin = (
  presets: readonly KeyPreset[],
  ceiling: readonly string[],
): KeyPreset[] => presets.filter(preset => preset.capabilities.every(one => covers(ceiling, one)))

/** A capability in words: "Run every workflow", "Run poster". */
export function capabilityWords(capability: string): string {
  if (capability === '*') return 'Everything'
  const known = RIGHTS.find(right => right.capability === capability)
  if (known) return known.words
  const [resource, name, verb] = capability.split(':')
  if (verb === 'run') return `Run ${name}`
  return name === '*' ? `Everything about ${WHAT[resource] ?? `${resource}s`}` : capability
}

/** Several capabilities as one phrase: "Run every workflow, read workflows". */
export function rightsWords(capabilities: readonly string[]): string {
  const [first = '', ...others] = capabilities.map(capabilityWords)
  return [first, ...others.map(words => words.charAt(0).toLowerCase() + words.slice(1))].join(', ')
}

const WHAT: Record<string, string> = {
  workflow: 'workflows',
  execution: 'runs',
  model: 'single node types',
  webhook: 'webhooks',
  agent: 'agents',
}
