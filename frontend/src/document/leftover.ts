/** Sends the edits that closed editors could not, without their workflows being opened again. */
import { workflowGet } from '../api/workflows'
import { toast } from '../lib/toasts'
import { openOutbox, whenLeft } from './outbox'
import { Sync } from './sync'
import { texts } from './texts'
import { changesTransport } from './transport'

/** Send what other pages leave; what cannot be sent stays for the next page, or the editor. */
export function sendLeftover(): Promise<void> {
  return whenLeft(slug => void send(slug).catch(() => {}))
}

async function send(slug: string): Promise<void> {
  const { version, epoch, canEdit, ...document } = await workflowGet(slug)
  if (canEdit === false) return
  let lost = 0
  const listener = {
    document() {},
    status() {},
    dropped(operations: readonly unknown[], reason: string) {
      lost += operations.length
      toast(texts.notSaved(operations.length, document.name, reason), { tone: 'bad' })
    },
  }
  const outbox = openOutbox(slug)
  const sync = new Sync(document, version, changesTransport(slug), outbox, listener, epoch)
  await sync.start()
  const count = sync.pending
  if (count && (await sync.flush()) && count > lost) {
    toast(texts.savedNow(count - lost, document.name))
  }
}
