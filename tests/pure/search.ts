/** Finds node types for the queries of test_search.py, as the palette does. */
import { readFileSync } from 'node:fs'
import type { Catalogue } from '../../frontend/src/api/catalog'
import { NodeSearch } from '../../frontend/src/catalog/search'

const { nodeTypes, queries }: { nodeTypes: Catalogue['nodeTypes']; queries: string[] } = JSON.parse(
  readFileSync(0, 'utf8'),
)
const search = new NodeSearch(nodeTypes)
console.log(JSON.stringify(queries.map(query => search.find(query).map(({ name }) => name))))
