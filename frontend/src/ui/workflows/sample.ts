/** Rows for tests of the lists. */
import type { WorkflowSummary } from '../../api/library'

/** A row with the given differences from a plain one. */
export function row(differences: Partial<WorkflowSummary>): WorkflowSummary {
  const name = differences.name ?? 'Plain'
  return {
    slug: name.toLowerCase().replace(/\W+/g, '-'),
    name,
    description: '',
    tags: [],
    isTemplate: false,
    hidden: false,
    archived: false,
    cover: null,
    thumbnail: null,
    createdBy: '1',
    folderId: null,
    publicPlayground: false,
    updatedAt: '2026-11-01T00:00:00Z',
    version: 1,
    nodeCount: 3,
    lastRun: null,
    ...differences,
  }
}
