/** The catalogue of the tests: their node types, and the tables as the server sends them. */
import tables from '../../../tests/pure/port_tables.json'
import type { Catalogue, NodeType } from '../api/catalog'
import { Catalog } from './catalog'

export function catalogOf(types: NodeType[]): Catalog {
  return new Catalog({ nodeTypes: types, ...(tables as Omit<Catalogue, 'nodeTypes'>) })
}
