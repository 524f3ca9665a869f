/** Which picture stands for a workflow. No React. */
import type { WorkflowSummary } from './types'

/** The address of a workflow's picture at least `width` pixels wide, or null when it has none. */
export function picture(row: WorkflowSummary, width: number): string | null {
  const address = row.cover?.image ?? row.thumbnail
  if (!address) return null
  // Our own files come in any width; other addresses are taken as they are.
  return address.startsWith('/media/') && !address.includes('?') ? `${address}?w=${width}` : address
}
