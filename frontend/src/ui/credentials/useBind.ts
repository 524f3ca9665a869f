/** Binds a key to a slot of another user's workflow, and says so when that does not work. */

import { useQueryClient } from '@tanstack/react-query'
import { slotBind } from '../../api/account'
import type { CredentialSlot } from '../../api/schema'
import { errorMessage } from '../../lib/errors'
import { toast } from '../../lib/toasts'

export function useBind(slug: string) {
  const client = useQueryClient()
  return async (slot: CredentialSlot, credential: string) => {
    try {
      const rows = await slotBind(slug, slot.slot, credential || null)
      client.setQueryData(['slots', slug], rows)
      void client.invalidateQueries({ queryKey: ['credentials'] })
    } catch (error) {
      toast(errorMessage(error), { tone: 'bad' })
    }
  }
}
