/** What a field of a card knows of random numbers: the last one, and whether it can have them. */
import type { Input } from '../../api/schema'
import type { FieldProps } from '../../ui/fields/spec'
import { specOf } from '../../ui/fields/spec'
import { randomizeInput } from '../comfy/comfy'
import { useDrawn } from '../run/hooks'
import { useSession } from '../session'

/** The number the last run drew for an input; a seed that its node declares can be new each run. */
export function useRandom(id: string, input: Input): Pick<FieldProps, 'drawn' | 'onRandomize'> {
  const session = useSession()
  const drawn = useDrawn(id, input.name)
  const type = session.catalog.get(session.store.node(id)?.type ?? '')
  const declared = type?.dynamic === 'declared' && type.inputs.every(own => own.name !== input.name)
  const may = declared && specOf(input).dice
  return { drawn, onRandomize: may ? () => randomizeInput(session, id, input.name) : undefined }
}
