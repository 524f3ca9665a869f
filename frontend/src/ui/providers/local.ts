/** The local model that a model of a task is. */
import type { LocalModel } from '../../api/models'

const PREFIX = 'local/'

/** Find it by the id of the model; the list may leave the provider out. */
export function localOf(
  rows: readonly LocalModel[] | undefined,
  id: string,
): LocalModel | undefined {
  if (!id.startsWith(PREFIX)) return undefined
  return rows?.find(row => row.id === id || row.id === id.slice(PREFIX.length))
}

/** How much of the weights is here, in percent. */
export const percentOf = ({ bytes, fetched }: Pick<LocalModel, 'bytes' | 'fetched'>): number =>
  bytes ? Math.min(100, Math.floor((fetched / bytes) * 100)) : 0
