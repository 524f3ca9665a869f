/** The node catalogue, indexed once after loading and never changed. */

import type { Catalogue, NodeType } from '../api/catalog'
import type { DocumentNode } from '../api/document'
import type { Input, Output } from '../api/schema'
import { PortRules } from './rules'

type Typed = Pick<DocumentNode, 'type' | 'data'>

export class Catalog {
  readonly types: readonly NodeType[]
  readonly rules: PortRules
  private readonly byType: Map<string, NodeType>

  constructor(served: Catalogue) {
    this.types = served.nodeTypes
    this.rules = new PortRules(served)
    this.byType = new Map(served.nodeTypes.map(type => [type.type, type]))
  }

  get(type: string): NodeType | undefined {
    return this.byType.get(type)
  }

  /** List a node's inputs; one of an unknown type has none. */
  inputsOf(node: Typed): Input[] {
    const type = this.get(node.type)
    return type ? this.rules.inputsOf(type, node.data) : []
  }

  /** List a node's outputs; one of an unknown type has none. */
  outputsOf(node: Typed): Output[] {
    const type = this.get(node.type)
    return type ? this.rules.outputsOf(type, node.data) : []
  }

  /** The port type that gives a node its color: its first output, else its first input. */
  colorType(type: NodeType | undefined): string {
    return type?.outputs[0]?.type ?? type?.inputs.find(port => port.port)?.type ?? 'any'
  }
}
