/** What an open graph needs to let a person choose which of its values and results are ports. */
import type { ComfyNode, ComfyWidget } from '../api/schema'
import type { Target } from './view'

export interface Chosen {
  name: string
  label: string
  /** The id of the node it is about, as it runs. */
  node: string
}

export interface Choices {
  canEdit: boolean
  inputs: readonly (Chosen & { widget: string })[]
  outputs: readonly Chosen[]
  /** Turn a value into an input of the workflow, or take it back. */
  toggleInput: (target: Target, node: ComfyNode, widget: ComfyWidget) => void
  /** Make the results of a node an output, or take it back. */
  toggleOutput: (execution: string, node: ComfyNode) => void
}
