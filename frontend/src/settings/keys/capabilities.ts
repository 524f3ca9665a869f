/** What a key may do, in words, and what a user's tier lets them give. No React. */

import type { KeyPreset } from '../../api/schema'
import { texts } from '../texts'
export interface Right {
  capability: string
  words: string
}

const RIGHTS: readonly Right[] = [
  { capability: 'workflow:read', words: texts.readWorkflows },
  { capability: 'workflow:write', words: texts.createChangeAndDeleteWorkflows },
  { capability: 'workflow:run', words: texts.runEveryWorkflow },
  { capability: 'execution:read', words: texts.readRunsAndTheirResults },
  { capability: 'execution:cancel', words: texts.cancelRuns },
  { capability: 'runner:read', words: texts.seeRunners },
  { capability: 'runner:write', words: texts.registerChangeAndTestRunners },
  { capability: 'model:run', words: texts.runSingleNodeTypes },
  { capability: 'webhook:receive', words: texts.sendEndedRunsToAWebhook },
  { capability: 'agent:invoke', words: texts.invokeAgents },
  { capability: 'key:read', words: texts.listYourKeys },
  { capability: 'key:write', words: texts.createAndRevokeYourKeys },
  { capability: 'webhook:read', words: texts.readWebhooksAndTheirDeliveries },
  { capability: 'webhook:write', words: texts.setAndTestWebhooksAndRedeliver },
]

/** Whether a list of capabilities covers one of them. */
export function covers(held: readonly string[], capability: string): boolean {
  const [resource] = capability.split(':')
  return held.some(one => one === '*' || one === capability || one === `${resource}:*`)
}

/** The rights a user of this ceiling can give. */
export const offered = (ceiling: readonly string[]): Right[] =>
  RIGHTS.filter(({ capability }) => covers(ceiling, capability))

/** The presets a user of this ceiling can give. */
export const presetsWithin = (
  presets: readonly KeyPreset[],
  ceiling: readonly string[],
): KeyPreset[] => presets.filter(preset => preset.capabilities.every(one => covers(ceiling, one)))

/** A capability in words: "Run every workflow", "Run poster". */
export function capabilityWords(capability: string): string {
  if (capability === '*') return texts.everything
  const known = RIGHTS.find(right => right.capability === capability)
  if (known) return known.words
  const [resource = '', name = '', verb] = capability.split(':')
  if (verb === 'run') return texts.runName(name)
  return name === '*' ? (ALL[resource] ?? capability) : capability
}

/** Several capabilities as one phrase: "Run every workflow, read workflows". */
export function rightsWords(capabilities: readonly string[]): string {
  const [first = '', ...others] = capabilities.map(capabilityWords)
  return texts.rights(first, others)
}

const ALL: Readonly<Record<string, string>> = texts.everythingAbout
