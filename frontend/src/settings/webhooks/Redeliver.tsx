/** The button that sends one delivery of a webhook again. */
import { RotateCw } from 'lucide-react'
import { useState } from 'react'
import { redeliver } from '../../api/keys'
import { errorMessage } from '../../lib/errors'
import { toast } from '../../lib/toasts'
import { Button } from '../../ui/controls/Button'
import { texts } from '../texts'

interface Props {
  id: string
  event: string
  onSent: () => Promise<unknown>
}

export function Redeliver({ id, event, onSent }: Props) {
  const [busy, setBusy] = useState(false)
  const send = async () => {
    setBusy(true)
    try {
      await redeliver(id)
      toast(texts.theDeliveryIsSentAgain)
      await onSent()
    } catch (error) {
      toast(errorMessage(error))
    } finally {
      setBusy(false)
    }
  }
  return (
    <Button
      tone="ghost"
      label={texts.redeliverEvent(event)}
      icon={<RotateCw aria-hidden size={14} />}
      disabled={busy}
      onClick={() => void send()}
    >
      {texts.redeliver}
    </Button>
  )
}
