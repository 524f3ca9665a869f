/** Which files of a list are selected, by clicks, Shift and Ctrl as in every list of files. Pure. */

export interface Selection {
  ids: ReadonlySet<string>
  /** Where a range begins: the file that was selected last. */
  anchor: string | null
}

export const NONE: Selection = { ids: new Set(), anchor: null }

/** Select one file or take it out again. */
export function toggled(selection: Selection, id: string): Selection {
  const ids = new Set(selection.ids)
  if (!ids.delete(id)) ids.add(id)
  return { ids, anchor: id }
}

/** Select all from the anchor to a file, in the order of the list. */
export function extended(selection: Selection, id: string, order: readonly string[]): Selection {
  const from = selection.anchor === null ? -1 : order.indexOf(selection.anchor)
  const to = order.indexOf(id)
  if (from < 0 || to < 0) return toggled(selection, id)
  const range = order.slice(Math.min(from, to), Math.max(from, to) + 1)
  return { ids: new Set([...selection.ids, ...range]), anchor: selection.anchor }
}

/** Select these files and no others. */
export const selectedAll = (order: readonly string[]): Selection => ({
  ids: new Set(order),
  anchor: order[0] ?? null,
})
