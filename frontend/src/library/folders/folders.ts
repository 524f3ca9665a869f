/** A user's folders as a tree, made from the flat list that the server returns. No React. */

import type { Folder, WorkflowSummary } from '../../api/schema'
export interface Branch {
  folder: Folder
  /** 0 for a folder that is in none. */
  depth: number
  children: Branch[]
}

/** What a folder holds, the folders in it included. */
export interface Holds {
  workflows: number
  folders: number
}

/** The folders as a tree, in the list's order; one whose parent is not there is at the root. */
export function tree(folders: readonly Folder[]): Branch[] {
  const known = new Set(folders.map(folder => folder.id))
  const inside = new Map<string | null, Folder[]>()
  for (const folder of folders) {
    const parent = folder.parentId !== null && known.has(folder.parentId) ? folder.parentId : null
    inside.set(parent, [...(inside.get(parent) ?? []), folder])
  }
  const grow = (parent: string | null, depth: number): Branch[] =>
    (inside.get(parent) ?? []).map(folder => ({
      folder,
      depth,
      children: grow(folder.id, depth + 1),
    }))
  return grow(null, 0)
}

/** The branches that are seen, from top to bottom: those in a closed folder are not. */
export function seen(branches: readonly Branch[], closed: ReadonlySet<string>): Branch[] {
  return branches.flatMap(branch => [
    branch,
    ...(closed.has(branch.folder.id) ? [] : seen(branch.children, closed)),
  ])
}

/** The way from the root down to a folder, itself included; empty when there is no such folder. */
export function path(folders: readonly Folder[], id: string | null): Folder[] {
  const byId = new Map(folders.map(folder => [folder.id, folder]))
  const way: Folder[] = []
  let at = id === null ? undefined : byId.get(id)
  while (at && !way.includes(at)) {
    way.unshift(at)
    at = at.parentId === null ? undefined : byId.get(at.parentId)
  }
  return way
}

/** Return whether a folder is another one, or is somewhere in it. */
export const within = (folders: readonly Folder[], id: string | null, outer: string): boolean =>
  path(folders, id).some(folder => folder.id === outer)

/** What each folder holds of these rows, however deep. */
export function holdings(
  folders: readonly Folder[],
  rows: readonly Pick<WorkflowSummary, 'folderId'>[],
): Map<string, Holds> {
  const found = new Map(folders.map(({ id }) => [id, { workflows: 0, folders: 0 }]))
  for (const { id } of folders) {
    for (const outer of path(folders, id).slice(0, -1)) {
      const holds = found.get(outer.id)
      if (holds) holds.folders += 1
    }
  }
  const ways = new Map(folders.map(({ id }) => [id, path(folders, id)]))
  for (const { folderId } of rows) {
    for (const outer of (folderId !== null && ways.get(folderId)) || []) {
      const holds = found.get(outer.id)
      if (holds) holds.workflows += 1
    }
  }
  return found
}
