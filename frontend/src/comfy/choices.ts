/** What an open graph needs to let a user choose which of its values and results are ports. */
import type { Target } from './view'

interface Chosen {
  name: string
  label: string
  /** The id of the node it is about, as it runs. */
  node: string
}

export interface Choices {
  canEdit: boolean
  inputs: readonly (Chosen & { widget: string })[]
  outputs: readonly Chosen[]
  /** Turns a value into an input of the workflow or takes it back; null where it cannot be one. */
  inputToggle: (target: Target) => (() => void) | null
  /** Turns the results of a node into an output or takes it back; null where it cannot be one. */
  outputToggle: (execution: string) => (() => void) | null
}
