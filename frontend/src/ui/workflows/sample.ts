/** Rows for tests of the lists. */

import type { WorkflowSummary } from '../../api/schema'
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
    role: 'owner',
    sharedBy: null,
    estimatedCreditCost: null,
    folderId: null,
    publicPlayground: false,
    createdAt: '2026-11-01T00:00:00Z',
    updatedAt: '2026-11-01T00:00:00Z',
    version: 1,
    formats: [],
    nodeCount: 3,
    lastRun: null,
    template: null,
    copiedFrom: null,
    appId: '',
    ...differences,
  }
}
