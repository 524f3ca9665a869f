/** The node catalogue, indexed once after loading and never changed. */

import type { Catalogue, NodeType } from '../api/catalog'

export class Catalog {
  readonly types: readonly NodeType[]
  private readonly byType: Map<string, NodeType>

  constructor(wire: Pick<Catalogue, 'nodeTypes'>) {
    this.types = wire.nodeTypes
    this.byType = new Map(wire.nodeTypes.map(type => [type.type, type]))
  }

  get(type: string): NodeType | undefined {
    return this.byType.get(type)
  }

  /** The port type that gives a node its colour: its first output, else its first input. */
  colourType(type: NodeType | undefined): string {
    return type?.outputs[0]?.type ?? type?.inputs.find(port => port.port)?.type ?? 'any'
  }
}
