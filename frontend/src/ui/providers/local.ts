/** The local model that a model of a task is. */
import type { LocalModel } from '../../api/schema'

const PREFIX = 'local/'

/** Find it by the id of the model, which is its own behind the provider `local`. */
export const localOf = (
  rows: readonly LocalModel[] | undefined,
  id: string,
): LocalModel | undefined => rows?.find(row => PREFIX + row.id === id)

/** How much of the weights is here, in percent. */
export const percentOf = ({ bytes, fetched }: Pick<LocalModel, 'bytes' | 'fetched'>): number =>
  bytes ? Math.min(100, Math.floor((fetched / bytes) * 100)) : 0
