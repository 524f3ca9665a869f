/** Says that a workflow belongs to somebody else and offers a copy of one's own. */
import { CopyPlus } from 'lucide-react'
import { useState } from 'react'
import { sentence } from '../api/client'
import { workflowDuplicate } from '../api/workflows'
import { Button } from '../ui/Button'
import { toast } from '../ui/toasts'
import css from './ReadOnlyBanner.module.css'
import { useSession } from './session'

export function ReadOnlyBanner() {
  const { store, slug } = useSession()
  const [busy, setBusy] = useState(false)
  if (store.canEdit) return null
  const copy = async () => {
    setBusy(true)
    try {
      const made = await workflowDuplicate(slug)
      location.assign(`/app/editor/${encodeURIComponent(made.slug)}`)
    } catch (error) {
      toast(sentence(error), { tone: 'bad' })
      setBusy(false)
    }
  }
  return (
    <div className={css.banner} role="status">
      <span>This is a template: look around, and make a copy to change or run it.</span>
      <Button tone="primary" icon={<CopyPlus size={14} />} disabled={busy} onClick={copy}>
        Make a copy
      </Button>
    </div>
  )
}
